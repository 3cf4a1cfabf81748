"""Forms are read before any route is asked, so how large they may be is settled before that."""

from collections.abc import Callable

from fastapi import Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared import problems
from shared.problems import Problem

MOST_BYTES = 512 * 1024
"""Twice what the largest form can hold, every letter written as nine."""
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

Respond = Callable[[Request, Problem], Response]


class FormLimit:
    """ASGI middleware that refuses a form which is too large, or does not say how large it is.

    `respond` makes the answer to a problem.
    """

    def __init__(self, app: ASGIApp, respond: Respond) -> None:
        self._app = app
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope)
            if request.headers.get("content-type", "").lower().startswith(_FORMS) and not _small(request):
                answer = self._respond(request, problems.body_too_large(limit=MOST_BYTES))
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _small(request: Request) -> bool:
    said = request.headers.get("content-length")
    if said is None:
        return "transfer-encoding" not in request.headers
    return said.isdecimal() and len(said) < 12 and int(said) <= MOST_BYTES
