"""A bad link between phones and a server on this machine: a TCP proxy in a thread, with faults by chance.

It carries HTTP/1.1 message by message, so that it can lose exactly the answer to what the server has done.
"""

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from types import TracebackType
from typing import Any, Self

_PIECE = 16 * 1024
_MOST_HEAD = 2**20
_PORTAL = b"<!doctype html><title>Wi-Fi</title><p>Please sign in to this network."
_PORTAL_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_PORTAL), _PORTAL)
)


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with a link; nothing by default.

    `up_rate`, `down_rate`: bytes a second of one connection. `delay`: seconds before each answer. `cut_up`,
    `cut_down`: bytes that a connection carries from the phone, to the phone, before it is cut. The others are
    chances: of an answer that is `lost` after the server gave it, `truncated` (then the connection is cut) or
    `doubled`, and of a request that a captive `portal` answers with 200 in the server's place.
    """

    up_rate: float | None = None
    down_rate: float | None = None
    delay: float = 0.0
    cut_up: int | None = None
    cut_down: int | None = None
    lost: float = 0.0
    truncated: float = 0.0
    doubled: float = 0.0
    portal: float = 0.0


@dataclass(slots=True)
class Carried:
    """What a link has carried and done.

    `bodies`: bytes of request bodies that came out of phones, by method and kind ("PATCH photos"). `answers`:
    what the server answered, heard or not ("PATCH photos 204"). `did`: how often each fault struck ("cut",
    "lost", "truncated", "doubled", "portal").
    """

    connections: int = 0
    bodies: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    did: Counter[str] = field(default_factory=Counter)


class _Cut(Exception):
    """The connection ends here."""


@dataclass(slots=True)
class _Way:
    """One direction of one connection: where its bytes go, how fast, and how many before the cut."""

    to: asyncio.StreamWriter
    rate: float | None
    left: int | None

    async def carry(self, data: bytes) -> None:
        """Carry `data`, as slowly as the way is. Raises _Cut, when as much has gone as may go."""
        for at in range(0, len(data), _PIECE):
            piece = data[at : at + _PIECE]
            if self.left is not None:
                piece = piece[: self.left]
                self.left -= len(piece)
            self.to.write(piece)
            await self.to.drain()
            if self.rate:
                await asyncio.sleep(len(piece) / self.rate)
            if self.left == 0:
                raise _Cut("cut")


class FaultyLink:
    """The link to the server on `port` of this machine, from `with` on; phones connect to `self.port`."""

    def __init__(self, port: int, faults: Faults | None = None, *, seed: int = 0) -> None:
        self.carried = Carried()
        self._faults = faults or Faults()
        self.port = 0
        self._target = port
        self._chance = Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._open: dict[asyncio.Task[None], socket.socket] = {}

    @property
    def url(self) -> str:
        """Where phones find the server."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def turn(self, faults: Faults) -> None:
        """Be another link from now on; open connections are cut."""
        with self.refusing():
            self._faults = faults

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """No network: open connections are cut and new ones refused until the end of the block."""
        self._do(self._stop())
        yield
        self._do(self._listen())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _listen(self) -> None:
        self._door = socket.create_server(("127.0.0.1", self.port), backlog=1024)
        self._door.setblocking(False)
        self.port = self._door.getsockname()[1]
        self._loop.add_reader(self._door, self._accept)

    async def _stop(self) -> None:
        self._loop.remove_reader(self._door)
        self._door.close()
        connections = dict(self._open)
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        for phone in connections.values():
            phone.close()  # a task that was cancelled before it began has closed nothing

    def _accept(self) -> None:
        """Accept all waiting phones. (A cancelled `sock_accept` may lose a socket that it has accepted.)"""
        with suppress(BlockingIOError, ConnectionAbortedError):
            while True:
                phone, _ = self._door.accept()
                phone.setblocking(False)
                self.carried.connections += 1
                task = self._loop.create_task(self._connected(phone))
                self._open[task] = phone
                task.add_done_callback(lambda done: self._open.pop(done, None))

    async def _connected(self, phone: socket.socket) -> None:
        ways: list[asyncio.StreamWriter] = []
        try:
            from_phone, to_phone = await asyncio.open_connection(sock=phone, limit=_MOST_HEAD)
            ways.append(to_phone)
            from_server, to_server = await asyncio.open_connection(
                "127.0.0.1", self._target, limit=_MOST_HEAD
            )
            ways.append(to_server)
            up = _Way(to_server, self._faults.up_rate, self._faults.cut_up)
            down = _Way(to_phone, self._faults.down_rate, self._faults.cut_down)
            while True:
                await self._sync_loop(from_phone, up, from_server, down)
        except _Cut as cut:
            self.carried.did[str(cut)] += 1
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            for way in ways[:1]:
                way.transport.abort()
            for way in ways:
                way.close()  # what was carried to the server arrives
            await asyncio.gather(*(way.wait_closed() for way in ways), return_exceptions=True)

    async def _sync_loop(
        self, phone: asyncio.StreamReader, up: _Way, server: asyncio.StreamReader, down: _Way
    ) -> None:
        head = await phone.readuntil(b"\r\n\r\n")
        method, path, _ = head.split(b" ", 2)
        kind = f"{method.decode()} {'/'.join(path.decode().split('/')[3:4])}"
        faults = self._faults
        portal = self._chance.random() < faults.portal
        if not portal:
            await up.carry(head)
        left = _length(head)
        while left:
            piece = await phone.read(min(left, _PIECE))
            if not piece:
                raise asyncio.IncompleteReadError(b"", left)
            left -= len(piece)
            self.carried.bodies[kind] += len(piece)
            if not portal:
                await up.carry(piece)
        if portal:
            await down.carry(_PORTAL_ANSWER)
            raise _Cut("portal")
        answer = await _message(server, bodiless=method == b"HEAD")
        self.carried.answers[f"{kind} {answer.split(b' ', 2)[1].decode()}"] += 1
        await self._answer(answer, down, faults)

    async def _answer(self, answer: bytes, down: _Way, faults: Faults) -> None:
        if faults.delay:
            await asyncio.sleep(faults.delay)
        fate = self._chance.random()
        if fate < faults.lost:
            raise _Cut("lost")
        fate -= faults.lost
        if fate < faults.truncated:
            await down.carry(answer[: self._chance.randrange(len(answer))])
            raise _Cut("truncated")
        await down.carry(answer)
        if fate - faults.truncated < faults.doubled:
            self.carried.did["doubled"] += 1
            await down.carry(answer)


async def _message(reader: asyncio.StreamReader, *, bodiless: bool) -> bytes:
    """One whole answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    bodiless = bodiless or head.split(b" ", 2)[1] in (b"204", b"304")
    return head if bodiless else head + await reader.readexactly(_length(head))


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    assert b"transfer-encoding: chunked" not in head.lower(), "this link carries messages of known length"
    return 0
