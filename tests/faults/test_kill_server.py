"""The server is killed repeatedly during pushes and uploads: everything it acknowledged survives.

Afterwards, no acknowledged operation or photo is lost, no push is stored in part, nothing is duplicated, and
every photo's bytes match their hash.
"""

import base64
import hashlib
import itertools
import json
import random
import re
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.bench.processes import free_port
from tests.support import drawn
from tests.support.served import Served
from tests.support.wire_phone import WirePhone

BATCH = 12


@dataclass
class PhoneLog:
    """What one phone sent, and what the server acknowledged."""

    batches: list[list[int]] = field(default_factory=list)
    stamps: dict[int, int] = field(default_factory=dict)
    photos: set[str] = field(default_factory=set)
    cuts: int = 0
    problems: list[str] = field(default_factory=list)


def _save(phone: WirePhone, phone_log: PhoneLog, stop: threading.Event) -> None:
    """Push batch after batch, each until it is acknowledged, as a phone does."""
    while not stop.is_set():
        ops = [phone.hazard() for _ in range(BATCH)]
        phone_log.batches.append([op["n"] for op in ops])
        while not stop.is_set():
            try:
                answer = phone.push(ops)
            except requests.RequestException:
                phone_log.cuts += 1
                time.sleep(0.02)
                continue
            if answer.status_code != 200:
                phone_log.problems.append(f"push {answer.status_code}: {answer.text[:200]}")
                return
            for result in answer.json()["results"]:
                if phone_log.stamps.setdefault(result["n"], result["seq"]) != result["seq"]:
                    phone_log.problems.append(f"{result} was {phone_log.stamps[result['n']]}")
            break


def _photograph(phone: WirePhone, phone_log: PhoneLog, stop: threading.Event) -> None:
    """Upload photo after photo in chunks, resuming after every cut."""
    for seed in itertools.count():
        data = drawn.photo(400, 300, seed=seed, noise=True) + phone.identity.device.encode()
        while not stop.is_set():
            try:
                if _upload(phone, data, phone_log, stop):
                    phone_log.photos.add(hashlib.sha256(data).hexdigest())
                    break
            except requests.RequestException:
                time.sleep(0.02)
            except AssertionError as error:
                phone_log.problems.append(str(error))
                return
        if stop.is_set():
            return


def _upload(phone: WirePhone, data: bytes, phone_log: PhoneLog, stop: threading.Event) -> bool:
    sha256 = hashlib.sha256(data).hexdigest()
    headers = {**phone.headers, "Tus-Resumable": "1.0.0"}
    values = {"sha256": sha256, "mime": "image/jpeg"}
    metadata = ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in values.items())
    announced = {"Upload-Length": str(len(data)), "Upload-Metadata": metadata}
    answer = requests.post(f"{phone.url}/api/v1/photos", headers=headers | announced, timeout=30)
    if answer.status_code == 200:
        return True
    assert answer.status_code == 201, answer.text
    upload = answer.headers["Location"]
    offset, chunk = 0, len(data) // 3 + 1
    while offset < len(data) and not stop.is_set():
        sent = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        try:
            part = data[offset : offset + chunk]
            answer = requests.patch(upload, headers=headers | sent, data=part, timeout=30)
            if answer.status_code == 204:
                offset = int(answer.headers["Upload-Offset"])
                continue
        except requests.RequestException:
            phone_log.cuts += 1
            time.sleep(0.02)
        answer = requests.head(upload, headers=headers, timeout=30)
        if answer.status_code == 404:
            return False  # start a new upload
        assert answer.status_code == 200, answer.status_code
        assert int(answer.headers["Upload-Offset"]) >= offset, "an acknowledged offset went back"
        offset = int(answer.headers["Upload-Offset"])
    return offset >= len(data)


def _check(data: Path, phones: list[tuple[WirePhone, PhoneLog]]) -> tuple[int, int]:
    """Check everything; returns the number of operations on the log and of stored photos."""
    log = phones[0][0].log()
    assert [op["seq"] for op in log] == list(range(1, len(log) + 1))
    stored = {(op["device"], op["n"]): op["seq"] for op in log}
    assert len(stored) == len(log), "duplicate operation"
    numbers = [op["ledger_no"] for op in log if op.get("ledger_no")]
    assert len(numbers) == len(set(numbers)) == len(log)
    photos = {path.name: path for path in (data / "photos").glob("[0-9a-f][0-9a-f]/*")}
    for sha256, path in photos.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    for phone, phone_log in phones:
        assert not phone_log.problems
        device = phone.identity.device
        for n, seq in phone_log.stamps.items():
            assert stored[device, n] == seq
        for batch in phone_log.batches:
            assert sum((device, n) in stored for n in batch) in (0, len(batch)), "a push is stored in part"
        for sha256 in phone_log.photos:
            answer = requests.get(
                f"{phone.url}/api/v1/photos/{sha256}/original", headers=phone.headers, timeout=30
            )
            assert hashlib.sha256(answer.content).hexdigest() == sha256
    with closing(sqlite3.connect(f"file:{data / 'anlan.sqlite3'}?mode=ro", uri=True)) as database:
        assert database.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        rows: Any = database.execute("SELECT state FROM hazard").fetchall()
        assert len(rows) == len({op["record"] for op in log})
        assert all(json.loads(state)["live"] for (state,) in rows)
        known = [sha256 for (sha256,) in database.execute("SELECT sha256 FROM photo_file")]
    assert len(known) == len(set(known)), "duplicate photo"
    assert set(known) <= set(photos)
    return len(log), len(known)


def _sweep(tmp_path: Path, kills: int, longest: float, least_photos: int) -> None:
    """Kill the server so often, each time at most `longest` seconds after it answers; then let the phones
    come to a batch for each kill, and so many photos."""
    served = Served(tmp_path, free_port())
    served.start()
    stop = threading.Event()
    printed = re.findall(r"code=(\w+)", (tmp_path / "serve.log").read_text())[0]
    phones = [(WirePhone.enrol(served.url, code), PhoneLog()) for code in (printed, served.code())]
    work = [(phone, phone_log, run) for phone, phone_log in phones for run in (_save, _photograph)]
    threads = [threading.Thread(target=run, args=(phone, phone_log, stop)) for phone, phone_log, run in work]
    rng = random.Random(kills)
    try:
        for thread in threads:
            thread.start()
        for _ in range(kills):
            time.sleep(rng.uniform(0.02, longest))
            served.kill()
            served.start()
        while _acknowledged(phones)[0] < kills * BATCH or _acknowledged(phones)[1] < least_photos:
            assert not [phone_log.problems for _, phone_log in phones if phone_log.problems]
            time.sleep(0.05)
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    try:
        stored = _check(tmp_path, phones)
    finally:
        served.kill()
    operations, photos = _acknowledged(phones)
    cuts = sum(phone_log.cuts for _, phone_log in phones)
    assert cuts, "no kill came while a phone was at work"
    print(
        f"{kills} kills, {cuts} requests cut or refused;"
        f" acknowledged: {operations} operations, {photos} photos;"
        f" stored: {stored[0]} and {stored[1]}; lost 0, in part 0, duplicated 0, wrong hash 0"
    )


def _acknowledged(phones: list[tuple[WirePhone, PhoneLog]]) -> tuple[int, int]:
    """How many operations and photos."""
    operations = sum(len(phone_log.stamps) for _, phone_log in phones)
    return operations, sum(len(phone_log.photos) for _, phone_log in phones)


def test_acknowledged_work_survives_eight_kills(tmp_path: Path) -> None:
    _sweep(tmp_path, 8, 0.4, 3)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_acknowledged_work_survives_two_hundred_kills(tmp_path: Path) -> None:
    _sweep(tmp_path, 200, 1.5, 40)
