"""Phones as the servers see them: they push, pull and send photos as fast as they are answered."""

import asyncio
import base64
import contextlib
import gc
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson

from shared.sync import wire as protocol
from tests.bench.jpegs import Jpeg
from tests.bench.records import Phone, encoded
from tests.bench.wire import Connection, Reply, gzipped

BATCH = protocol.MAX_OPERATIONS


Job = Callable[[Connection], Awaitable[tuple[int, int]]]
"""What one client does on its connection; the answer is bytes of bodies (up, down)."""


class Refused(Exception):
    """A server did not do what the bench asked of it, so there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What one measured stretch took: seconds of wall time, and bytes of bodies that went up and down."""

    seconds: float
    up: int
    down: int


class Sender(Protocol):
    """How photos are sent to one server; returns the bytes of bodies that went (up, down)."""

    async def photo(self, connection: Connection, photo: Jpeg) -> tuple[int, int]:
        """Send one photo whole; raises Refused unless the server has it."""


class Route(Sender, Protocol):
    """How one phone speaks to one server. Each returns the bytes of bodies that went (up, down)."""

    @property
    def phone(self) -> Phone:
        """Whose operations these are."""

    def body(self, operations: list[dict[str, Any]]) -> bytes:
        """The gzipped body of one push."""

    async def push(self, connection: Connection, body: bytes) -> tuple[int, int]:
        """Push one body; raises Refused unless all of it was stored."""

    async def pull(self, connection: Connection, since: int, count: int) -> tuple[int, int]:
        """Pull `count` operations after `since`; raises Refused where there are fewer."""


@dataclass(frozen=True, slots=True)
class Ours:
    """A phone enrolled with our server."""

    phone: Phone
    token: str
    epoch: str

    def body(self, operations: list[dict[str, Any]]) -> bytes:
        return gzipped(encoded({"epoch": self.epoch, "ops": operations}))

    async def push(self, connection: Connection, body: bytes) -> tuple[int, int]:
        path = f"/api/v1/campaigns/{self.phone.campaign}/push"
        reply = await connection.send("POST", path, self._headers(JSON), body)
        results = _document(reply)["results"]
        if any(result["status"] != "stored" for result in results):
            raise Refused(next(result for result in results if result["status"] != "stored"))
        return len(body), len(reply.sent)

    async def pull(self, connection: Connection, since: int, count: int) -> tuple[int, int]:
        path = f"/api/v1/campaigns/{self.phone.campaign}/pull"
        return await _pull(connection, path, since, count, self._headers({}))

    async def photo(self, connection: Connection, photo: Jpeg) -> tuple[int, int]:
        return await self.tus().photo(connection, photo)

    def tus(self, *, announced: bool = False) -> "Tus":
        """How this phone sends photos."""
        return Tus("/api/v1/photos", self._headers({}), announced)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **more}


@dataclass(frozen=True, slots=True)
class Floor:
    """A phone at the bare floor."""

    phone: Phone

    def body(self, operations: list[dict[str, Any]]) -> bytes:
        return gzipped(encoded({"ops": operations}))

    async def push(self, connection: Connection, body: bytes) -> tuple[int, int]:
        reply = await connection.send("POST", "/push", JSON, body)
        _document(reply)
        return len(body), len(reply.sent)

    async def pull(self, connection: Connection, since: int, count: int) -> tuple[int, int]:
        return await _pull(connection, "/pull", since, count, {})

    async def photo(self, connection: Connection, photo: Jpeg) -> tuple[int, int]:
        reply = await connection.send("PUT", f"/photos/{photo.sha256}", {}, photo.data)
        if reply.status != 204:
            raise Refused(reply)
        return len(photo.data), 0


@dataclass(frozen=True, slots=True)
class Tus:
    """A client of a server that takes photos by tus.

    They go whole in the request that announces them, or, `announced` before, by one PATCH.
    """

    path: str = "/photos"
    headers: Mapping[str, str] = field(default_factory=dict)
    announced: bool = False

    async def photo(self, connection: Connection, photo: Jpeg) -> tuple[int, int]:
        said = {"sha256": photo.sha256, "mime": "image/jpeg", "record": photo.record}
        metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in said.items())
        asked = {**self.headers, "Tus-Resumable": "1.0.0"}
        announcement = {**asked, "Upload-Length": str(len(photo.data)), "Upload-Metadata": metadata}
        if self.announced:
            made = await connection.send("POST", self.path, announcement)
            if made.status != 201:
                raise Refused(made)
            where = urlsplit(made.headers["location"]).path
            done = await connection.send("PATCH", where, {**asked, **BYTES, "Upload-Offset": "0"}, photo.data)
        else:
            done = await connection.send("POST", self.path, {**announcement, **BYTES}, photo.data)
        if done.status not in (201, 204) or done.headers["upload-offset"] != str(len(photo.data)):
            raise Refused(done)
        return len(photo.data), len(done.sent)


BYTES = {"Content-Type": "application/offset+octet-stream"}
JSON = {"Content-Type": "application/json", "Content-Encoding": "gzip"}


async def enrol(port: int, code: str) -> Ours:
    """A new phone at our server on `port`."""
    async with Connection(port) as connection:
        body = encoded({"code": code, "device_name": "bench", "platform": "bench"})
        reply = await connection.send("POST", "/api/v1/enrol", {"Content-Type": "application/json"}, body)
    said = protocol.EnrolAnswer.model_validate(_document(reply, 201))
    return Ours(Phone(said.campaign, said.device, said.person.id), said.token, said.epoch)


def together(port: int, jobs: Sequence[Job]) -> Traffic:
    """Do each job on a connection of its own, all at once: what it took until the last was done."""
    return asyncio.run(_together(port, jobs))


async def _together(port: int, jobs: Sequence[Job]) -> Traffic:
    async with contextlib.AsyncExitStack() as open_connections:
        connections = [await open_connections.enter_async_context(Connection(port)) for _ in jobs]
        with _no_collecting():
            begun = time.perf_counter()
            bytes_moved = await asyncio.gather(*(job(c) for job, c in zip(jobs, connections, strict=True)))
            seconds = time.perf_counter() - begun
    return Traffic(seconds, sum(up for up, _ in bytes_moved), sum(down for _, down in bytes_moved))


@contextlib.contextmanager
def _no_collecting() -> Iterator[None]:
    """While it is measured, the client does not look for rings among the objects that it has made."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def pushing(route: Route, bodies: Sequence[bytes]) -> Job:
    """The job of pushing `bodies` one after another."""

    async def job(connection: Connection) -> tuple[int, int]:
        return _total([await route.push(connection, body) for body in bodies])

    return job


def pulling(route: Route, count: int, *, after: int = 0, times: int = 1) -> Job:
    """The job of pulling the `count` operations after `after`, page by page, so many times."""

    async def job(connection: Connection) -> tuple[int, int]:
        return _total([await route.pull(connection, after, count) for _ in range(times)])

    return job


def sending(route: Sender, photos: Sequence[Jpeg]) -> Job:
    """The job of sending `photos` one after another."""

    async def job(connection: Connection) -> tuple[int, int]:
        return _total([await route.photo(connection, photo) for photo in photos])

    return job


async def _pull(
    connection: Connection, path: str, since: int, count: int, headers: dict[str, str]
) -> tuple[int, int]:
    down = got = 0
    while got < count:
        reply = await connection.send("GET", f"{path}?since={since}&limit={BATCH}", headers)
        page = _document(reply)
        down += len(reply.sent)
        got += len(page["ops"])
        since = page["next"]
        if not page["ops"]:
            raise Refused(f"{got} of {count}")
    return 0, down


def _total(parts: list[tuple[int, int]]) -> tuple[int, int]:
    return sum(up for up, _ in parts), sum(down for _, down in parts)


def _document(reply: Reply, status: int = 200) -> Any:
    if reply.status != status:
        raise Refused(reply.status, reply.body[:500])
    return orjson.loads(reply.body)
