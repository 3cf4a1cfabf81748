"""Lightweight phones that all sync at once: hundreds of them fit on one machine together with the server.

Each keeps one connection and takes the next answer as its own, so the link must not duplicate answers.
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
MIN_DELAY, MAX_DELAY = 0.05, 1.0
ANSWER_SECONDS = 30.0
_JSON = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
_TUS = {"Tus-Resumable": "1.0.0"}
_BYTES = {**_TUS, "Content-Type": "application/offset+octet-stream"}


class Retry(Exception):
    """The link or the server failed; try again, after `seconds` if the server asked for that."""

    def __init__(self, reason: str, seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.seconds = seconds


@dataclass
class RushPhone:
    """What one phone sends, and the results: `stamps` by n, the verified `photos`.

    `pushes`: seconds per successful push. `retries`: why requests had to be repeated.
    """

    phone: WirePhone
    ops: list[dict[str, Any]]
    pictures: list[bytes]
    rng: Random
    stamps: dict[int, int] = field(default_factory=dict)
    photos: set[str] = field(default_factory=set)
    pushes: list[float] = field(default_factory=list)
    retries: Counter[str] = field(default_factory=Counter)

    async def sync(self, port: int) -> None:
        """Send everything over the link on `port`: all records, then all photos."""
        self._port = port
        self._connection: Connection | None = None
        try:
            for at in range(0, len(self.ops), BATCH):
                await self._retry(partial(self._push, self.ops[at : at + BATCH]))
            for data in self.pictures:
                await self._send(data)
        finally:
            await self._disconnect()

    async def _push(self, ops: list[dict[str, Any]]) -> None:
        began = time.perf_counter()
        identity = self.phone.identity
        body = gzipped(orjson.dumps({"epoch": identity.epoch, "ops": ops}))
        reply = await self._request("POST", f"/api/v1/campaigns/{identity.campaign}/push", _JSON, body)
        for result in _document(reply)["results"]:
            assert result["status"] in ("stored", "duplicate"), result
            assert self.stamps.setdefault(result["n"], result["seq"]) == result["seq"]
        self.pushes.append(time.perf_counter() - began)

    async def _send(self, data: bytes) -> None:
        sha256 = hashlib.sha256(data).hexdigest()
        upload: str | None = None

        async def create() -> str | None:
            values = {"sha256": sha256, "mime": "image/jpeg"}
            metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in values.items())
            headers = {**_TUS, "Upload-Length": str(len(data)), "Upload-Metadata": metadata}
            reply = await self._request("POST", "/api/v1/photos", headers)
            if reply.headers.get("upload-offset") == str(len(data)):
                return None
            return urlsplit(reply.headers["location"]).path

        async def resume() -> bool:
            assert upload is not None
            offset = _offset(await self._request("HEAD", upload, _TUS))
            if offset == len(data):
                return True
            headers = {**_BYTES, "Upload-Offset": str(offset)}
            return _offset(await self._request("PATCH", upload, headers, data[offset:])) == len(data)

        while upload is None:
            upload = await self._retry(create)
            if upload is None or await self._retry(resume):
                break
        self.photos.add(sha256)

    async def _retry(self, work: Callable[[], Awaitable[T]]) -> T:
        delay = MIN_DELAY
        while True:
            try:
                return await asyncio.wait_for(work(), ANSWER_SECONDS)
            except Retry as failure:
                self.retries[str(failure)] += 1
                seconds = max(failure.seconds, delay * self.rng.random())
            except (OSError, EOFError, ValueError, IndexError, TimeoutError) as error:
                self.retries[type(error).__name__] += 1
                seconds = delay * self.rng.random()
            await self._disconnect()
            delay = min(MAX_DELAY, 2 * delay)
            await asyncio.sleep(seconds)

    async def _request(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Reply:
        if self._connection is None:
            connection = Connection(self._port, self.phone.headers)
            self._connection = await connection.__aenter__()
        reply = await self._connection.send(method, path, headers, body)
        if reply.headers.get("anlan-api") != "v1":
            raise Retry("portal")
        if reply.status == 503 or (reply.status == 409 and method == "PATCH"):
            raise Retry(str(reply.status), float(reply.headers.get("retry-after", 0)))
        assert reply.status < 300, (method, path, reply)
        return reply

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError):  # the link was cut
                await connection.__aexit__(None, None, None)


def _document(reply: Reply) -> Any:
    return orjson.loads(reply.body)


def _offset(reply: Reply) -> int:
    text = reply.headers.get("upload-offset", "")
    if not text.isdecimal():
        raise Retry("no offset")
    return int(text)
