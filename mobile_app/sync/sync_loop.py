"""Keeps phone and server in sync: when opened, after saving, when the network returns, and periodically."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from mobile_app.device.browser import IN_BROWSER
from mobile_app.device.clock import Clock
from mobile_app.device.photo_files import PhotoFiles
from mobile_app.store.database import meta
from mobile_app.store.database.meta import Enrolment, Identity
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.queries import photos
from mobile_app.sync import free_space
from mobile_app.sync.home_visits import HomeVisits
from mobile_app.sync.metered_transport import Meter, MeteredTransport
from mobile_app.sync.report import Report
from mobile_app.sync.server import Server, read_code
from mobile_app.sync.sync_round import SyncRound, tell_waiting, waiting_here
from mobile_app.sync.token_renewal import with_any_token
from mobile_app.sync.transport import Transport, open_transport
from mobile_app.sync.upload import UploadTuning
from shared import problems
from shared.problems import Problem
from shared.sync import plan
from shared.sync.link_quality import Network, Quality, assess, holds_photos
from shared.sync.plan import LinkPolicy
from shared.sync.waiting import Waiting

log = logging.getLogger(__name__)

IDLE_SECONDS = 300.0
"""How often to pull when nothing waits here."""
_MAX_RESTARTS = 3


class SyncLoop:
    """Rounds with the server, one at a time. `origin` is the server for phones that are not enrolled yet.

    `open_transport(origin)` opens the connection to a server. Each of `once_synced` comes after every
    round that had no problem, and raises none.
    """

    def __init__(
        self,
        database: PhoneDatabase,
        photo_files: PhotoFiles,
        report: Report,
        origin: str,
        *,
        clock: Clock | None = None,
        open_transport: Callable[[str], Transport] = open_transport,
        home_visits: HomeVisits | None = None,
        once_synced: Sequence[Callable[[Server, Identity], Awaitable[None]]] = (),
    ) -> None:
        self._database = database
        self._photo_files = photo_files
        self._report = report
        self._origin = origin
        self._clock = clock or Clock()
        self._open_transport = open_transport
        self._home_visits = home_visits
        self._once_synced = once_synced
        self._meter = Meter(self._measured, self._clock)
        self._upload_tuning = UploadTuning()
        self._network = Network.UNKNOWN
        self._send_despite_hold = False
        self._transport: tuple[str, Transport] | None = None
        self._round_lock = asyncio.Lock()
        self._awake = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._failures = 0
        self._again = True
        self._not_before = 0.0
        report.ended(None, database.read(meta.last_success))
        tell_waiting(database, report)

    def start(self) -> None:
        """Start syncing, until `close`."""
        if self._running is None:
            self._running = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop; an interrupted round is resumed at the next start."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        if self._transport is not None:
            await self._transport[1].close()

    def wake(self) -> None:
        """Sync soon."""
        self._awake.set()

    def saved(self) -> None:
        """Something new waits to be sent."""
        self.changed()
        self.wake()

    def changed(self) -> None:
        """What is stored here has changed: screens show it again."""
        tell_waiting(self._database, self._report)

    def network_changed(self, network: Network) -> None:
        """The network has changed: earlier measurements and failures no longer matter."""
        if network is self._network:
            return
        self._network, self._send_despite_hold, self._failures = network, False, 0
        self._meter.forget()
        self._upload_tuning = UploadTuning()
        self._measured()
        self._report.holding(self._link_policy().held)
        if network is not Network.NONE:
            self.wake()

    def choices_changed(self) -> None:
        """The person changed their choices."""
        self._report.holding(self._link_policy().held)
        self.wake()

    def send_held(self) -> None:
        """Send photos over this network anyway, until none waits."""
        self._send_despite_hold = True
        self.choices_changed()

    async def now(self) -> None:
        """Sync now, and retry what failed; waits for a round that is running."""
        await self._database.write(photos.retry)
        self._again = True
        if self._home_visits:
            self._home_visits.ask_again()
        async with self._round_lock:
            await self._round()

    async def enrol(self, code: str, device_name: str) -> Identity:
        """Become a device, with a code or the link that contains it. Problems: those of `Server.enrol`."""
        found = await self.enrolment(code, device_name)
        return await self._database.write(
            lambda session: meta.enrolled(session, found.answer, found.origin, device_name)
        )

    async def enrolment(self, code: str, device_name: str) -> Enrolment:
        """Use a code, or the link that contains it. Only a server that knew this phone is told what it was.

        Problems: those of `Server.enrol`; campaign_foreign if this phone belongs to another campaign.
        """
        who = self._database.read(meta.identity)
        code, origin = read_code(code)
        origin = self._origin if IN_BROWSER else origin or (who.origin if who else self._origin)
        known = who if who and (IN_BROWSER or origin == who.origin) else None
        platform = "web" if IN_BROWSER else "native"
        answer = await Server(self._transport_to(origin)).enrol(code, device_name, platform, known)
        if who and answer.campaign != who.campaign:
            raise problems.campaign_foreign()
        return Enrolment(answer, origin, device_name)

    @asynccontextmanager
    async def between_rounds(self) -> AsyncIterator[None]:
        """A time when no round runs; the next one starts soon after, as if none had failed before."""
        async with self._round_lock:
            yield
            self._failures = 0
            self._report.ended(None, self._database.read(meta.last_success))
        self.saved()

    async def preview(self, sha256: str) -> bytes:
        """A small picture of another phone's photo. Problems: photo_not_here, those of `Server`."""
        return await self._enrolled_server().preview(sha256)

    async def original(self, sha256: str) -> bytes:
        """A photo that is not on this phone. Problems: photo_not_here, those of `Server`."""
        return await self._enrolled_server().original(sha256)

    async def _run(self) -> None:
        while True:
            self._awake.clear()
            async with self._round_lock:
                pause = await self._round()
            try:
                async with asyncio.timeout(pause):  # unlike wait_for, no cancelling is lost to a waking
                    await self._awake.wait()
            except TimeoutError:
                continue
            await asyncio.sleep(max(0.0, self._not_before - self._clock.steady()))

    async def _round(self) -> float:
        """Run one round, whatever happens; the seconds to wait before the next."""
        who = self._database.read(meta.identity)
        if who is None:
            return IDLE_SECONDS
        self._report.begun()
        self._report.holding(self._link_policy().held)
        problem, pause = await with_any_token(self._database, who, self._outcome)
        if self._home_visits and not (problem and plan.stops_round(problem)):
            who = self._database.read(meta.identity) or who
            sealed = await self._home_visits.exchange(self._server(who), who)
            problem = problem or sealed
        if problem is None:
            for ask in self._once_synced:
                await ask(self._server(who), who)
            at = self._clock.wall().isoformat(timespec="seconds")
            await self._database.write(lambda session: meta.succeeded(session, at))
            await free_space.free(self._database, self._photo_files, self._clock.seconds())
        tell_waiting(self._database, self._report)
        self._report.ended(problem, self._database.read(meta.last_success))
        return pause

    async def _outcome(self, who: Identity, restarts: int = 0) -> tuple[Problem | None, float]:
        """How a round ended, and the wait after it; it may start over up to `_MAX_RESTARTS` times."""
        server = self._server(who)
        sync_round = SyncRound(
            self._database,
            self._photo_files,
            server,
            who,
            self._report,
            self._clock,
            self._upload_tuning,
            again=self._again,
            link_policy=self._link_policy,
        )
        try:
            outcome = await self._round_or_restart(sync_round, restarts)
        except Problem as problem:
            if (
                sync_round.moved
            ):  # a link that is cut again and again and yet carries something is no dead one
                self._failures = 0
            follow = plan.after(problem, self._failures, random.random())  # noqa: S311, spreads load
            self._failures += 1
            match follow:
                case plan.RetryLater(seconds):
                    if "retry_after" in problem.details:
                        self._not_before = self._clock.steady() + seconds
                    return problem, seconds
            return problem, IDLE_SECONDS
        except Exception:  # a bug here must not end the exchange for good; what is saved stays saved
            log.exception("a round broke")
            return problems.internal(), IDLE_SECONDS
        if isinstance(outcome, Identity):
            return await self._outcome(outcome, restarts + 1)
        self._failures, self._again = 0, False
        waits = bool(self._database.read(photos.count_waiting)[0])
        self._send_despite_hold &= waits
        return outcome, plan.MAX_RETRY_SECONDS if waits and not self._link_policy().held else IDLE_SECONDS

    async def _round_or_restart(self, sync_round: SyncRound, restarts: int) -> Problem | Identity | None:
        """What `SyncRound.round` returns, or who this device is when the round must start over."""
        try:
            return await sync_round.round()
        except Problem as problem:
            match plan.after(problem, 0, 0.0):
                case plan.StartOver(epoch) if restarts < _MAX_RESTARTS:
                    await sync_round.start_over(epoch)
                case plan.BecomeSuccessor(device, n) if restarts < _MAX_RESTARTS:
                    await sync_round.succeed(device, n)
                case _:
                    raise
        return self._database.read(meta.identity)

    def _link_policy(self) -> LinkPolicy:
        wifi_only = self._database.read(meta.choices).wifi_only and not self._send_despite_hold
        poor = assess(self._meter.trips, self._network).quality is Quality.POOR
        held = holds_photos(self._network, wifi_only=wifi_only)
        return LinkPolicy(held, poor, plan.most_operations(self._failures))

    def _measured(self) -> None:
        self._report.measured(assess(self._meter.trips, self._network))

    def _enrolled_server(self) -> Server:
        who = self._database.read(meta.identity)
        if who is None:
            raise problems.sign_in_required()
        return self._server(who)

    def _server(self, who: Identity) -> Server:
        origin = self._origin if IN_BROWSER else who.origin
        return Server(self._transport_to(origin), who.token, self._waiting)

    def _waiting(self) -> Waiting:
        sealed = self._home_visits.waiting if self._home_visits else 0
        waiting = self._database.read(waiting_here)
        return replace(waiting, records=waiting.records + sealed)

    def _transport_to(self, origin: str) -> Transport:
        if self._transport is None or self._transport[0] != origin:
            self._transport = (
                origin,
                MeteredTransport(self._open_transport(origin), self._meter, self._clock),
            )
        return self._transport[1]
