"""Phones that all come home at once, light enough for hundreds of them beside the server on one machine.

They keep one connection and take its next answer for theirs, so they are for links that double none.
"""

import asyncio
import base64
import hashlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlsplit

import orjson

from tests.bench.wire import Connection, Reply, gzipped
from tests.support.wire_phone import WirePhone

T = TypeVar("T")

BATCH = 15
SHORTEST_REST, LONGEST_REST = 0.05, 1.0
ANSWER_SECONDS = 30.0
_WORD = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
_TUS = {"Tus-Resumable": "1.0.0"}
_BYTES = {**_TUS, "Content-Type": "application/offset+octet-stream"}


class Unheard(Exception):
    """The way or the server failed; try again after `seconds`, where it said so."""

    def __init__(self, why: str, seconds: float = 0.0) -> None:
        super().__init__(why)
        self.seconds = seconds


@dataclass
class HomeComing:
    """What one phone brings home, and what it was told: `stamps` by n, `photos` that are verified.

    `pushes`: seconds from a request to its good answer. `met`: why requests had to be made again.
    """

    phone: WirePhone
    ops: list[dict[str, Any]]
    pictures: list[bytes]
    chance: Random
    stamps: dict[int, int] = field(default_factory=dict)
    photos: set[str] = field(default_factory=set)
    pushes: list[float] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)

    async def over(self, port: int) -> None:
        """Bring everything home over the link on `port`: all records, then all photos."""
        self._port = port
        self._connection: Connection | None = None
        try:
            for at in range(0, len(self.ops), BATCH):
                await self._until_heard(partial(self._push, self.ops[at : at + BATCH]))
            for data in self.pictures:
                await self._send(data)
        finally:
            await self._hang_up()

    async def _push(self, ops: list[dict[str, Any]]) -> None:
        began = time.perf_counter()
        identity = self.phone.identity
        body = gzipped(orjson.dumps({"epoch": identity.epoch, "ops": ops}))
        reply = await self._ask("POST", f"/api/v1/campaigns/{identity.campaign}/push", _WORD, body)
        for result in _document(reply)["results"]:
            assert result["status"] in ("stored", "duplicate"), result
            assert self.stamps.setdefault(result["n"], result["seq"]) == result["seq"]
        self.pushes.append(time.perf_counter() - began)

    async def _send(self, data: bytes) -> None:
        sha256 = hashlib.sha256(data).hexdigest()
        place: str | None = None

        async def announced() -> str | None:
            said = {"sha256": sha256, "mime": "image/jpeg"}
            metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in said.items())
            headers = {**_TUS, "Upload-Length": str(len(data)), "Upload-Metadata": metadata}
            reply = await self._ask("POST", "/api/v1/photos", headers)
            if reply.headers.get("upload-offset") == str(len(data)):
                return None
            return urlsplit(reply.headers["location"]).path

        async def gone_on() -> bool:
            assert place is not None
            known = await self._ask("HEAD", place, _TUS)
            offset = _offset(known)
            if offset == len(data):
                return True
            headers = {**_BYTES, "Upload-Offset": str(offset)}
            return _offset(await self._ask("PATCH", place, headers, data[offset:])) == len(data)

        while place is None:
            place = await self._until_heard(announced)
            if place is None or await self._until_heard(gone_on):
                break
        self.photos.add(sha256)

    async def _until_heard(self, work: Callable[[], Awaitable[T]]) -> T:
        rest = SHORTEST_REST
        while True:
            try:
                return await asyncio.wait_for(work(), ANSWER_SECONDS)
            except Unheard as failure:
                self.met[str(failure)] += 1
                seconds = max(failure.seconds, rest * self.chance.random())
            except (OSError, EOFError, ValueError, IndexError, TimeoutError) as error:
                self.met[type(error).__name__] += 1
                seconds = rest * self.chance.random()
            await self._hang_up()
            rest = min(LONGEST_REST, 2 * rest)
            await asyncio.sleep(seconds)

    async def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Reply:
        if self._connection is None:
            connection = Connection(self._port, self.phone.headers)
            self._connection = await connection.__aenter__()
        reply = await self._connection.send(method, path, headers, body)
        if reply.headers.get("anlan-api") != "v1":
            raise Unheard("portal")
        if reply.status == 503 or (reply.status == 409 and method == "PATCH"):
            raise Unheard(str(reply.status), float(reply.headers.get("retry-after", 0)))
        assert reply.status < 300, (method, path, reply)
        return reply

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError):  # it was cut
                await connection.__aexit__(None, None, None)


def _document(reply: Reply) -> Any:
    return orjson.loads(reply.body)


def _offset(reply: Reply) -> int:
    text = reply.headers.get("upload-offset", "")
    if not text.isdecimal():
        raise Unheard("no offset")
    return int(text)
