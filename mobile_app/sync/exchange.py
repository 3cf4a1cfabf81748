"""Keeps phone and server in touch: on opening, on saving, when the network returns, and now and then."""

import asyncio
import logging
import random
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from mobile_app.device.browser import IN_BROWSER
from mobile_app.device.clock import Clock
from mobile_app.device.shelf import Shelf
from mobile_app.store import meta, photos
from mobile_app.store.keeper import Keeper
from mobile_app.store.meta import Identity
from mobile_app.sync.report import Report
from mobile_app.sync.server import Server
from mobile_app.sync.shell import Shell, tell_waiting
from mobile_app.sync.transport import Transport, open_transport
from shared import problems, sync_plan
from shared.problems import Problem

log = logging.getLogger(__name__)

IDLE_SECONDS = 300.0
"""How often to ask for others' news when nothing waits here."""
_BEGINNINGS = 3


class Exchange:
    """Rounds with the server, one at a time. `origin` is the server for phones that are not enrolled yet.

    `way` opens the way to an origin.
    """

    def __init__(
        self,
        keeper: Keeper,
        shelf: Shelf,
        report: Report,
        origin: str,
        *,
        clock: Clock | None = None,
        way: Callable[[str], Transport] = open_transport,
    ) -> None:
        self._keeper = keeper
        self._shelf = shelf
        self._report = report
        self._origin = origin
        self._clock = clock or Clock()
        self._open_way = way
        self._transport: tuple[str, Transport] | None = None
        self._one_round = asyncio.Lock()
        self._awake = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._failures = 0
        self._again = True
        self._not_before = 0.0
        report.ended(None, keeper.read(meta.last_success))
        tell_waiting(keeper, report)

    def start(self) -> None:
        """Begin exchanging, and go on until `close`."""
        if self._running is None:
            self._running = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop; whatever was under way is taken up again at the next start."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        if self._transport is not None:
            await self._transport[1].close()

    def wake(self) -> None:
        """There is reason to exchange soon."""
        self._awake.set()

    def saved(self) -> None:
        """Something new waits."""
        tell_waiting(self._keeper, self._report)
        self.wake()

    def network_changed(self) -> None:
        """The network came back: old failures say nothing any more."""
        self._failures, self._not_before = 0, 0.0
        self.wake()

    async def now(self) -> None:
        """Exchange now, with another try for what failed; a round that is under way is waited for."""
        await self._keeper.write(photos.retry)
        self._again = True
        async with self._one_round:
            await self._round()

    async def enrol(self, code: str, device_name: str) -> Identity:
        """Become a device, by a code or the link that carries it. Problems: those of `Server.enrol`."""
        code, origin = read_code(code)
        origin = self._origin if IN_BROWSER else origin or self._origin
        answer = await Server(self._way(origin)).enrol(code, device_name, "web" if IN_BROWSER else "native")
        return await self._keeper.write(lambda session: meta.enrolled(session, answer, origin, device_name))

    async def preview(self, sha256: str) -> bytes:
        """A small picture of another phone's photo. Problems: photo_not_here, those of `Server`."""
        who = self._keeper.read(meta.identity)
        if who is None:
            raise problems.sign_in_required()
        return await self._server(who).preview(sha256)

    async def _run(self) -> None:
        while True:
            self._awake.clear()
            async with self._one_round:
                pause = await self._round()
            try:
                await asyncio.wait_for(self._awake.wait(), pause)
            except TimeoutError:
                continue
            await asyncio.sleep(max(0.0, self._not_before - self._clock.steady()))

    async def _round(self) -> float:
        """One round, whatever comes; the seconds to rest before the next."""
        who = self._keeper.read(meta.identity)
        if who is None:
            return IDLE_SECONDS
        self._report.begun()
        problem, pause = await self._outcome(who)
        if problem is None:
            at = self._clock.wall()
            await self._keeper.write(lambda session: meta.succeeded(session, at))
        tell_waiting(self._keeper, self._report)
        self._report.ended(problem, self._keeper.read(meta.last_success))
        return pause

    async def _outcome(self, who: Identity, beginnings: int = 0) -> tuple[Problem | None, float]:
        """How a round ended, and the pause after it; it may begin anew up to `_BEGINNINGS` times."""
        server = self._server(who)
        shell = Shell(self._keeper, self._shelf, server, who, self._report, self._clock, again=self._again)
        try:
            met = await self._tried(shell, beginnings)
        except Problem as problem:
            follow = sync_plan.after(problem, self._failures, random.random())  # noqa: S311, spreads load
            self._failures += 1
            match follow:
                case sync_plan.Rest(seconds):
                    if "retry_after" in problem.details:
                        self._not_before = self._clock.steady() + seconds
                    return problem, seconds
            return problem, IDLE_SECONDS
        except Exception:  # a bug here must not end the exchange for good; what is saved stays saved
            log.exception("a round broke")
            return problems.internal(), IDLE_SECONDS
        if isinstance(met, Identity):
            return await self._outcome(met, beginnings + 1)
        self._failures, self._again = 0, False
        waits = bool(self._keeper.read(photos.amount_waiting)[0])
        return met, sync_plan.LONGEST_REST if waits else IDLE_SECONDS

    async def _tried(self, shell: Shell, beginnings: int) -> Problem | Identity | None:
        """What `Shell.round` returns, or who this device is when the round must begin anew."""
        try:
            return await shell.round()
        except Problem as problem:
            match sync_plan.after(problem, 0, 0.0):
                case sync_plan.StartOver(epoch) if beginnings < _BEGINNINGS:
                    await shell.start_over(epoch)
                case sync_plan.Succeed(device, n) if beginnings < _BEGINNINGS:
                    await shell.succeed(device, n)
                case _:
                    raise
        return self._keeper.read(meta.identity)

    def _server(self, who: Identity) -> Server:
        return Server(self._way(self._origin if IN_BROWSER else who.origin), who.token)

    def _way(self, origin: str) -> Transport:
        if self._transport is None or self._transport[0] != origin:
            self._transport = (origin, self._open_way(origin))
        return self._transport[1]


def read_code(text: str) -> tuple[str, str]:
    """(code, origin of its server or "") of what somebody typed or scanned: a code or the whole link."""
    text = text.strip()
    link = urlsplit(text)
    if not link.scheme or not link.netloc:
        return text.upper().replace(" ", ""), ""
    code = parse_qs(link.query).get("code", [""])[0]
    return code.strip().upper(), f"{link.scheme}://{link.netloc}"
