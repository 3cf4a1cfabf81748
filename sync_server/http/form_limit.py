"""Limits the size and time of forms before any route reads them."""

import asyncio
from collections.abc import Callable, Mapping

from fastapi import Request, Response
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import problems
from shared.problems import Problem
from sync_server.http.memory import Memory

MOST_BYTES = 512 * 1024
"""Twice what the largest form can hold, with every letter encoded as nine."""
MOST_OF_STRANGERS = 16 * 1024
"""The same for anybody who is not signed in: a name and a password."""
SECONDS = 30.0
"""Time limit for a whole form to arrive."""
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

Respond = Callable[[Request, Problem], Response]


class FormLimit:
    """ASGI middleware that reads forms whole, and refuses those that are too large or slow or do not say how
    large they are.

    `respond` makes the answer to a problem. `session_cookie`: its name. `files`: paths to which people who
    are signed in send a file, each with its most bytes; these routes read their forms themselves.
    """

    def __init__(
        self, app: ASGIApp, respond: Respond, session_cookie: str, files: Mapping[str, int] | None = None
    ) -> None:
        self._app = app
        self._respond = respond
        self._session_cookie = session_cookie
        self._files = files or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        if not request.headers.get("content-type", "").lower().startswith(_FORMS):
            await self._app(scope, receive, send)
            return
        memory: Memory = request.app.state.memory
        try:
            _check_charset(request.headers["content-type"])
            size = self._size(request)
            if size > MOST_BYTES:
                await self._app(scope, receive, send)
                return
            with memory.forms.reserved("", size):
                body = await _read(request)
                await self._app(scope, _again(body, receive), send)
        except Problem as problem:
            await self._respond(request, problem)(scope, receive, send)

    def _size(self, request: Request) -> int:
        """The size that the form declares. Raises Problem body_too_large."""
        most = MOST_OF_STRANGERS
        if request.cookies.get(self._session_cookie):
            most = self._files.get(request.url.path, MOST_BYTES)
        said = request.headers.get("content-length")
        if said is None and "transfer-encoding" not in request.headers:
            return 0
        if said is None or not said.isdecimal() or len(said) > 11 or int(said) > most:
            raise problems.body_too_large(limit=most)
        return int(said)


def _check_charset(content_type: str) -> None:
    """Raise Problem unsupported_encoding for text in anything but UTF-8.

    Browsers send nothing else. Any codec of Python could be named otherwise, such as punycode, whose time
    grows with the square of the length: seconds for a form, in which nobody else is answered.
    """
    plain = "".join(letter for letter in content_type.lower() if letter not in " '\"")
    if "charset" in plain.replace("charset=utf-8", ""):
        raise problems.unsupported_encoding(encoding=content_type[:40])


async def _read(request: Request) -> bytes:
    try:
        async with asyncio.timeout(SECONDS):
            return await request.body()
    except TimeoutError:
        raise problems.body_too_slow(retry_after_s=1) from None
    except ClientDisconnect:
        raise problems.bad_encoding() from None  # the client has disconnected


def _again(body: bytes, receive: Receive) -> Receive:
    """Replay the body that was read, then pass on what comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_message
