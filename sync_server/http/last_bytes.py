"""uvicorn's HTTP protocol, but the bytes received before a disconnect are delivered before the disconnect.

Otherwise up to 64 kB are lost with every broken connection, and an upload over a link that breaks more often
than that never finishes.
"""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle


class _Cycle(RequestResponseCycle):
    async def receive(self) -> Any:
        if self.disconnected and self.body and not self.response_complete:
            body, self.body = bytes(self.body), bytearray()
            return {"type": "http.request", "body": body, "more_body": self.more_body}
        return await super().receive()

    async def send(self, message: Any) -> None:
        """Send; waits at the end of an answer until the client has read it: its memory is held until then."""
        await super().send(message)
        if self.response_complete and self.flow.write_paused and not self.disconnected:
            await self.flow.drain()


class LastBytesProtocol(HttpToolsProtocol):
    """To be given to uvicorn as `http`."""

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self.cycle is not None:
            self.cycle.__class__ = _Cycle
