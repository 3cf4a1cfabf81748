"""Undoing what one device wrote since a moment, and withdrawing that, as operations on the log.

Which undoings hold decides alone which operations count; records are then brought to what those that count
say. So the order in which devices are undone does not matter, nor whether anything is done twice. Events are
written once and stay: the hazards that they are about are named, for a reviewer to take the right step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine, select
from sqlmodel import Session

from shared import problems
from shared.operations import RecordType
from sync_server.access import audit
from sync_server.access.policy import OPERATION, Access
from sync_server.commands import undo_plan
from sync_server.commands.undo_plan import Change
from sync_server.commands.undo_writes import UndoWrites
from sync_server.database import campaigns
from sync_server.database.tables import DeviceRow
from sync_server.database.timestamps import now_text
from sync_server.database.transactions import in_transaction
from sync_server.log.checks import merging_check
from sync_server.queries import undoings
from sync_server.queries.undoings import Undoing, Undoings

AT_ONCE = 200
"""Operations of the device that are looked at in one transaction, so that phones need not wait for all."""
_LOG = OPERATION.c


@dataclass(frozen=True, slots=True)
class UndoRequest:
    """What an administrator asks for: that what the server received of a device from `since` on counts no
    more, or, with the id of an `undoing`, that what it took away counts again."""

    device: str
    since: str = ""
    undoing: str = ""


@dataclass(slots=True)
class Undone:
    """What came of it: operations written, records that others have worked on, hazards to look at.

    `hazards`: with events of the device, or merged into one that is deleted now.
    """

    operations: int = 0
    left: set[str] = field(default_factory=set)
    hazards: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change about the records of the first operations; `more`: whether there are others."""

    changes: list[Change]
    more: bool


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The undoings once a request is granted, and the moment since when it concerns the device.

    `note`: the action for the audit and its details; None where all is as requested already.
    """

    undoings: Undoings
    since: str
    note: tuple[str, dict[str, object]] | None


def preview(session: Session, access: Access, campaign: str, request: UndoRequest) -> Preview:
    """What `apply` would change. Problems: not_found, role_forbidden."""
    outcome = _outcome(session, access, campaign, request, campaigns.head(session, campaign))
    touched = _touched(session, campaign, request.device, outcome.since, after=0)
    changes = undo_plan.plan(session, campaign, touched.records, outcome.undoings).changes
    rest = _touched(session, campaign, request.device, outcome.since, touched.last)
    return Preview(list(changes), bool(rest.records))


def apply(engine: Engine, access: Access, campaign: str, request: UndoRequest, reason: str) -> Undone:
    """Undo or withdraw; a second time it changes nothing, and finishes what broke off.

    Problems: not_found, reason_missing, role_forbidden.
    """
    if not reason:
        raise problems.reason_missing()

    def begin(session: Session) -> str:
        end = campaigns.locked_end(session, campaign).seq
        outcome = _outcome(session, access, campaign, request, end)
        if outcome.note:
            action, details = outcome.note
            audit.note(
                session,
                action,
                person=access.person.id,
                device=request.device,
                subject=request.undoing,
                reason=reason,
                **details,
            )
        return outcome.since

    return _reconcile(engine, access, campaign, request.device, in_transaction(engine, begin))


def _outcome(session: Session, access: Access, campaign: str, request: UndoRequest, end: int) -> _Outcome:
    noted = undoings.all_noted(session, access, campaign)
    device, since = request.device, request.since
    if session.get(DeviceRow, (campaign, device)) is None or device in noted.hands:
        raise problems.not_found()
    if request.undoing:
        found = noted.of(request.undoing)
        if found is None or found.device != device:
            raise problems.not_found()
        return _Outcome(
            noted.without(found.id), found.since, None if found.withdrawn else (undoings.WITHDRAWN, {})
        )
    rows = session.execute(
        select(_LOG.seq, _LOG.received_at).where(
            _LOG.campaign == campaign, _LOG.device == device, _LOG.received_at >= since, _LOG.seq <= end
        )
    )
    if all(noted.is_void(device, row.seq, row.received_at) for row in rows):
        return _Outcome(noted, since, None)
    undoing = Undoing("", device, since, end, now_text(), access.person.id, "")
    return _Outcome(noted.with_one(undoing), since, (undoings.UNDONE, {"since": since, "end": end}))


def _reconcile(engine: Engine, access: Access, campaign: str, device: str, since: str) -> Undone:
    """Bring the records that a device wrote on since then to what the operations that count say."""
    done, last, hands = Undone(), 0, dict[int, str]()
    while True:

        def work(
            session: Session, after: int = last, hands: Mapping[int, str] = hands
        ) -> tuple[Undone, int, dict[int, str]]:
            end = campaigns.locked_end(session, campaign)
            touched = _touched(session, campaign, device, since, after)
            noted = undoings.all_noted(session, access, campaign)
            plan = undo_plan.plan(session, campaign, touched.records, noted)
            writes = UndoWrites(session, access, campaign, end, hands)
            for change in plan.changes:
                writes.include(change)
            written = writes.append()
            stranded = merging_check.stranded(session, campaign, touched.records)
            undone = Undone(written, set(plan.left), touched.hazards | stranded)
            return undone, touched.last, writes.hands

        batch, reached, hands = in_transaction(engine, work)
        done.operations += batch.operations
        done.left |= batch.left
        done.hazards |= batch.hazards
        if reached == last:
            return done
        last = reached


@dataclass(frozen=True, slots=True)
class _Touched:
    """The records of the next operations of a device, the hazards of its events, and its last number."""

    records: set[str]
    hazards: set[str]
    last: int


def _touched(session: Session, campaign: str, device: str, since: str, after: int) -> _Touched:
    rows = session.execute(
        select(_LOG.n, _LOG.record, _LOG.type, _LOG.owner)
        .where(_LOG.campaign == campaign, _LOG.device == device, _LOG.n > after, _LOG.received_at >= since)
        .order_by(_LOG.n)
        .limit(AT_ONCE)
    ).all()
    return _Touched(
        {record for row in rows for record in (row.record, row.owner) if record},
        {row.owner for row in rows if row.type == RecordType.HAZARD_EVENT},
        rows[-1].n if rows else after,
    )
