"""Nothing is answered for before the disk has it: seen from outside, in a trace of system calls."""

import base64
import hashlib
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.faults import saving_phone
from tests.support import disk_trace, drawn
from tests.support.disk_trace import Event
from tests.support.served import Served
from tests.support.wire_phone import WirePhone

PROJECT = Path(__file__).parents[2]
WAL = "anlan.sqlite3-wal"
BATCHES, PHOTOS, SAVES = 20, 6, 5
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, the status it got, and what was done to the disk between."""

    request: str
    status: int
    done: list[Event]

    def synced(self) -> list[str]:
        """The names of what was brought to the disk, in order."""
        return [Path(event.place).name for event in self.done if event.kind == "synced"]


def exchanges(happened: Iterable[Event]) -> Iterator[Exchange]:
    """Each request with its answer, where one connection at a time is used."""
    request, done = "", list[Event]()
    for event in happened:
        if event.kind == "heard" and event.place.startswith("TCP") and " HTTP/1.1" in event.text:
            request, done = event.text.partition(" HTTP/1.1")[0], []
        elif event.kind == "said" and event.place.startswith("TCP") and event.text.startswith("HTTP/1.1 "):
            yield Exchange(request, int(event.text.split()[1]), done)
        else:
            done.append(event)


def _send_photos(phone: WirePhone) -> None:
    """Photos in two pieces, and as many in one request with their announcement."""
    for seed in range(2 * PHOTOS):
        data = drawn.photo(320, 240, seed=seed, noise=True)
        said = {"sha256": hashlib.sha256(data).hexdigest(), "mime": "image/jpeg"}
        metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in said.items())
        announced = {"Upload-Length": str(len(data)), "Upload-Metadata": metadata}
        url = f"{phone.url}/api/v1/photos"
        if seed % 2:
            answer = requests.post(url, data, headers={**phone.headers, **BYTES, **announced}, timeout=30)
            assert answer.headers["Upload-Offset"] == str(len(data))
            continue
        answer = requests.post(url, headers={**phone.headers, **TUS, **announced}, timeout=30)
        half = len(data) // 2
        for at, piece in ((0, data[:half]), (half, data[half:])):
            sent = {**phone.headers, **BYTES, "Upload-Offset": str(at)}
            assert requests.patch(answer.headers["Location"], piece, headers=sent, timeout=30).ok


def _end_of(trace: Path) -> str:
    """The trace, when the tracer has written it to its end."""
    text = trace.read_text()
    while True:
        time.sleep(0.1)
        if trace.read_text() == text:
            return text
        text = trace.read_text()


@pytest.fixture
def seen(tmp_path: Path, data_dir: Path, free_port: int) -> list[Exchange]:
    """A server's exchanges with one phone that pushes batches and sends photos, one after another."""
    trace = tmp_path / "trace"
    served = Served(data_dir, free_port, disk_trace.command(trace))
    served.start()
    try:
        phone = WirePhone.enrol(served.url, served.code())
        for number in range(BATCHES):
            assert phone.push([phone.hazard() for _ in range(1 + number * 5)]).ok
        _send_photos(phone)
    finally:
        served.kill()
    return list(exchanges(disk_trace.events(_end_of(trace))))


def _one_after_another(done: Iterable[Event], *wanted: tuple[str, str]) -> bool:
    """Whether such events, each a kind and a pattern of its place, happened in this order."""
    happened = iter(done)
    return all(
        any(kind == event.kind and re.search(place, event.place) for event in happened)
        for kind, place in wanted
    )


def test_the_server_answers_for_nothing_that_is_not_on_the_disk(seen: list[Exchange]) -> None:
    pushes = [one for one in seen if one.request.endswith("/push") and one.status == 200]
    assert len(pushes) == BATCHES
    assert all(WAL in push.synced() for push in pushes)

    pieces = [one for one in seen if one.request.startswith("PATCH") and one.status == 204]
    assert len(pieces) == 2 * PHOTOS
    for first, last in zip(pieces[::2], pieces[1::2], strict=True):
        assert _one_after_another(
            first.done, ("synced", r"/partial/\w+$"), ("synced", r"/partial$"), ("synced", WAL)
        )
        assert _photo_is_kept(last)
    whole = [one for one in seen if one.request == "POST /api/v1/photos" and one.done and _photo_is_kept(one)]
    assert len(whole) == PHOTOS
    announced = [one for one in seen if one.request == "POST /api/v1/photos" and one.status == 201]
    assert len(announced) == 2 * PHOTOS

    def mean(of: list[Exchange]) -> float:
        return statistics.mean(len(one.synced()) for one in of)

    print(
        f"fsyncs before the answer: {mean(pushes):.2f} a push, {mean(pieces[::2]):.2f} a piece,"
        f" {mean(pieces[1::2]):.2f} a photo's last piece, {mean(whole):.2f} a photo in one request;"
        f" {len(pushes)} pushes and {2 * PHOTOS} photos answered for, 0 without"
    )


def _photo_is_kept(exchange: Exchange) -> bool:
    """Its bytes, then its name in its folder, then what the database knows of it."""
    return _one_after_another(
        exchange.done,
        ("synced", r"/partial/\w+$"),
        ("renamed", r"/photos/\w\w/\w{64}$"),
        ("synced", r"/photos/\w\w$"),
        ("synced", WAL),
    )


def test_the_phone_says_saved_only_when_it_is_on_the_disk(tmp_path: Path) -> None:
    trace, folder = tmp_path / "trace", tmp_path / "phone"
    words = [sys.executable, "-m", "tests.faults.saving_phone", str(folder), str(SAVES)]
    done = subprocess.run(
        [*disk_trace.command(trace), *words], cwd=PROJECT, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.splitlines() == [saving_phone.SAVED] * SAVES, done.stderr
    saves: list[list[Event]] = [[]]
    for event in disk_trace.events(_end_of(trace)):
        if event.kind == "said" and event.text.startswith(saving_phone.SAVED):
            saves.append([])
        else:
            saves[-1].append(event)
    saves.pop()
    assert len(saves) == SAVES
    for happened in saves:
        assert _one_after_another(
            happened,
            ("synced", r"/photos/\w{64}\.part$"),
            ("renamed", r"/photos/\w{64}$"),
            ("synced", r"/photos$"),
            ("synced", r"/anlan\.db-wal$"),
        )
    amounts = [sum(event.kind == "synced" for event in happened) for happened in saves[1:]]
    print(f"fsyncs before a phone says saved, of a hazard with a photo: {amounts}")
