"""Undoing what one device wrote since a moment, as operations on the log.

What others have written since stays. Values, deletions and photos become what they would be without the
device's operations, and without those of devices that were undone before. A record that the device made is
deleted unless others have worked on it. Events are written once and stay: the hazards that they are about are
named, for a reviewer to take the right step.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Engine, select
from sqlmodel import Session

from shared import clock, merge, problems
from shared.merge import RecordState
from shared.operations import Kind, Operation, RecordType, Stamp
from shared.permissions import Action
from shared.record_types import ATTACHMENT, RECORD_TYPES
from sync_server.access import audit, devices
from sync_server.access.policy import OPERATION, Access
from sync_server.database import campaigns
from sync_server.database.in_values import in_values
from sync_server.database.tables import AuditRow, DeviceRow
from sync_server.database.timestamps import now_ms, text_of_ms
from sync_server.database.transactions import in_transaction, reading
from sync_server.log import writer
from sync_server.log.record_check import worked_on

AT_ONCE = 200
"""Operations of the device that are looked at in one transaction, so that phones need not wait for all."""
_LOG = OPERATION.c
_AUDIT = AuditRow.metadata.tables["audit"].c


@dataclass(slots=True)
class Undone:
    """What came of it: operations written, and by which hands; records that others have worked on; hazards
    with events."""

    operations: int = 0
    hands: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    hazards: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What was undone before: (device, from, to), the moments of its operations, and the hands that wrote."""

    spans: Sequence[tuple[str, str, str]]
    hands: frozenset[str]

    def undid(self, device: str, received_at: str) -> bool:
        """Whether an operation was undone or written to undo others."""
        return device in self.hands or any(
            device == one and since <= received_at <= until for one, since, until in self.spans
        )


def undo_since(engine: Engine, access: Access, campaign: str, device: str, since: str, reason: str) -> Undone:
    """Undo what the server received of a device from `since` on; again it changes nothing.

    Problems: not_found, reason_missing, role_forbidden.
    """
    access.require(Action.MANAGE_DEVICES)
    if not reason:
        raise problems.reason_missing()
    with reading(engine) as session:
        if session.get(DeviceRow, (campaign, device)) is None:
            raise problems.not_found()
        earlier = _earlier(session)
    undone, after = Undone(), 0
    while True:

        def work(session: Session, after: int = after) -> tuple[Undone, int]:
            return _undo_batch(session, access, campaign, (device, since), earlier, after)

        batch, last = in_transaction(engine, work)
        undone.operations += batch.operations
        undone.hands |= batch.hands
        undone.left |= batch.left
        undone.hazards |= batch.hazards
        if last == after:
            break
        after = last
    in_transaction(engine, lambda session: _note(session, access, device, since, reason, undone))
    return undone


def _note(session: Session, access: Access, device: str, since: str, reason: str, undone: Undone) -> None:
    audit.note(
        session,
        "device_undone",
        person=access.person.id,
        device=device,
        since=since,
        reason=reason,
        operations=undone.operations,
        hands=sorted(undone.hands),
    )


def _earlier(session: Session) -> _Earlier:
    rows = session.execute(
        select(_AUDIT.device, _AUDIT.at, _AUDIT.details).where(_AUDIT.action == "device_undone")
    ).all()
    return _Earlier(
        [(row.device, row.details["since"], row.at) for row in rows],
        frozenset(hand for row in rows for hand in row.details.get("hands", ())),
    )


def _undo_batch(
    session: Session, access: Access, campaign: str, what: tuple[str, str], earlier: _Earlier, after: int
) -> tuple[Undone, int]:
    """Undo the next operations of a device after its number `after`; how far that was."""
    device, since = what
    end = campaigns.locked_end(session, campaign)
    rows = session.execute(
        select(_LOG.n, _LOG.record, _LOG.type, _LOG.owner)
        .where(_LOG.campaign == campaign, _LOG.device == device, _LOG.n > after, _LOG.received_at >= since)
        .order_by(_LOG.n)
        .limit(AT_ONCE)
    ).all()
    undone = Undone(hazards={row.owner for row in rows if row.type == RecordType.HAZARD_EVENT})
    records = {row.record: row.type for row in rows if row.type != RecordType.HAZARD_EVENT}
    person = session.get_one(DeviceRow, (campaign, device)).person
    busy = worked_on(session, campaign, person, records)
    known = _known(session, campaign, records)
    writes = _Writes(session, access, campaign, end)
    for record, kind in records.items():
        both = [(one, stamp) for one, (stamp, _) in known[record]]
        bad = {
            (one.device, one.number)
            for one, (_, received) in known[record]
            if one.device == device and received >= since
        }
        void = bad | {
            (one.device, one.number)
            for one, (_, received) in known[record]
            if earlier.undid(one.device, received)
        }
        now = merge.merge(both)
        before = merge.merge([(one, stamp) for one, stamp in both if (one.device, one.number) not in void])
        if RECORD_TYPES[kind].operations == ATTACHMENT:
            _photo(writes, record, kind, now, before, void)
        elif (both[0][0].device, both[0][0].number) not in bad:
            _registers(writes, record, kind, now, before, void)
        elif merge.deleted(now):
            continue
        elif record in busy:
            undone.left.add(record)
        else:
            writes.add(record, kind, Kind.DELETE, {})
    undone.operations, undone.hands = writes.append(), writes.hands
    return undone, rows[-1].n if rows else after


def _known(
    session: Session, campaign: str, records: Collection[str]
) -> Mapping[str, list[tuple[Operation, tuple[Stamp, str]]]]:
    """Record → its operations, each with its stamp and when it was received."""
    found: defaultdict[str, list[tuple[Operation, tuple[Stamp, str]]]] = defaultdict(list)
    rows = session.execute(
        select(_LOG.record, _LOG.seq, _LOG.wire, _LOG.hlc_eff, _LOG.base_eff, _LOG.received_at)
        .where(_LOG.campaign == campaign, in_values(session, _LOG.record, records))
        .order_by(_LOG.seq)
    )
    for row in rows:
        values: dict[str, Any] = orjson.loads(row.wire)
        values["schema_no"] = values.pop("schema")
        operation = Operation.model_construct(**{**values, "kind": Kind(values["kind"])})
        stamp = Stamp(row.seq, row.hlc_eff or operation.hlc, None, row.base_eff)
        found[row.record].append((operation, (stamp, row.received_at)))
    return found


def _photo(
    writes: "_Writes",
    record: str,
    kind: str,
    now: RecordState,
    before: RecordState,
    bad: Collection[tuple[str, int]],
) -> None:
    if not any((live.device, live.number) in bad for live in now.live):
        return
    values = merge.shown(before)
    if values == merge.shown(now):
        return
    if values.pop(merge.ATTACHED, False):
        writes.add(record, kind, Kind.ATTACH, values)
    elif merge.shown(now).get(merge.ATTACHED):
        writes.add(record, kind, Kind.DETACH, {})


def _registers(
    writes: "_Writes",
    record: str,
    kind: str,
    now: RecordState,
    before: RecordState,
    bad: Collection[tuple[str, int]],
) -> None:
    """Write again what the registers held that the device heads; several values where they were disputed."""
    together: dict[str, Any] = {}
    for register in {name for live in now.live if (live.device, live.number) in bad for name in live.fields}:
        values = _values(before, register)
        if values == _values(now, register):
            continue
        if register == merge.DELETED:
            writes.add(record, kind, Kind.DELETE if values[-1] else Kind.RESTORE, {})
        elif len(values) < 2:
            together[register] = values[0]
        else:
            for place, value in enumerate(values):
                writes.add(record, kind, Kind.EDIT, {register: value}, hand=place)
    if together:
        writes.add(record, kind, Kind.EDIT, together)


def _values(state: RecordState, register: str) -> list[Any]:
    """The different values that a register holds, the shown one last."""
    values: list[Any] = []
    for head in merge.heads(state, register):
        value = head.fields[register]
        values = [*(other for other in values if other != value), value]
    return values or [False if register == merge.DELETED else None]


class _Writes:
    """Operations that are written together; those of different hands have not seen each other."""

    def __init__(self, session: Session, access: Access, campaign: str, end: campaigns.End) -> None:
        self._session, self._access, self._campaign, self._end = session, access, campaign, end
        self._received = now_ms()
        self._hands: dict[int, str] = {}
        self._numbers: defaultdict[str, int] = defaultdict(int)
        self._made: list[Operation] = []

    def add(self, record: str, type: str, kind: Kind, fields: dict[str, Any], *, hand: int = 0) -> None:
        person = self._access.person.id
        if hand not in self._hands:
            self._hands[hand] = devices.of_repair(self._session, self._campaign, person)
        device = self._hands[hand]
        self._numbers[device] += 1
        self._made.append(
            Operation(
                campaign=self._campaign,
                device=device,
                number=self._numbers[device],
                record=record,
                type=type,
                kind=kind,
                fields=fields,
                base=self._end.seq,
                base_fingerprint=self._end.fingerprint,
                hlc=clock.stamp(self._received, len(self._made) % 0x10000),
                made_at=text_of_ms(self._received),
                author=person,
            )
        )

    @property
    def hands(self) -> set[str]:
        """The devices that write."""
        return set(self._hands.values())

    def append(self) -> int:
        """Put them on the log; how many they were."""
        row = campaigns.get(self._session, self._campaign)
        writer.append_operations(self._session, row, self._made, self._received)
        return len(self._made)
