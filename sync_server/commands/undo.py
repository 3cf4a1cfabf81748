"""Undoing what one device wrote since a moment, and withdrawing that, as operations on the log.

Which undoings hold decides alone which operations count; records are then brought to what those that count
say. So the order in which devices are undone does not matter, nor whether anything is done twice. Events are
written once and stay: the hazards that they are about are named, for a reviewer to take the right step.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, select
from sqlmodel import Session

from shared import clock, merge, problems
from shared.operations import Kind, Operation, RecordType, canonical, next_fingerprint
from shared.record_types import ATTACHMENT, RECORD_TYPES
from sync_server.access import audit, devices
from sync_server.access.policy import OPERATION, Access
from sync_server.commands import undo_plan
from sync_server.commands.undo_plan import Change, Presence
from sync_server.database import campaigns
from sync_server.database.tables import DeviceRow
from sync_server.database.timestamps import now_ms, now_text, text_of_ms
from sync_server.database.transactions import in_transaction
from sync_server.log import writer
from sync_server.queries import undoings
from sync_server.queries.undoings import Undoing, Undoings

AT_ONCE = 200
"""Operations of the device that are looked at in one transaction, so that phones need not wait for all."""
_LOG = OPERATION.c


@dataclass(slots=True)
class Undone:
    """What came of it: operations written, records that others have worked on, hazards with events."""

    operations: int = 0
    left: set[str] = field(default_factory=set)
    hazards: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change about the records of the first operations; `more`: whether there are others."""

    changes: list[Change]
    more: bool


def undo_since(engine: Engine, access: Access, campaign: str, device: str, since: str, reason: str) -> Undone:
    """Undo what the server received of a device from `since` on; again it changes nothing.

    Problems: not_found, reason_missing, role_forbidden.
    """
    if not reason:
        raise problems.reason_missing()

    def begin(session: Session) -> None:
        end = campaigns.locked_end(session, campaign).seq
        undoing = _missing(session, access, campaign, device, since, end)
        if undoing:
            audit.note(
                session,
                undoings.UNDONE,
                person=access.person.id,
                device=device,
                since=since,
                end=end,
                reason=reason,
            )

    in_transaction(engine, begin)
    return _reconcile(engine, access, campaign, device, since)


def withdraw(engine: Engine, access: Access, campaign: str, device: str, undoing: str, reason: str) -> Undone:
    """Let what an undoing took away count again; a second time it changes nothing.

    Problems: not_found, reason_missing, role_forbidden.
    """
    if not reason:
        raise problems.reason_missing()

    def begin(session: Session) -> str:
        campaigns.locked_end(session, campaign)
        found = _of_device(session, access, campaign, device, undoing)
        if not found.withdrawn:
            audit.note(
                session,
                undoings.WITHDRAWN,
                person=access.person.id,
                device=device,
                subject=undoing,
                reason=reason,
            )
        return found.since

    return _reconcile(engine, access, campaign, device, in_transaction(engine, begin))


def preview_undo(session: Session, access: Access, campaign: str, device: str, since: str) -> Preview:
    """What `undo_since` would change. Problems: not_found, role_forbidden."""
    end = campaigns.head(session, campaign)
    undoing = _missing(session, access, campaign, device, since, end)
    noted = undoings.all_noted(session, access, campaign)
    return _preview(session, campaign, device, since, noted.with_one(undoing) if undoing else noted)


def preview_withdrawal(
    session: Session, access: Access, campaign: str, device: str, undoing: str
) -> tuple[Undoing, Preview]:
    """The undoing, and what `withdraw` would change. Problems: not_found, role_forbidden."""
    found = _of_device(session, access, campaign, device, undoing)
    noted = undoings.all_noted(session, access, campaign).without(undoing)
    return found, _preview(session, campaign, device, found.since, noted)


def _missing(
    session: Session, access: Access, campaign: str, device: str, since: str, end: int
) -> Undoing | None:
    """The undoing that is to be noted, None where there is nothing that is not undone yet."""
    noted = undoings.all_noted(session, access, campaign)
    if session.get(DeviceRow, (campaign, device)) is None or device in noted.hands:
        raise problems.not_found()
    rows = session.execute(
        select(_LOG.seq, _LOG.received_at).where(
            _LOG.campaign == campaign, _LOG.device == device, _LOG.received_at >= since, _LOG.seq <= end
        )
    )
    if all(noted.is_void(device, row.seq, row.received_at) for row in rows):
        return None
    return Undoing("", device, since, end, now_text(), access.person.id, "")


def _of_device(session: Session, access: Access, campaign: str, device: str, undoing: str) -> Undoing:
    found = undoings.all_noted(session, access, campaign).of(undoing)
    if found is None or found.device != device or session.get(DeviceRow, (campaign, device)) is None:
        raise problems.not_found()
    return found


def _preview(session: Session, campaign: str, device: str, since: str, noted: Undoings) -> Preview:
    touched = _touched(session, campaign, device, since, after=0)
    changes = undo_plan.plan(session, campaign, touched.records, noted).changes
    return Preview(list(changes), len(_touched(session, campaign, device, since, touched.last).records) > 0)


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
            writes = _Writes(session, access, campaign, end, hands)
            for change in plan.changes:
                _write(writes, change)
            return Undone(writes.append(), set(plan.left), touched.hazards), touched.last, writes.hands

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


def _write(writes: "_Writes", change: Change) -> None:
    """Values first; several ones by hands that have not seen each other. What deletes has seen all that is to
    be gone, but not what is to be disputed."""

    def add(kind: Kind, fields: dict[str, Any], **how: Any) -> None:
        writes.add(change.record, change.type, kind, fields, **how)

    now, then = change.presence
    if RECORD_TYPES[change.type].operations == ATTACHMENT:
        if then is Presence.KEPT:
            add(Kind.ATTACH, {name: values[0] for name, (_, values) in change.registers.items()})
        else:
            add(Kind.DETACH, {})
        return
    contested = {name: values for name, values in change.contested.items() if name != merge.DELETED}
    wanted = {**{name: values for name, (_, values) in change.registers.items()}, **contested}
    if together := {name: values[0] for name, values in wanted.items()}:
        add(Kind.EDIT, together)
    for name, values in wanted.items():
        for hand, value in enumerate(values[1:], start=1):
            add(Kind.EDIT, {name: value}, hand=hand)
    if then is Presence.DELETED and (now is not then or wanted):
        add(Kind.DELETE, {}, having_seen_these=bool(wanted))
    elif then is Presence.KEPT and now is not then:
        add(Kind.RESTORE, {})
    elif then is Presence.DISPUTED and now is not then:
        if merge.DELETED in change.contested:
            add(Kind.RESTORE, {})
        add(Kind.DELETE, {}, hand=1)


class _Writes:
    """Operations that are written together; those of different hands have not seen each other."""

    def __init__(
        self,
        session: Session,
        access: Access,
        campaign: str,
        end: campaigns.End,
        hands: Mapping[int, str],
    ) -> None:
        self._session, self._access, self._campaign, self._end = session, access, campaign, end
        self._received = now_ms()
        self.hands = dict(hands)
        """The devices that write."""
        self._numbers = defaultdict[str, int](
            int, {device: writer.last_n(session, campaign, device) for device in hands.values()}
        )
        self._made: list[Operation] = []

    def add(
        self,
        record: str,
        type: str,
        kind: Kind,
        fields: dict[str, Any],
        *,
        hand: int = 0,
        having_seen_these: bool = False,
    ) -> None:
        """One more operation; with `having_seen_these` by somebody who saw those before it."""
        person = self._access.person.id
        if hand not in self.hands:
            self.hands[hand] = devices.of_undoing(self._session, self._campaign, person)
        device = self.hands[hand]
        self._numbers[device] += 1
        seq, fingerprint = self._end.seq, self._end.fingerprint
        if having_seen_these:
            for made in self._made:
                seq, fingerprint = seq + 1, next_fingerprint(fingerprint, canonical(made))
        self._made.append(
            Operation(
                campaign=self._campaign,
                device=device,
                number=self._numbers[device],
                record=record,
                type=type,
                kind=kind,
                fields=fields,
                base=seq,
                base_fingerprint=fingerprint,
                hlc=clock.stamp(self._received, len(self._made) % 0x10000),
                made_at=text_of_ms(self._received),
                author=person,
            )
        )

    def append(self) -> int:
        """Put them on the log; how many they were."""
        row = campaigns.get(self._session, self._campaign)
        writer.append_operations(self._session, row, self._made, self._received)
        return len(self._made)
