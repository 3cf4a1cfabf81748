"""Sends one request to the server and returns its answer: `requests` in a thread, `fetch` in the browser."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from mobile_app.device.browser import IN_BROWSER, js_bytes, js_object
from mobile_app.device.photo_files import BlobPart, FilePart, Part
from shared import problems

Moving = Callable[[int], None]
"""Called on the event loop with the number of bytes that have left so far."""

_SEND_BUFFER = 128 * 2**10  # what the system holds may be lost by a cut, and counts as sent before it is
_TELL_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; header names in lower case. The caller must check that it is from our server."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Transport(Protocol):
    """The connection to one server."""

    streams: bool
    """Whether a large `Part` may go in one request: `moving` is told how it goes, and it may take as long as
    it takes while bytes move. Otherwise it goes unseen and within `seconds`: send small pieces."""

    async def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | Part = b"",
        *,
        seconds: float = 30.0,
        moving: Moving | None = None,
    ) -> Answer:
        """Send a request, and wait at most `seconds` for the answer. Problem: server_unreachable."""

    async def close(self) -> None:
        """Close connections."""


def open_transport(origin: str) -> Transport:
    """The transport to the server at `origin` (scheme, host and port)."""
    return FetchTransport(origin) if IN_BROWSER else RequestsTransport(origin)


class RequestsTransport:
    """`requests` outside the event loop. A `Part` is read from the disk as the network takes it."""

    streams = True

    def __init__(self, origin: str) -> None:
        import socket

        import requests
        from requests.adapters import HTTPAdapter
        from urllib3.connection import HTTPConnection

        class Adapter(HTTPAdapter):
            def init_poolmanager(self, *args: object, **given: object) -> None:
                options = [(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)]
                given["socket_options"] = HTTPConnection.default_socket_options + options
                super().init_poolmanager(*args, **given)  # type: ignore[arg-type]

        self._origin = origin
        self._session = requests.Session()
        self._session.mount(origin, Adapter())

    async def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | Part = b"",
        *,
        seconds: float = 30.0,
        moving: Moving | None = None,
    ) -> Answer:
        sent = _Stream(body, moving) if isinstance(body, FilePart) else body
        try:
            return await asyncio.to_thread(self._send, method, path, headers, sent, seconds)
        except asyncio.CancelledError:
            if isinstance(sent, _Stream):
                sent.stopped.set()  # else its thread would send to the end, and hold up leaving the app
            raise

    async def close(self) -> None:
        self._session.close()

    def _send(
        self, method: str, path: str, headers: Mapping[str, str], body: object, seconds: float
    ) -> Answer:
        import requests

        try:
            answer = self._session.request(
                method,
                self._origin + path,
                headers=dict(headers),
                data=body or None,  # type: ignore[arg-type]
                timeout=(min(seconds, 10.0) if isinstance(body, bytes) else seconds, seconds),
                allow_redirects=False,  # a portal's detour is no answer of ours
            )
        except (requests.RequestException, OSError, ValueError) as error:
            raise problems.server_unreachable(reason=type(error).__name__) from None
        return Answer(
            answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content or b""
        )


class _Stream:
    """A part as `requests` reads it: known length, read once, chunk by chunk."""

    def __init__(self, part: FilePart, moving: Moving | None) -> None:
        self._part = part
        self._moving = moving
        self._loop = asyncio.get_running_loop()
        self.stopped = threading.Event()

    def __len__(self) -> int:
        return len(self._part)

    def __iter__(self) -> Iterator[bytes]:
        left, reported = 0, time.monotonic()
        for chunk in self._part:
            if self.stopped.is_set():
                raise ConnectionAbortedError
            yield chunk
            left += len(chunk)
            if self._moving and time.monotonic() - reported >= _TELL_SECONDS:
                reported = time.monotonic()
                self._loop.call_soon_threadsafe(self._moving, left)


class FetchTransport:
    """The browser's own fetch: it does not stop the app while it waits. A `Part` is sent without its bytes
    ever coming into Python."""

    streams = False

    def __init__(self, origin: str) -> None:
        self._origin = origin

    async def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | Part = b"",
        *,
        seconds: float = 30.0,
        moving: Moving | None = None,  # noqa: ARG002, fetch does not say how it goes
    ) -> Answer:
        import js
        from pyodide.ffi import JsException

        asked = js_object(
            method=method,
            headers=dict(headers),
            redirect="manual",
            cache="no-store",
            credentials="omit",
            signal=js.AbortSignal.timeout(int(seconds * 1000)),
        )
        if isinstance(body, BlobPart):
            asked.body = body.blob
        elif isinstance(body, bytes) and body:
            asked.body = js_bytes(body)
        try:
            answer = await js.fetch(self._origin + path, asked)
            content = (await answer.arrayBuffer()).to_bytes()
        except JsException as error:
            raise problems.server_unreachable(reason=str(getattr(error, "name", ""))) from None
        found = js.Object.fromEntries(answer.headers.entries()).to_py()
        return Answer(int(answer.status), {str(k).lower(): str(v) for k, v in found.items()}, content)

    async def close(self) -> None:
        """The browser looks after its connections."""
