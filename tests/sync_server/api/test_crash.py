"""What was acknowledged is there after the server was killed; a full disk stores nothing by halves."""

import base64
import hashlib
import http.client
import io
import resource
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tusclient.client import TusClient

from tests.support.drawn import photo as drawn
from tests.support.served import Served
from tests.support.wire_phone import WirePhone

PHONES = 3
BATCH = 40


@pytest.fixture
def served(data_dir: Path, free_port: int) -> Iterator[Served]:
    server = Served(data_dir, free_port)
    server.start()
    yield server
    server.kill()


def test_a_kill_in_the_midst_of_pushes_loses_nothing_acknowledged(served: Served) -> None:
    phones = [WirePhone.enrol(served.url, served.code()) for _ in range(PHONES)]
    sent: list[list[dict[str, Any]]] = [[] for _ in phones]
    acknowledged: list[dict[int, int]] = [{} for _ in phones]

    def work(place: int) -> None:
        while True:
            ops = [phones[place].hazard() for _ in range(BATCH)]
            sent[place] += ops
            try:
                results = phones[place].push(ops).json()["results"]
            except (requests.RequestException, ValueError):
                return
            acknowledged[place] |= {result["n"]: result["seq"] for result in results}

    threads = [threading.Thread(target=work, args=(place,)) for place in range(PHONES)]
    for thread in threads:
        thread.start()
    while min(len(known) for known in acknowledged) < 3 * BATCH:
        time.sleep(0.02)
    served.kill()
    for thread in threads:
        thread.join(30)

    served.start()
    log = phones[0].log()
    assert [op["seq"] for op in log] == list(range(1, len(log) + 1))
    kept = {(op["device"], op["n"]): op["seq"] for op in log}
    for phone, known in zip(phones, acknowledged, strict=True):
        assert {n: kept[phone.identity.device, n] for n in known} == known

    for phone, ops, known in zip(phones, sent, acknowledged, strict=True):
        for start in range(0, len(ops), 500):
            answer = phone.push(ops[start : start + 500]).json()["results"]
            assert all(result["status"] == "duplicate" for result in answer if result["n"] in known)
            assert {result["status"] for result in answer} <= {"stored", "duplicate"}
    log = phones[0].log()
    assert len(log) == sum(map(len, sent))
    numbers = [op["ledger_no"] for op in log]
    assert len(set(numbers)) == len(numbers)


def announce(phone: WirePhone, data: bytes) -> str:
    """The path of a new upload."""
    said = {"sha256": hashlib.sha256(data).hexdigest(), "mime": "image/jpeg"}
    metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in said.items())
    answer = requests.post(
        f"{phone.url}/api/v1/photos",
        headers={
            **phone.headers,
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(data)),
            "Upload-Metadata": metadata,
        },
        timeout=30,
    )
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"].removeprefix(phone.url)


def offset(phone: WirePhone, where: str) -> int:
    answer = requests.head(phone.url + where, headers={**phone.headers, "Tus-Resumable": "1.0.0"}, timeout=30)
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"])


def send_and_cut(served: Served, phone: WirePhone, where: str, data: bytes, upto: int) -> None:
    """Begin a PATCH with all of `data`, but send only `upto` bytes of it."""
    link = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    link.putrequest("PATCH", where)
    for name, value in {
        **phone.headers,
        "Tus-Resumable": "1.0.0",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": "0",
        "Content-Length": str(len(data)),
    }.items():
        link.putheader(name, value)
    link.endheaders()
    link.send(data[:upto])
    time.sleep(0.2)
    assert isinstance(link.sock, socket.socket)
    link.sock.close()


def test_a_photo_goes_on_after_a_cut_and_a_kill(served: Served) -> None:
    phone = WirePhone.enrol(served.url, served.code())
    data = drawn(1800, 1400, noise=True)
    where = announce(phone, data)
    upto = len(data) * 2 // 3
    send_and_cut(served, phone, where, data, upto)
    end = time.monotonic() + 20
    while offset(phone, where) < upto and time.monotonic() < end:
        time.sleep(0.05)
    assert offset(phone, where) == upto

    served.kill()
    served.start()
    assert offset(phone, where) == upto
    client = TusClient(f"{served.url}/api/v1/photos", headers=phone.headers)
    uploader = client.uploader(file_stream=io.BytesIO(data), url=served.url + where, chunk_size=200_000)
    assert uploader.offset == upto
    uploader.upload()

    served.kill()
    served.start()
    sha256 = hashlib.sha256(data).hexdigest()
    got = requests.get(f"{served.url}/api/v1/photos/{sha256}/original", headers=phone.headers, timeout=30)
    assert got.content == data


def test_an_ordinary_tus_client_uploads_from_the_start(served: Served) -> None:
    phone = WirePhone.enrol(served.url, served.code())
    data = drawn(noise=True)
    sha256 = hashlib.sha256(data).hexdigest()
    client = TusClient(f"{served.url}/api/v1/photos", headers=phone.headers)
    metadata = {"sha256": sha256, "mime": "image/jpeg"}
    stream = io.BytesIO(data)
    client.uploader(file_stream=stream, chunk_size=50_000, metadata=metadata, upload_checksum=True).upload()
    got = requests.get(f"{served.url}/api/v1/photos/{sha256}/thumb", headers=phone.headers, timeout=30)
    assert got.headers["Content-Type"] == "image/jpeg"


def test_a_full_disk_keeps_what_it_has_and_says_so(served: Served) -> None:
    phone = WirePhone.enrol(served.url, served.code())
    assert phone.push([phone.hazard()]).status_code == 200
    big = drawn(2800, 2100, noise=True)
    where = announce(phone, big)
    unlimited = resource.prlimit(served.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(served.pid, resource.RLIMIT_FSIZE, (1_500_000, unlimited[1]))

    stored = 1
    for _ in range(60):
        ops = [phone.hazard(description="深" * 1000) for _ in range(50)]
        answer = phone.push(ops)
        if answer.status_code != 200:
            break
        stored += len(ops)
    assert (answer.status_code, answer.json()) == (507, {"code": "storage_full", "details": {}})
    assert len(phone.log()) == stored
    assert requests.get(f"{served.url}/healthz", timeout=30).status_code == 200

    headers = {
        **phone.headers,
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
    }
    assert len(big) > 1_500_000
    refused = requests.patch(served.url + where, data=big, headers=headers, timeout=30)
    assert (refused.status_code, refused.json()["code"]) == (507, "storage_full")

    resource.prlimit(served.pid, resource.RLIMIT_FSIZE, unlimited)
    results = phone.push(ops).json()["results"]
    assert [result["status"] for result in results] == ["stored"] * len(ops)
    assert [op["seq"] for op in phone.log()] == list(range(1, stored + len(ops) + 1))
    rest = offset(phone, where)
    done = requests.patch(
        served.url + where, data=big[rest:], headers={**headers, "Upload-Offset": str(rest)}, timeout=30
    )
    assert done.status_code == 204
