"""Nothing is acknowledged before it is on disk, as a trace of system calls shows."""

import base64
import hashlib
import re
import statistics
import subprocess
import sys
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
BATCHES, PHOTOS, SAVES = 8, 3, 5
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}


@dataclass(frozen=True, slots=True)
class TracedRequest:
    """A request, its status, and the disk events before its answer."""

    request: str
    status: int
    done: list[Event]

    def synced(self) -> list[str]:
        """The names of the synced files and folders, in order."""
        return [Path(event.place).name for event in self.done if event.kind == "synced"]


def traced_requests(trace: Iterable[Event]) -> Iterator[TracedRequest]:
    """Each request with its answer; the trace must have one connection at a time."""
    request, done = "", list[Event]()
    for event in trace:
        if event.kind == "heard" and event.place.startswith("TCP") and " HTTP/1.1" in event.text:
            request, done = event.text.partition(" HTTP/1.1")[0], []
        elif event.kind == "said" and event.place.startswith("TCP") and event.text.startswith("HTTP/1.1 "):
            yield TracedRequest(request, int(event.text.split()[1]), done)
        else:
            done.append(event)


def _send_photos(phone: WirePhone) -> None:
    """Send photos in two chunks, and as many in one request that also creates the upload."""
    for seed in range(2 * PHOTOS):
        data = drawn.photo(320, 240, seed=seed, noise=True)
        values = {"sha256": hashlib.sha256(data).hexdigest(), "mime": "image/jpeg"}
        metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in values.items())
        announced = {"Upload-Length": str(len(data)), "Upload-Metadata": metadata}
        url = f"{phone.url}/api/v1/photos"
        if seed % 2:
            answer = requests.post(url, data, headers={**phone.headers, **BYTES, **announced}, timeout=30)
            assert answer.headers["Upload-Offset"] == str(len(data))
            continue
        answer = requests.post(url, headers={**phone.headers, **TUS, **announced}, timeout=30)
        half = len(data) // 2
        for at, chunk in ((0, data[:half]), (half, data[half:])):
            sent = {**phone.headers, **BYTES, "Upload-Offset": str(at)}
            assert requests.patch(answer.headers["Location"], chunk, headers=sent, timeout=30).ok


@pytest.fixture
def traced(tmp_path: Path, data_dir: Path, free_port: int) -> list[TracedRequest]:
    """The requests of one phone that pushes batches and sends photos, one after another."""
    trace = tmp_path / "trace"
    served = Served(data_dir, free_port, disk_trace.command(trace))
    served.start()
    try:
        phone = WirePhone.enrol(served.url, served.code())
        for number in range(BATCHES):
            assert phone.push([phone.hazard() for _ in range(1 + number * 12)]).ok
        _send_photos(phone)
    finally:
        served.kill()
    return list(traced_requests(disk_trace.events(disk_trace.complete(trace))))


def _in_order(done: Iterable[Event], *expected: tuple[str, str]) -> bool:
    """Whether the expected events, each a kind and a pattern for its place, happened in this order."""
    events = iter(done)
    return all(
        any(kind == event.kind and re.search(place, event.place) for event in events)
        for kind, place in expected
    )


def test_the_server_acknowledges_nothing_that_is_not_on_disk(traced: list[TracedRequest]) -> None:
    pushes = [one for one in traced if one.request.endswith("/push") and one.status == 200]
    assert len(pushes) == BATCHES
    assert all(WAL in push.synced() for push in pushes)

    chunks = [one for one in traced if one.request.startswith("PATCH") and one.status == 204]
    assert len(chunks) == 2 * PHOTOS
    for first, last in zip(chunks[::2], chunks[1::2], strict=True):
        assert _in_order(first.done, ("synced", r"/partial/\w+$"), ("synced", r"/partial$"), ("synced", WAL))
        assert _photo_is_stored(last)
    whole = [
        one for one in traced if one.request == "POST /api/v1/photos" and one.done and _photo_is_stored(one)
    ]
    assert len(whole) == PHOTOS
    announced = [one for one in traced if one.request == "POST /api/v1/photos" and one.status == 201]
    assert len(announced) == 2 * PHOTOS

    def mean(of: list[TracedRequest]) -> float:
        return statistics.mean(len(one.synced()) for one in of)

    print(
        f"fsyncs before the answer: {mean(pushes):.2f} a push, {mean(chunks[::2]):.2f} a chunk,"
        f" {mean(chunks[1::2]):.2f} a photo's last chunk, {mean(whole):.2f} a photo in one request;"
        f" {len(pushes)} pushes and {2 * PHOTOS} photos acknowledged, 0 without"
    )


def _photo_is_stored(exchange: TracedRequest) -> bool:
    """Whether its bytes, then its name in the folder, then its row in the database were synced."""
    return _in_order(
        exchange.done,
        ("synced", r"/partial/\w+$"),
        ("renamed", r"/photos/\w\w/\w{64}$"),
        ("synced", r"/photos/\w\w$"),
        ("synced", WAL),
    )


def test_the_phone_shows_saved_only_when_the_record_is_on_disk(tmp_path: Path) -> None:
    trace, folder = tmp_path / "trace", tmp_path / "phone"
    command = [sys.executable, "-m", "tests.faults.saving_phone", str(folder), str(SAVES)]
    done = subprocess.run(
        [*disk_trace.command(trace), *command], cwd=PROJECT, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.splitlines() == [saving_phone.SAVED] * SAVES, done.stderr
    saves: list[list[Event]] = [[]]
    for event in disk_trace.events(disk_trace.complete(trace)):
        if event.kind == "said" and event.text.startswith(saving_phone.SAVED):
            saves.append([])
        else:
            saves[-1].append(event)
    saves.pop()
    assert len(saves) == SAVES
    for events in saves:
        assert _in_order(
            events,
            ("synced", r"/photos/\w{64}\.part$"),
            ("renamed", r"/photos/\w{64}$"),
            ("synced", r"/photos$"),
            ("synced", r"/anlan\.db-wal$"),
        )
    amounts = [sum(event.kind == "synced" for event in events) for events in saves[1:]]
    print(f"fsyncs before a phone shows a hazard with a photo as saved: {amounts}")
