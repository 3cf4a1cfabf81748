"""One round with the server: look, let the plan say what is next, do it, look again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlmodel import Session

from mobile_app.device.clock import Clock
from mobile_app.device.shelf import Shelf
from mobile_app.store import log, meta, operations, photos
from mobile_app.store.keeper import Keeper
from mobile_app.store.log import Entry
from mobile_app.store.meta import Identity
from mobile_app.store.photos import WaitingPhoto
from mobile_app.store.uploads import OperationState
from mobile_app.sync.report import Report
from mobile_app.sync.server import Server
from mobile_app.sync.upload import Uploader
from shared import problems, sync_plan
from shared.problems import Problem
from shared.sync_plan import PhotoToSend, Pull, Push, SendPhoto, View
from shared.wire import MAX_OPERATIONS, PullAnswer

_OFFSET_WORTH_KEEPING_MS = 500


@dataclass(slots=True)
class _Looked:
    """A view of the store, and what it stands for."""

    view: View
    wires: Mapping[int, str]
    photos: Mapping[str, WaitingPhoto]


class Shell:
    """Does what `sync_plan` says between the phone's store and one server."""

    def __init__(
        self, keeper: Keeper, shelf: Shelf, server: Server, who: Identity, report: Report, clock: Clock
    ) -> None:
        self._keeper = keeper
        self._shelf = shelf
        self._server = server
        self._who = who
        self._report = report
        self._clock = clock
        self._uploader = Uploader(server, clock)

    async def round(self) -> Problem | None:
        """Push all, pull all, send all photos.

        Raises the Problem that ended the round early; returns the first that a single photo met, if any.
        """
        pulled, tried, met = False, frozenset[str](), None
        while True:
            looked = self._keeper.read(partial(_look, pulled=pulled, tried=tried))
            match sync_plan.next_action(looked.view):
                case Push(numbers):
                    self._report.doing("push")
                    await self._push(numbers, looked.wires)
                case Pull():
                    self._report.doing("pull")
                    pulled = not await self._pull()
                case SendPhoto(sha256):
                    self._report.doing("photos")
                    met = await self._send(looked.photos[sha256]) or met
                    tried |= {sha256}
                case None:
                    return met

    async def start_over(self, epoch: str) -> None:
        """The server was restored: offer everything again, pull from the beginning."""
        await self._keeper.write(lambda session: operations.start_over(session, epoch))
        tell_waiting(self._keeper, self._report)

    async def renumber(self) -> None:
        """The server knows some numbers with other content: learn all it knows, then count on from there.

        It happens to a phone that was restored from a copy of itself.
        """
        while await self._pull():
            pass
        await self._keeper.write(log.renumber)
        tell_waiting(self._keeper, self._report)

    async def _push(self, numbers: tuple[int, ...], wires: Mapping[int, str]) -> None:
        epoch = self._keeper.read(meta.progress).epoch
        asked = self._clock.seconds()
        answer = await self._server.push(self._who.campaign, epoch, [wires[n] for n in numbers])
        offset = clock_offset(answer.server_time, asked, self._clock.seconds())
        if answer.epoch != epoch:
            raise problems.epoch_changed(epoch=answer.epoch)
        settled = sync_plan.settle(numbers, answer.results)

        def work(session: Session) -> None:
            operations.settle(session, settled.stamps, settled.refused)
            _learn(session, offset)

        await self._keeper.write(work)
        tell_waiting(self._keeper, self._report)

    async def _pull(self) -> bool:
        """Take one page; whether there is more."""
        where = self._keeper.read(meta.progress)
        asked = self._clock.seconds()
        page = await self._server.pull(self._who.campaign, where)
        offset = clock_offset(page.server_time, asked, self._clock.seconds())
        if page.epoch != where.epoch:
            raise problems.epoch_changed(epoch=page.epoch)
        if page.more and page.next <= where.cursor:
            raise problems.not_our_server()

        def work(session: Session) -> None:
            log.take(session, self._entries(page))
            meta.set_progress(session, replace(meta.progress(session), cursor=page.next, tip=page.tip))
            _learn(session, offset)

        await self._keeper.write(work)
        if page.ops:
            tell_waiting(self._keeper, self._report)
        return page.more

    def _entries(self, page: PullAnswer) -> list[Entry]:
        return [
            Entry(
                stamped.operation,
                stamped.stamp,
                OperationState.ACKED if stamped.device == self._who.device else OperationState.PULLED,
            )
            for stamped in page.ops
        ]

    async def _send(self, photo: WaitingPhoto) -> Problem | None:
        async def reached(upload: str | None, sent: int) -> None:
            await self._keeper.write(lambda session: photos.advanced(session, photo.sha256, upload, sent))
            self._report.sending(photo.sha256, photo.hazard, sent, photo.bytes)

        try:
            data = await self._shelf.get(photo.sha256)
            await self._uploader.send(photo, data, reached)
        except Problem as problem:
            if sync_plan.stops_round(problem):
                raise
            failure = problem
            await self._keeper.write(lambda session: photos.failed(session, photo.sha256, failure))
            tell_waiting(self._keeper, self._report)
            return problem
        await self._keeper.write(lambda session: photos.delivered(session, photo.sha256))
        tell_waiting(self._keeper, self._report)
        return None


def clock_offset(server_time: str, asked: float, answered: float) -> int | None:
    """Milliseconds to add to this clock to have the server's; None where the answer's time is no time.

    `asked` and `answered` are seconds since 1970 by this clock; the server spoke somewhere between them.
    """
    try:
        there = datetime.fromisoformat(server_time).timestamp()
    except ValueError:
        return None
    if asked <= there <= answered:
        return 0
    return round((there - (asked + answered) / 2) * 1000)


def tell_waiting(keeper: Keeper, report: Report) -> None:
    """Say how much waits now."""
    ops = keeper.read(operations.amount_unsent)
    report.changed(ops, *keeper.read(photos.amount_waiting))


def _learn(session: Session, offset_ms: int | None) -> None:
    where = meta.progress(session)
    if offset_ms is not None and abs(offset_ms - where.offset_ms) > _OFFSET_WORTH_KEEPING_MS:
        meta.set_progress(session, replace(where, offset_ms=offset_ms))


def _look(session: Session, *, pulled: bool, tried: frozenset[str]) -> _Looked:
    unsent = operations.unsent(session, MAX_OPERATIONS)
    waiting = {photo.sha256: photo for photo in photos.waiting(session)}
    return _Looked(
        View(
            unsent=[(n, len(wire.encode())) for n, wire in unsent],
            pulled=pulled,
            photos=[PhotoToSend(p.sha256, p.bytes, p.n, p.hazard) for p in waiting.values()],
            tried=tried,
        ),
        dict(unsent),
        waiting,
    )
