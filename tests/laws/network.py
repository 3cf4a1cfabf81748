"""A network between phones and the real server app that fails on command, without sockets.

It remembers all requests, so that old ones can arrive again, late.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp

from mobile_app.device.photo_files import Part
from mobile_app.sync.transport import Answer, Moving
from shared import problems
from shared.sync.wire import VERSION


class Fault(StrEnum):
    """What happens to one request."""

    NONE = "none"
    LOST = "lost"  # it never arrives
    HALF = "half"  # half of its body arrives
    UNANSWERED = "unanswered"  # it is processed, the answer is lost
    TRUNCATED = "truncated"  # it is processed, half of the answer arrives
    TWICE = "twice"  # it arrives twice
    LATE = "late"  # an old request arrives again before it
    STALE = "stale"  # it is processed, but an older answer arrives instead
    PORTAL = "portal"  # a captive portal answers
    BUSY = "busy"  # the server is overloaded


@dataclass(frozen=True, slots=True)
class Asked:
    """A request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    way: int = 0
    """The phone's connection: two clones share a token but never get each other's answers."""

    @property
    def place(self) -> tuple[int, str, str]:
        return (self.way, self.method, self.path.partition("?")[0])


class Network:
    """The network to the app returned by `server`; `plan` lists the faults of the next requests.

    `requests`: how many were sent; `resumed`: how many of them continued a photo upload.
    """

    def __init__(self, server: Callable[[], ASGIApp]) -> None:
        self._server = server
        self.begin()

    def begin(self) -> None:
        """Forget everything."""
        self.plan: list[Fault] = []
        self.past: list[Asked] = []
        self.met: Counter[Fault] = Counter()
        self.requests = 0
        self.resumed = 0
        self.ways = 0
        self._answers: dict[tuple[int, str, str], Answer] = {}

    async def carry(self, asked: Asked) -> Answer:
        """Send a request with the next fault; returns the answer. Problem: server_unreachable."""
        fault = self.plan.pop(0) if self.plan else Fault.NONE
        self.met[fault] += fault is not Fault.NONE
        self.requests += 1
        self.resumed += asked.method == "PATCH" and asked.headers["Upload-Offset"] != "0"
        match fault:
            case Fault.LOST:
                raise problems.server_unreachable(reason="lost")
            case Fault.PORTAL:
                return Answer(200, {"content-type": "text/html"}, b"<html>sign in</html>")
            case Fault.BUSY:
                busy = {"anlan-api": VERSION, "retry-after": "1"}
                return Answer(503, busy, b'{"code":"overloaded","details":{}}')
            case Fault.HALF:
                await self._cut(asked)
                raise problems.server_unreachable(reason="cut")
            case Fault.LATE if self.past:
                await self.ask(self.past[self.requests * 7 % len(self.past)])
            case Fault.TWICE:
                await self.ask(asked)
        before = self._answers.get(asked.place)
        answer = self._answers[asked.place] = await self.ask(asked)
        if asked.method != "GET":
            self.past.append(asked)
        match fault:
            case Fault.UNANSWERED:
                raise problems.server_unreachable(reason="unanswered")
            case Fault.TRUNCATED:
                if not answer.body:
                    raise problems.server_unreachable(reason="truncated")
                return Answer(answer.status, answer.headers, answer.body[: len(answer.body) // 2])
            case Fault.STALE if before is not None:
                return before
        return answer

    async def ask(self, asked: Asked) -> Answer:
        """Send a request without faults."""
        return await self._deliver(asked, [{"type": "http.request", "body": asked.body}])

    async def _cut(self, asked: Asked) -> None:
        half = {"type": "http.request", "body": asked.body[: len(asked.body) // 2], "more_body": True}
        try:
            await self._deliver(asked, [half, {"type": "http.disconnect"}])
        except ClientDisconnect:
            return

    async def _deliver(self, asked: Asked, arriving: list[dict[str, Any]]) -> Answer:
        path, _, query = asked.path.partition("?")
        headers = {**asked.headers, "Content-Length": str(len(asked.body)), "Host": "anlan"}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": asked.method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("anlan", 80),
            "root_path": "",
        }
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            if arriving:
                return arriving.pop(0)
            await asyncio.Event().wait()
            raise AssertionError("nobody wakes this")

        async def send(message: Any) -> None:
            sent.append(message)

        await self._server()(scope, receive, send)
        start, *rest = sent
        found = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], found, b"".join(message.get("body", b"") for message in rest))


_LIMIT = re.compile(r"\blimit=[0-9]+")
PAGE = 4
"""Operations or records in one page: few, so that there are many pages."""


class Way:
    """The phone's transport over the network, with a step before and after each request."""

    def __init__(self, network: Network, step: Callable[[], None], *, streams: bool) -> None:
        self._network = network
        self._step = step
        self.streams = streams
        network.ways += 1
        self._number = network.ways

    async def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | Part = b"",
        *,
        seconds: float = 30.0,  # noqa: ARG002
        moving: Moving | None = None,  # noqa: ARG002
    ) -> Answer:
        assert isinstance(body, bytes)
        self._step()
        answer = await self._network.carry(
            Asked(method, _LIMIT.sub(f"limit={PAGE}", path), dict(headers), body, self._number)
        )
        self._step()
        return answer

    async def close(self) -> None:
        """Nothing to close."""
