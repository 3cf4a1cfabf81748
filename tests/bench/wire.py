"""A light HTTP/1.1 client over asyncio: one connection, whole bodies, cheap beside any server."""

import asyncio
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

LIMIT = 2**20
GZIP = 31
"""zlib's window argument for a gzip stream."""
LEVEL = 5
"""How hard phones and servers squeeze."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its headers by lower-case name, its body as it travelled, and that body inflated."""

    status: int
    headers: dict[str, str]
    sent: bytes

    @property
    def body(self) -> bytes:
        return (
            zlib.decompress(self.sent, GZIP) if self.headers.get("content-encoding") == "gzip" else self.sent
        )


def gzipped(body: bytes, level: int = LEVEL) -> bytes:
    """`body` as a gzip stream."""
    squeeze = zlib.compressobj(level, zlib.DEFLATED, GZIP)
    return squeeze.compress(body) + squeeze.flush()


class Connection:
    """A kept-alive connection to a server on this machine."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self._port = port
        self._headers = {"Host": f"localhost:{port}", "Accept-Encoding": "gzip", **(headers or {})}

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=LIMIT)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Reply:
        """Send one request and wait for its whole answer."""
        lines = {**self._headers, **(headers or {}), "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        await self._writer.drain()
        return await self._reply(method)

    async def _reply(self, method: str) -> Reply:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split(" ", 2)[1])
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        if headers.get("transfer-encoding") == "chunked":
            return Reply(status, headers, await self._chunks())
        length = 0 if method == "HEAD" or status == 204 else int(headers.get("content-length", 0))
        return Reply(status, headers, await self._reader.readexactly(length))

    async def _chunks(self) -> bytes:
        chunks = []
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            chunks.append(await self._reader.readexactly(size))
            await self._reader.readexactly(2)
        await self._reader.readuntil(b"\r\n")
        return b"".join(chunks)
