"""A trace is read as it happened: what is synced counts when that is done, what is said when it begins."""

from tests.support.disk_trace import Event, events

WAL = "/data/anlan.sqlite3-wal"
WAY = "TCP:[127.0.0.1:8765->127.0.0.1:40900]"


def test_calls_count_in_their_order() -> None:
    trace = f"""\
10 read(20<{WAY}>, "POST /push HTTP/1.1\\r\\nHost"..., 256000) = 1493
12 fdatasync(7<{WAL}>) = 0
12 rename("/data/part", "/data/whole") = 0
10 write(20<{WAY}>, "HTTP/1.1 200 OK\\r\\n"..., 593) = 593
"""
    assert list(events(trace)) == [
        Event("heard", WAY, "POST /push HTTP/1.1\\r\\nHost"),
        Event("synced", WAL),
        Event("renamed", "/data/whole", "/data/part"),
        Event("said", WAY, "HTTP/1.1 200 OK\\r\\n"),
    ]


def test_what_was_interrupted_is_synced_when_it_returned_and_said_when_it_began() -> None:
    trace = f"""\
12 fdatasync(7<{WAL}> <unfinished ...>
10 write(20<{WAY}>, "HTTP/1.1 200 OK"..., 593 <unfinished ...>
12 <... fdatasync resumed>) = 0
10 <... write resumed>) = 593
"""
    assert [event.kind for event in events(trace)] == ["said", "synced"]


def test_what_failed_is_not_synced() -> None:
    assert list(events(f"12 fsync(7<{WAL}>) = -1 EIO (Input/output error)\n")) == []
