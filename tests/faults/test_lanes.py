"""What strangers, phones and exports hold of a server is bounded, and none of them keeps another waiting."""

import gzip
import json
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn
from starlette.testclient import TestClient

from sync_server.exports import workbook
from sync_server.http import connection
from sync_server.http.pace import LONGEST_S
from tests.bench.processes import Server as Process
from tests.support.served import Served
from tests.support.wire_phone import WirePhone
from tests.sync_server.deployment import Deployment

HELD = 100


@contextmanager
def endless(port: int, path: str, headers: str, body: bytes, times: int) -> Iterator[list[socket.socket]]:
    """Requests whose bodies never end, all open at once."""
    with ExitStack() as open_ones:
        opened: list[socket.socket] = []
        for _ in range(HELD):
            one = open_ones.enter_context(socket.create_connection(("127.0.0.1", port)))
            one.settimeout(20)
            head = f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n{headers}\r\n"
            one.sendall(head.encode())
            opened.append(one)
        chunk = b"%x\r\n%b\r\n" % (len(body), body)
        for _ in range(times):
            for one in opened:
                try:
                    one.sendall(chunk)
                except OSError:  # refused already
                    continue
        yield opened


def peak(served: Served) -> float:
    found = Process(served.port, served.pid).peak_megabytes()
    assert found is not None
    return found


def held(served: Served) -> float:
    """Megabytes that the server's own process holds now, without files."""
    status = Path(f"/proc/{served.pid}/status").read_text()
    [kilobytes] = [int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")]
    return kilobytes / 1024


def bomb(megabytes: int) -> bytes:
    """Gzip that inflates to so much, and goes on."""
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packing.compress(b" " * 2**20) for _ in range(megabytes))
    return packed + packing.flush(zlib.Z_SYNC_FLUSH)


def test_bodies_that_never_end_hold_next_to_nothing(served_on: Served) -> None:
    phone = WirePhone.enrol(served_on.url, served_on.code())
    before = peak(served_on)
    zipped = "Content-Encoding: gzip\r\n"
    with endless(served_on.port, "/api/v1/enrol", zipped, bomb(7), 1) as opened:
        for one in opened:
            assert b" 413 " in one.recv(100)
        assert phone.push([phone.hazard()]).status_code == 200
    form = "Content-Type: application/x-www-form-urlencoded\r\n"
    with endless(served_on.port, "/sign-in", form, b"name=" + b"x" * 60_000, 1) as opened:
        for one in opened:
            assert b" 413 " in one.recv(100)
    assert peak(served_on) - before < 40


def test_one_phone_cannot_hold_the_memory_of_pushes(served_on: Served) -> None:
    hostile, honest = (WirePhone.enrol(served_on.url, served_on.code()) for _ in range(2))
    before = peak(served_on)
    headers = f"Content-Encoding: gzip\r\nAuthorization: {hostile.headers['Authorization']}\r\n"
    path = f"/api/v1/campaigns/{hostile.identity.campaign}/push"
    with endless(served_on.port, path, headers, bomb(7), 1) as opened:
        assert honest.push([honest.hazard()]).status_code == 200
        assert requests.get(f"{served_on.url}/healthz", timeout=10).ok
        refused, end = 0, time.monotonic() + 2 * LONGEST_S  # refusals go out at a pace
        for one in opened:
            one.settimeout(max(0.05, end - time.monotonic()))
            try:
                refused += b" 503 " in one.recv(100)
            except TimeoutError:
                continue
    assert refused >= HELD - 3
    assert peak(served_on) - before < 60


def test_what_messages_needed_for_a_moment_returns_to_the_system(served: Served) -> None:
    phones = [WirePhone.enrol(served.url, served.code()) for _ in range(4)]
    log = f"{served.url}/api/v1/campaigns/{phones[0].identity.campaign}"
    for _ in range(2):
        assert phones[0].push([phones[0].hazard() for _ in range(200)]).status_code == 200
    remarks: list[Any] = ["x" * 7_900_000, [[]] * 2_000_000, [[]] * 95_000]
    messages = [{"epoch": phones[0].identity.epoch, "ops": [{"fields": {"remark": one}}]} for one in remarks]
    bodies = [gzip.compress(json.dumps(message).encode(), 1) for message in messages]

    def ask(number: int) -> None:
        phone = phones[number % len(phones)]
        match number % 3:
            case 0:
                requests.get(f"{log}/pull", headers=phone.headers, timeout=60)
            case 1:
                phone.push([phone.hazard() for _ in range(20)])
            case _:
                headers = {**phone.headers, "Content-Encoding": "gzip"}
                requests.post(f"{log}/push", data=bodies[number // 3 % 3], headers=headers, timeout=60)

    ask(0)
    before = held(served)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(96)))
    assert held(served) - before < 20


def test_a_head_without_end_is_refused(served_on: Served) -> None:
    for start in (b"GET /", b"GET / HTTP/1.1\r\nHost: x\r\nX: "):
        with socket.create_connection(("127.0.0.1", served_on.port), timeout=20) as one:
            one.sendall(start)
            for _ in range(200):
                try:
                    one.sendall(b"x" * 65_536)
                except OSError:
                    break
            else:
                raise AssertionError("all of it was taken")
    assert requests.get(f"{served_on.url}/healthz", timeout=10).ok


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[uvicorn.Server, int]]:
    """A server in this process that waits for hardly any time, and its port; its answers are large."""
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(connection, "SILENT_SECONDS", 0.3)
    monkeypatch.setattr(connection, "_CHECK_SECONDS", 0.1)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            while (await receive()).get("more_body"):
                pass
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"x" * 50_000_000})

    config = uvicorn.Config(
        app,
        port=0,
        http=connection.LimitedConnection,
        log_level="critical",
        lifespan="off",
        timeout_keep_alive=60,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server, server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = server.force_exit = True
    thread.join()


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nbody",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",  # and takes nothing of the answer
    ],
)
def test_who_is_silent_is_let_go(hasty: tuple[uvicorn.Server, int], sent: bytes) -> None:
    server, port = hasty
    with socket.create_connection(("127.0.0.1", port)) as one:
        one.sendall(sent)
        while not server.server_state.connections:
            time.sleep(0.01)
        while server.server_state.connections:
            time.sleep(0.05)


def test_there_are_so_many_connections(
    hasty: tuple[uvicorn.Server, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 60)
    monkeypatch.setattr(connection, "MOST", 2)
    _, port = hasty
    with ExitStack() as open_ones:
        several = [
            open_ones.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            for _ in range(3)
        ]
        try:
            closed = several[2].recv(1) == b""
        except ConnectionError:
            closed = True
    assert closed


@pytest.mark.sqlite
def test_exports_wait_in_a_lane_of_their_own(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = Deployment(data_dir)
    go, begun = threading.Event(), threading.Event()

    def slow(path: Path, *_: Any, **__: Any) -> None:
        begun.set()
        go.wait(60)
        path.write_bytes(b"PK")

    monkeypatch.setattr(workbook, "write", slow)
    browsers = [office.browser(hand) for hand in (office.inspector, office.reviewer, office.administrator)]

    def export(who: int) -> Any:
        return browsers[who % 3].get("/exports/ledger.xlsx")

    with TestClient(office.app) as client, ThreadPoolExecutor(20) as pool:
        for browser in browsers:
            browser.portal = client.portal  # one event loop, as in a server
        asked = [pool.submit(export, who) for who in range(18)]
        begun.wait(20)
        while sum(one.done() for one in asked) < 12:
            time.sleep(0.01)
        told = [one.result() for one in asked if one.done()]
        assert {answer.status_code for answer in told} == {503}
        assert {answer.headers["retry-after"] for answer in told} == {"30"}
        assert all("<html" in answer.text for answer in told)
        for path in ("/healthz", "/ledger"):
            assert browsers[0].get(path).status_code == 200
        go.set()
        assert sorted(one.result(20).status_code for one in asked) == [200] * 6 + [503] * 12
    office.engine.dispose()
