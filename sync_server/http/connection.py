"""uvicorn's HTTP protocol with limits: connections, size and time of heads, idle time.

Without them, a client that sends a byte now and then keeps its connections and the memory that they use.
"""

import asyncio
from typing import Any

from sync_server.http.last_bytes import LastBytesProtocol

MOST = 1000
"""Connections at a time; further ones are closed at once."""
HEAD_BYTES = 64 * 1024
"""Size limit of a request's line and headers; also of the trailers after a body."""
HEAD_SECONDS = 30.0
"""Time limit for the head of a request, from the connection or the end of the previous answer."""
SILENT_SECONDS = 60.0
"""The longest pause within a body, and of a client that does not read its answer."""
_CHECK_SECONDS = 5.0
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\nanlan-api: v1\r\n\r\n"
)


class LimitedConnection(LastBytesProtocol):
    """To be given to uvicorn as `http`.

    `_head_since`: since when a head is awaited, None while there is a body. `_unparsed`: bytes since the
    parser last came to the end of a head or to a piece of a body. `_blocked_since`: since when the client is
    not taking its answer.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_since: float | None = self.loop.time()
        self._heard_at = self._head_since
        self._blocked_since: float | None = None
        self._unparsed = 0
        self._timer = self.loop.call_later(_CHECK_SECONDS, self._check)
        if len(self.connections) > MOST:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._heard_at = self.loop.time()
        self._unparsed += len(data)
        super().data_received(data)
        if self._unparsed > HEAD_BYTES and not self.transport.is_closing():
            if self._head_since is not None:
                self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_since = self.loop.time()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._head_since is not None:  # otherwise it is a trailer, which nobody reads
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._head_since = None
        self._unparsed = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unparsed = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._head_since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        self._blocked_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._blocked_since = None
        super().resume_writing()

    def _check(self) -> None:
        now = self.loop.time()
        if self.flow.read_paused:
            self._heard_at = now  # the server itself has paused reading
        cycle: Any = self.cycle
        in_body = cycle is not None and cycle.more_body and not cycle.response_complete
        if (
            _long_ago(now, self._head_since, HEAD_SECONDS)
            or _long_ago(now, self._heard_at if in_body else None, SILENT_SECONDS)
            or _long_ago(now, self._blocked_since, SILENT_SECONDS)
        ):
            self.transport.abort()
        else:
            self._timer = self.loop.call_later(_CHECK_SECONDS, self._check)


def _long_ago(now: float, since: float | None, seconds: float) -> bool:
    return since is not None and now - since > seconds
