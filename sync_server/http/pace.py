"""Requests and refusals go on at a pace: what comes faster waits, and costs nothing meanwhile.

A program that ignores `Retry-After` has only as many requests under way as it has connections. It gets no
further while they wait, and a request that waits takes no thread, no processor time and hardly any memory.
"""

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import problems
from sync_server.http import error_handlers

LONGEST_S = 5.0
"""The longest that anything waits."""
REFUSALS = frozenset({401, 413, 429, 503})
"""Statuses of refusals that a program may come back with at once."""
STEPS_ASIDE_S = 0.5
"""The longest that a request which had to wait also lets the `busy` server finish."""
_POLL_S = 0.005
_AT_ONCE = 5
"""After a rest, so many seconds' requests go on at once: a page with its pictures."""
_RETRY_AFTER_S = 5
_CLIENTS = 10_000


class Pace:
    """`per_second` go on for each key, `at_once` together after a rest (the generic cell rate algorithm)."""

    def __init__(self, per_second: float, at_once: float) -> None:
        self._each_s = 1 / per_second
        self._rest_s = at_once / per_second
        self._next: OrderedDict[int, float] = OrderedDict()

    def wait(self, now: float, key: int = 0) -> float:
        """Seconds until this one may go on; if they are more than `LONGEST_S`, it does not count."""
        at = max(self._next.pop(key, -math.inf), now - self._rest_s)
        due = at + self._each_s
        self._next[key] = due if due - now <= LONGEST_S else at
        if len(self._next) > _CLIENTS:
            self._next.popitem(last=False)
        return max(0.0, due - now)


class Paced:
    """ASGI middleware: each client's requests, and the refusals to each address, go on at a pace.

    A client is a token or a session, or an address that sends something without either; what is only read
    without them is not paced. Who names both waits for both, because a page does not look at a token. A
    request that would wait longer than `LONGEST_S` is answered 503 after that time, unread. `per_second`:
    how many requests of one client go on, and half as many refusals. A refusal waits when the app is done
    with it, so that it holds none of the memory that pages may have. A request that had to wait also steps
    aside while `busy()` says that the server does something more urgent, at most `STEPS_ASIDE_S`.
    """

    def __init__(
        self, app: ASGIApp, session_cookie: str, per_second: float, busy: Callable[[], bool] = lambda: False
    ) -> None:
        self._app = app
        self._session_cookie = session_cookie
        self._busy = busy
        self._turn = asyncio.Lock()
        self._requests = Pace(per_second, _AT_ONCE * per_second)
        self._refusals = Pace(per_second / 2, per_second)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        refused: list[Message] = []

        async def send_unless_refused(message: Message) -> None:
            if refused or message.get("status") in REFUSALS:
                refused.append(message)
            else:
                await send(message)

        request = Request(scope)
        now = _now()
        wait = max((self._requests.wait(now, hash(one)) for one in self._clients(request)), default=0.0)
        await asyncio.sleep(min(wait, LONGEST_S))
        if wait <= LONGEST_S:
            if wait:
                await self._step_aside()
            await self._app(scope, receive, send_unless_refused)
            if refused:
                await asyncio.sleep(min(self._refusals.wait(_now(), hash(_address(request))), LONGEST_S))
            for message in refused:
                await send(message)
            return
        refusal = error_handlers.answer(problems.overloaded(retry_after_s=_RETRY_AFTER_S))
        await refusal(scope, receive, send)

    async def _step_aside(self) -> None:
        """Wait until the server is not busy, one request at a time, so that they do not all go on at once."""
        until = _now() + STEPS_ASIDE_S
        async with self._turn:
            while self._busy() and _now() < until:
                await asyncio.sleep(_POLL_S)

    def _clients(self, request: Request) -> set[str]:
        """Whose request it is, by all that it names; empty for one that is not paced."""
        token = request.headers.get("authorization", "").partition(" ")[2].strip()
        named = {token, request.cookies.get(self._session_cookie, "")} - {""}
        if named or request.method in ("GET", "HEAD"):
            return named
        return {_address(request)}


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _now() -> float:
    return asyncio.get_running_loop().time()
