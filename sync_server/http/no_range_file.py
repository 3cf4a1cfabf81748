"""A file as an answer, always sent whole."""

from fastapi.responses import FileResponse
from starlette.types import Receive, Scope, Send


class NoRangeFile(FileResponse):
    """Ignores Range, as any server may; Starlette would answer an unsatisfiable one in plain text."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
        await super().__call__({**scope, "headers": headers}, receive, send)
