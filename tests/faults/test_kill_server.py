"""The server is killed in the middle of pushes and uploads, again and again: what it answered for is there.

Afterwards, on the server that started last: no acknowledged operation or photo is lost, no push is there in
part, nothing is there twice, and every photo's bytes have their hash.
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
class Told:
    """What one phone was told, and what it tried."""

    batches: list[list[int]] = field(default_factory=list)
    stamps: dict[int, int] = field(default_factory=dict)
    photos: set[str] = field(default_factory=set)
    cuts: int = 0
    problems: list[str] = field(default_factory=list)


def _save(phone: WirePhone, told: Told, stop: threading.Event) -> None:
    """Push batch after batch, each until it is answered for, as a phone does."""
    while not stop.is_set():
        ops = [phone.hazard() for _ in range(BATCH)]
        told.batches.append([op["n"] for op in ops])
        while not stop.is_set():
            try:
                answer = phone.push(ops)
            except requests.RequestException:
                told.cuts += 1
                time.sleep(0.02)
                continue
            if answer.status_code != 200:
                told.problems.append(f"push {answer.status_code}: {answer.text[:200]}")
                return
            for result in answer.json()["results"]:
                if told.stamps.setdefault(result["n"], result["seq"]) != result["seq"]:
                    told.problems.append(f"{result} was {told.stamps[result['n']]}")
            break


def _photograph(phone: WirePhone, told: Told, stop: threading.Event) -> None:
    """Upload photo after photo, piece by piece, going on after every cut."""
    for seed in itertools.count():
        data = drawn.photo(400, 300, seed=seed, noise=True) + phone.identity.device.encode()
        while not stop.is_set():
            try:
                if _upload(phone, data, told, stop):
                    told.photos.add(hashlib.sha256(data).hexdigest())
                    break
            except requests.RequestException:
                time.sleep(0.02)
            except AssertionError as error:
                told.problems.append(str(error))
                return
        if stop.is_set():
            return


def _upload(phone: WirePhone, data: bytes, told: Told, stop: threading.Event) -> bool:
    sha256 = hashlib.sha256(data).hexdigest()
    headers = {**phone.headers, "Tus-Resumable": "1.0.0"}
    said = {"sha256": sha256, "mime": "image/jpeg"}
    metadata = ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in said.items())
    announced = {"Upload-Length": str(len(data)), "Upload-Metadata": metadata}
    answer = requests.post(f"{phone.url}/api/v1/photos", headers=headers | announced, timeout=30)
    if answer.status_code == 200:
        return True
    assert answer.status_code == 201, answer.text
    place = answer.headers["Location"]
    offset, piece = 0, len(data) // 3 + 1
    while offset < len(data) and not stop.is_set():
        sent = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        try:
            part = data[offset : offset + piece]
            answer = requests.patch(place, headers=headers | sent, data=part, timeout=30)
            if answer.status_code == 204:
                offset = int(answer.headers["Upload-Offset"])
                continue
        except requests.RequestException:
            told.cuts += 1
            time.sleep(0.02)
        answer = requests.head(place, headers=headers, timeout=30)
        if answer.status_code == 404:
            return False  # announced again
        assert answer.status_code == 200, answer.status_code
        assert int(answer.headers["Upload-Offset"]) >= offset, "an offset that was answered for went back"
        offset = int(answer.headers["Upload-Offset"])
    return offset >= len(data)


def _check(data: Path, phones: list[tuple[WirePhone, Told]]) -> tuple[int, int]:
    """How many operations are on the log and photos on the shelf, when all is as it was told."""
    log = phones[0][0].log()
    assert [op["seq"] for op in log] == list(range(1, len(log) + 1))
    stored = {(op["device"], op["n"]): op["seq"] for op in log}
    assert len(stored) == len(log), "an operation is there twice"
    numbers = [op["ledger_no"] for op in log if op.get("ledger_no")]
    assert len(numbers) == len(set(numbers)) == len(log)
    shelf = {path.name: path for path in (data / "photos").glob("[0-9a-f][0-9a-f]/*")}
    for sha256, path in shelf.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    for phone, told in phones:
        assert not told.problems
        device = phone.identity.device
        for n, seq in told.stamps.items():
            assert stored[device, n] == seq
        for batch in told.batches:
            assert sum((device, n) in stored for n in batch) in (0, len(batch)), "half a push is there"
        for sha256 in told.photos:
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
    assert len(known) == len(set(known)), "a photo is there twice"
    assert set(known) <= set(shelf)
    return len(log), len(known)


def _sweep(tmp_path: Path, kills: int, longest: float) -> tuple[int, int]:
    served = Served(tmp_path, free_port())
    served.start()
    stop = threading.Event()
    printed = re.findall(r"code=(\w+)", (tmp_path / "serve.log").read_text())[0]
    phones = [(WirePhone.enrol(served.url, code), Told()) for code in (printed, served.code())]
    work = [(phone, told, run) for phone, told in phones for run in (_save, _photograph)]
    threads = [threading.Thread(target=run, args=(phone, told, stop)) for phone, told, run in work]
    chance = random.Random(kills)
    try:
        for thread in threads:
            thread.start()
        for _ in range(kills):
            time.sleep(chance.uniform(0.02, longest))
            served.kill()
            served.start()
        time.sleep(1.0)
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    try:
        there = _check(tmp_path, phones)
    finally:
        served.kill()
    operations = sum(len(told.stamps) for _, told in phones)
    photos = sum(len(told.photos) for _, told in phones)
    cuts = sum(told.cuts for _, told in phones)
    print(
        f"{kills} kills, {cuts} requests cut or refused;"
        f" answered for: {operations} operations, {photos} photos;"
        f" there: {there[0]} and {there[1]}; lost 0, in part 0, twice 0, of another hash 0"
    )
    return operations, photos


def test_what_was_answered_for_outlives_fifteen_kills(tmp_path: Path) -> None:
    operations, photos = _sweep(tmp_path, 15, 0.4)
    assert operations >= 15 * BATCH
    assert photos >= 3


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_what_was_answered_for_outlives_two_hundred_kills(tmp_path: Path) -> None:
    operations, photos = _sweep(tmp_path, 200, 1.5)
    assert operations >= 200 * BATCH
    assert photos >= 40
