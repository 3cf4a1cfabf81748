"""One sync round: look at the store, let the plan choose the next action, do it, look again."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from sqlmodel import Session

from mobile_app.device.browser import IN_BROWSER
from mobile_app.device.clock import Clock
from mobile_app.device.photo_files import PhotoFiles
from mobile_app.store.database import given_roles, meta, office_key
from mobile_app.store.database.meta import Identity, Progress
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.log import clone_detection, outbox, recovery, snapshot, writer
from mobile_app.store.log.entries import Key, LogEntry, slices
from mobile_app.store.queries import devices, photos, round_view
from mobile_app.store.queries.photos import WaitingPhoto
from mobile_app.store.queries.upload_states import OperationState
from mobile_app.sync import token_renewal
from mobile_app.sync.clock_offset import clock_offset, keep_offset
from mobile_app.sync.report import Report
from mobile_app.sync.server import Server
from mobile_app.sync.upload import Uploader, UploadTuning
from shared import problems
from shared.problems import Problem
from shared.profiles.profile import Profile
from shared.sync import plan
from shared.sync.plan import LinkPolicy, Pull, Push, ReadSnapshot, SendPhoto
from shared.sync.waiting import Waiting
from shared.sync.wire import MAX_OPERATIONS, SnapshotRecord, StampedOperation


class SyncRound:
    """Does what `sync_plan` chooses between the phone's store and one server.

    `again`: offer refused operations once more. `link_policy` says how to send.
    """

    def __init__(
        self,
        database: PhoneDatabase,
        photo_files: PhotoFiles,
        server: Server,
        who: Identity,
        report: Report,
        clock: Clock,
        upload_tuning: UploadTuning,
        *,
        again: bool = False,
        link_policy: Callable[[], LinkPolicy] = LinkPolicy,
    ) -> None:
        self._database = database
        self._server = server
        self._who = who
        self._report = report
        self._clock = clock
        self._again = again
        self._link_policy = link_policy
        self._uploader = Uploader(server, photo_files, clock, upload_tuning, lambda: not link_policy().held)
        self._renew = False  # whether the server asked for it
        self.moved = False
        """Whether anything reached the server in this round."""

    async def round(self) -> Problem | None:
        """Push all, read the snapshot if it is incomplete, pull all, send all photos.

        Raises the Problem that ended the round early; returns the first that a single photo had, if any.
        """
        pulled, tried, photo_problem, unsaid = False, frozenset[str](), None, False
        offered: frozenset[Key] | None = frozenset() if self._again else None
        while True:
            look = partial(
                round_view.look, offered=offered, pulled=pulled, tried=tried, link=self._link_policy()
            )
            looked = self._database.read(look)
            match plan.next_action(looked.view):
                case Push(device, numbers):
                    self._report.doing("push")
                    unsent = {n for whose, n, _ in looked.view.unsent if whose == device}
                    await self._push(device, numbers, looked.wires, len(unsent & set(numbers)))
                    if offered is not None:
                        offered |= {(device, n) for n in numbers}
                case ReadSnapshot():
                    self._report.doing("pull")
                    await self._read()
                    pulled = False
                case Pull():
                    self._report.doing("pull")
                    pulled = not await self._pull()
                case SendPhoto(sha256):
                    self._report.doing("photos")
                    photo_problem = await self._send(looked.photos[sha256]) or photo_problem
                    tried, unsaid = tried | {sha256}, True
                case None if unsaid:  # ask once more, and so say that the photos wait no longer
                    pulled = unsaid = False
                case None:
                    if self._renew:
                        await token_renewal.renew(self._database, self._server)
                    return photo_problem

    async def start_over(self, epoch: str) -> None:
        """The server's log was restored: offer everything again, read everything again."""
        await self._database.write(lambda session: recovery.start_over(session, epoch))
        tell_waiting(self._database, self._report)

    async def succeed(self, device: str, n: int) -> None:
        """A copy of this phone goes on as `device`, from `n` on: become another device."""
        answer = await self._server.succeed()
        if answer.campaign != self._who.campaign or answer.device == self._who.device:
            raise problems.not_our_server()
        await self._database.write_through(lambda session: recovery.succeed(session, answer, device, n))
        tell_waiting(self._database, self._report)

    async def _push(
        self, device: str, numbers: tuple[int, ...], wires: Mapping[Key, str], leaving: int
    ) -> None:
        where = self._database.read(meta.progress)
        asked = self._clock.seconds()
        try:
            sent = [wires[device, n] for n in numbers]
            answer = await self._server.push(self._who.campaign, where, sent, leaving)
        except Problem as problem:
            if problem.kind is problems.operation_rewritten:
                if problem.details.get("device", device) != device:
                    raise problems.not_our_server() from None
                said = problem.details.get("n")
                n = said if said in numbers else numbers[0]
                raise problems.operation_rewritten(device=device, n=n) from None
            raise
        if answer.device != device:
            raise problems.not_our_server()
        offset = clock_offset(answer.server_time, asked, self._clock.seconds())
        if answer.epoch != where.epoch:
            raise problems.epoch_changed(epoch=answer.epoch)
        settled = plan.settle(numbers, answer.results)

        def work(session: Session) -> None:
            outbox.settle(session, device, settled)
            now = meta.progress(session).with_end(answer.seq, answer.tip, answer.receipt)
            meta.set_progress(session, now)
            keep_offset(session, offset)

        await self._database.write(work)
        self.moved = True
        tell_waiting(self._database, self._report)

    async def _read(self) -> None:
        """Read one page of the snapshot, stored in parts, so that the app stays responsive."""
        where, towns, profile = self._database.read(_asked_from)
        page = await self._server.snapshot(
            self._who.campaign, where, towns, self._link_policy().most, profile
        )
        if page.epoch != where.epoch:
            raise problems.epoch_changed(epoch=page.epoch)
        if page.scope != where.scope:
            await self._database.write(partial(_begin_in_scope, where=where, scope=page.scope))
            return

        def begin(session: Session) -> None:
            clone_detection.check_snapshot(session, self._who.device, meta.progress(session).n, page.records)
            devices.note(session, page.devices)

        def take(session: Session, *, records: Sequence[SnapshotRecord]) -> None:
            if _same_reading(session, where):
                snapshot.store(session, records)

        def turn(session: Session) -> None:
            if _same_reading(session, where):
                snapshot.turn_page(session, page)

        await self._database.write(begin)
        for records in slices(page.records, snapshot.SLICE if IN_BROWSER else MAX_OPERATIONS):
            await self._database.write(partial(take, records=records))
            await asyncio.sleep(0)
        await self._database.write(turn)
        tell_waiting(self._database, self._report)

    async def _pull(self) -> bool:
        """Pull one page; whether there is more."""
        where, towns, profile = self._database.read(_asked_from)
        asked = self._clock.seconds()
        page = await self._server.pull(self._who.campaign, where, towns, self._link_policy().most, profile)
        offset = clock_offset(page.server_time, asked, self._clock.seconds())
        if page.epoch != where.epoch:
            raise problems.epoch_changed(epoch=page.epoch)
        if await given_roles.keep(self._database, page.roles):
            self._report.roles_changed()
        await office_key.keep(self._database, page.office_key)

        def work(session: Session) -> bool:
            if not _same_reading(session, where):
                return True
            if page.scope != where.scope:
                snapshot.begin_in_scope(session, page.scope)
                return True
            if page.again:
                snapshot.begin(session)
                return True
            clone_detection.check_pulled(session, self._who.device, where, page)
            writer.append(session, [_entry(stamped) for stamped in page.ops])
            snapshot.drop(session, page.left)
            devices.note(session, page.devices)
            now = replace(meta.progress(session), cursor=page.next, fingerprint=page.tip)
            meta.set_progress(session, now.with_end(page.next, page.tip, page.receipt))
            keep_offset(session, offset)
            return page.more

        more = await self._database.write(work)
        self._renew = page.renew_token
        if page.ops or page.left:
            tell_waiting(self._database, self._report)
        return more

    async def _send(self, photo: WaitingPhoto) -> Problem | None:
        async def reached(upload: str | None, sent: int) -> None:
            self.moved |= sent > photo.sent
            await self._database.write(lambda session: photos.advanced(session, photo.sha256, upload, sent))
            moving(sent)

        def moving(sent: int) -> None:
            self._report.sending(photo.sha256, photo.owner, sent, photo.bytes)

        try:
            if not await self._uploader.send(photo, reached, moving):
                return None
        except Problem as problem:
            if plan.stops_round(problem):
                raise
            failure = problem
            await self._database.write(lambda session: photos.failed(session, photo.sha256, failure))
            tell_waiting(self._database, self._report)
            return problem
        self.moved = True
        at = datetime.fromtimestamp(self._clock.seconds(), UTC).isoformat(timespec="seconds")
        await self._database.write(lambda session: photos.delivered(session, photo.sha256, at))
        tell_waiting(self._database, self._report)
        return None


def waiting_here(session: Session) -> Waiting:
    """What this phone still has to send."""
    return Waiting(outbox.count_unsent(session), photos.count_waiting(session)[0])


def tell_waiting(database: PhoneDatabase, report: Report) -> None:
    """Tell the server how much waits now."""
    ops = database.read(outbox.count_unsent)
    report.changed(ops, *database.read(photos.count_waiting))


def _asked_from(session: Session) -> tuple[Progress, tuple[str, ...], Profile]:
    """From where, of which towns and as records of which programme the log is read."""
    return meta.progress(session), meta.towns(session), meta.profile(session)


def _entry(stamped: StampedOperation) -> LogEntry:
    return LogEntry(stamped.operation, stamped.stamp, OperationState.PULLED)


def _begin_in_scope(session: Session, *, where: Progress, scope: str) -> None:
    if _same_reading(session, where):
        snapshot.begin_in_scope(session, scope)


def _same_reading(session: Session, where: Progress) -> bool:
    """Whether nothing started over since `where`: a person may choose other towns while an answer travels."""
    now = meta.progress(session)
    return (now.reading, now.snapshot, now.cursor) == (where.reading, where.snapshot, where.cursor)
