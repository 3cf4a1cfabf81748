"""Carries one request to the server and its answer back: `requests` in a thread, `fetch` in the browser."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from mobile_app.device.browser import IN_BROWSER, js_bytes, js_object
from shared import problems


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case. Whether our server said it, the reader must see."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Transport(Protocol):
    """The way to one server."""

    async def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"", *, seconds: float = 30.0
    ) -> Answer:
        """Ask, and wait at most `seconds` for the answer. Problem: server_unreachable."""

    async def close(self) -> None:
        """Let go of connections."""


def open_transport(origin: str) -> Transport:
    """The way to the server at `origin` (scheme, host and port)."""
    return FetchTransport(origin) if IN_BROWSER else RequestsTransport(origin)


class RequestsTransport:
    """`requests` outside the event loop."""

    def __init__(self, origin: str) -> None:
        import requests

        self._origin = origin
        self._session = requests.Session()

    async def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"", *, seconds: float = 30.0
    ) -> Answer:
        return await asyncio.to_thread(self._send, method, path, headers, body, seconds)

    async def close(self) -> None:
        self._session.close()

    def _send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, seconds: float
    ) -> Answer:
        import requests

        try:
            answer = self._session.request(
                method,
                self._origin + path,
                headers=dict(headers),
                data=body or None,
                timeout=(min(seconds, 10.0), seconds),
                allow_redirects=False,  # a portal's detour is no answer of ours
            )
        except (requests.RequestException, ValueError) as error:
            raise problems.server_unreachable(reason=type(error).__name__) from None
        return Answer(
            answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content or b""
        )


class FetchTransport:
    """The browser's own fetch: it does not stop the app while it waits."""

    def __init__(self, origin: str) -> None:
        self._origin = origin

    async def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"", *, seconds: float = 30.0
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
        if body:
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
