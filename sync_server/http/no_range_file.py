"""A file as an answer, always whole."""

from fastapi.responses import FileResponse
from starlette.types import Receive, Scope, Send


class NoRangeFile(FileResponse):
    """Takes no notice of Range, as any server may: what cannot be satisfied there is answered in prose."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
        await super().__call__({**scope, "headers": headers}, receive, send)
