"""The faulty link injects exactly the configured faults."""

import gc
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from tests.support.faulty_link import Faults, FaultyLink

BODY = bytes(range(256)) * 800  # about 200 kB


class Echo(ThreadingHTTPServer):
    """Echoes request bodies; `heard`: the bodies received, complete or not."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Echoing)
        self.heard: list[bytes] = []
        self.received = threading.Semaphore(0)


class _Echoing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Echo

    def do_PUT(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        self.server.heard.append(body)
        self.server.received.release()
        if len(body) == length:
            self.send_response(200)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test output clean."""


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _put(link: FaultyLink, body: bytes = BODY) -> requests.Response:
    return requests.put(f"{link.url}/api/v1/photos/1", data=body, timeout=30)


def test_a_good_link_carries_everything_and_counts_it(echo: Echo) -> None:
    with FaultyLink(echo.server_port) as link:
        assert [_put(link).content for _ in range(3)] == [BODY] * 3
        assert link.carried.bodies == {"PUT photos": 3 * len(BODY)}
        assert link.carried.connections == 3
        assert not link.carried.did


def test_bytes_sent_before_a_cut_arrive(echo: Echo) -> None:
    with FaultyLink(echo.server_port, Faults(cut_up=100_000)) as link:
        with pytest.raises(requests.ConnectionError):
            _put(link)
        assert link.carried.did == {"cut": 1}
        echo.received.acquire()
        [heard] = echo.heard
        assert BODY.startswith(heard)
        assert 99_000 < len(heard) < 100_000  # the head counts too


def test_an_answer_is_cut_after_the_given_number_of_bytes(echo: Echo) -> None:
    with FaultyLink(echo.server_port, Faults(cut_down=1000)) as link:
        with pytest.raises(requests.RequestException):
            _put(link)
        assert echo.heard == [BODY]
        assert _put(link, b"short").content == b"short"


def test_an_answer_is_lost_after_the_server_has_done_the_work(echo: Echo) -> None:
    with FaultyLink(echo.server_port, Faults(lost=1.0)) as link:
        with pytest.raises(requests.ConnectionError):
            _put(link)
        assert echo.heard == [BODY]
        assert link.carried.did == {"lost": 1}


def test_an_answer_is_truncated(echo: Echo) -> None:
    with FaultyLink(echo.server_port, Faults(truncated=1.0)) as link:
        with pytest.raises(requests.RequestException):
            _put(link)
        assert echo.heard == [BODY]
        assert link.carried.did == {"truncated": 1}


def test_an_answer_comes_twice(echo: Echo) -> None:
    with (
        FaultyLink(echo.server_port, Faults(doubled=1.0)) as link,
        socket.create_connection(("127.0.0.1", link.port)) as phone,
    ):
        phone.sendall(b"PUT / HTTP/1.1\r\nContent-Length: 4\r\n\r\npond")
        heard = b""
        while heard.count(b"pond") < 2:
            heard += phone.recv(1000)
        assert heard[: len(heard) // 2] * 2 == heard


def test_a_captive_portal_answers_instead_of_the_server(echo: Echo) -> None:
    with FaultyLink(echo.server_port, Faults(portal=1.0)) as link:
        answer = _put(link)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html")
        assert echo.heard == []


def test_a_link_refuses_connections_during_an_outage(echo: Echo) -> None:
    with FaultyLink(echo.server_port) as link:
        with link.refusing(), pytest.raises(requests.ConnectionError):
            _put(link)
        assert _put(link).content == BODY


def test_a_slow_link_takes_its_time(echo: Echo) -> None:
    with FaultyLink(echo.server_port, Faults(up_rate=1e6, delay=0.1)) as link:
        began = time.monotonic()
        _put(link)
        assert time.monotonic() - began >= 0.1 + len(BODY) / 1e6


def test_the_same_seed_gives_the_same_faults(echo: Echo) -> None:
    def outcomes(seed: int) -> list[bool]:
        with FaultyLink(echo.server_port, Faults(portal=0.5), seed=seed) as link:
            return [_put(link, b"pond").content == b"pond" for _ in range(20)]

    assert outcomes(1) == outcomes(1) != outcomes(2)


def test_no_socket_is_left_open_when_the_link_ends_as_a_phone_connects(echo: Echo) -> None:
    for _ in range(50):
        with FaultyLink(echo.server_port) as link:
            phone = socket.create_connection(("127.0.0.1", link.port))
        phone.close()
    gc.collect()  # an open socket would raise a ResourceWarning, which is an error
