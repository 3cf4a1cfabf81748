"""Reading a trace: a sync counts when it returns, a message when it starts to be sent."""

from tests.support.disk_trace import Event, events

WAL = "/data/anlan.sqlite3-wal"
CONNECTION = "TCP:[127.0.0.1:8765->127.0.0.1:40900]"


def test_calls_are_read_in_order() -> None:
    trace = f"""\
10 read(20<{CONNECTION}>, "POST /push HTTP/1.1\\r\\nHost"..., 256000) = 1493
12 fdatasync(7<{WAL}>) = 0
12 rename("/data/part", "/data/whole") = 0
10 write(20<{CONNECTION}>, "HTTP/1.1 200 OK\\r\\n"..., 593) = 593
"""
    assert list(events(trace)) == [
        Event("heard", CONNECTION, "POST /push HTTP/1.1\\r\\nHost"),
        Event("synced", WAL),
        Event("renamed", "/data/whole", "/data/part"),
        Event("said", CONNECTION, "HTTP/1.1 200 OK\\r\\n"),
    ]


def test_an_interrupted_sync_counts_at_its_end_and_a_message_at_its_start() -> None:
    trace = f"""\
12 fdatasync(7<{WAL}> <unfinished ...>
10 write(20<{CONNECTION}>, "HTTP/1.1 200 OK"..., 593 <unfinished ...>
12 <... fdatasync resumed>) = 0
10 <... write resumed>) = 593
"""
    assert [event.kind for event in events(trace)] == ["said", "synced"]


def test_a_failed_sync_does_not_count() -> None:
    assert list(events(f"12 fsync(7<{WAL}>) = -1 EIO (Input/output error)\n")) == []
