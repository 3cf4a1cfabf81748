"""What must change so that records are as they would be without the operations that were undone.

A record whose maker was undone is deleted, unless somebody else has worked on it. Either way it has the
maker's values where nobody else wrote any.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import select, union_all
from sqlmodel import Session

from shared import merge
from shared.merge import RecordState
from shared.operations import Kind, Operation, Stamp
from shared.record_types import ATTACHMENT, RECORD_TYPES
from sync_server.access.policy import EVENT, OPERATION, PHOTO
from sync_server.database.in_values import in_values
from sync_server.log import pages
from sync_server.log.checks import merging_check
from sync_server.queries.undoings import Undoings

_LOG = OPERATION.c
_MARKS = (merge.DELETED, merge.ATTACHED)
Values = list[Any]


class Presence(StrEnum):
    """Whether a record is there; DISPUTED: deleted while others wrote, so it stays for review."""

    KEPT = "kept"
    DISPUTED = "disputed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Change:
    """What one record is and what it is to be.

    `registers`: name → its different values now and then, the shown one last. `contested`: registers that
    must be written again though they stay, because their writers had not seen the deletion.
    """

    record: str
    type: str
    registers: Mapping[str, tuple[Values, Values]]
    presence: tuple[Presence, Presence]
    contested: Mapping[str, Values] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """`left`: records that stay because others have worked on them or are merged into them."""

    changes: Sequence[Change]
    left: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Logged:
    operation: Operation
    stamp: Stamp
    received_at: str

    def is_void(self, undoings: Undoings) -> bool:
        return undoings.is_void(self.operation.device, self.stamp.seq, self.received_at)


def plan(session: Session, campaign: str, records: Collection[str], undoings: Undoings) -> Plan:
    """What must change about some records, once the operations that `undoings` cover count no more."""
    logged = _logged(session, campaign, records)
    orphans = {record for record, entries in logged.items() if entries[0].is_void(undoings)}
    worked_on = _worked_on(session, campaign, orphans, undoings)
    holding = merging_check.with_merged_ones(session, campaign, logged)  # no step can be undone
    changes, left = [], set[str]()
    for record, entries in logged.items():
        type = entries[0].operation.type
        now = _merged(entries)
        standing = _merged(entry for entry in entries if not entry.is_void(undoings))
        if RECORD_TYPES[type].operations == ATTACHMENT:
            change = _of_photo(record, type, now, standing)
        elif record not in orphans:
            presence = _presence(standing)
            if presence is Presence.DELETED and record in holding:
                presence = Presence.KEPT
                left.add(record)
            change = _of_record(record, type, now, standing, presence)
        else:
            maker = entries[0].operation.device
            made = _merged(entry for entry in entries if entry.operation.device == maker)
            stays = record in worked_on or record in holding
            presence = _presence(standing) if stays else Presence.DELETED
            change = _of_record(record, type, now, standing, presence, made)
            if presence is not Presence.DELETED:
                left.add(record)
        if change.registers or change.presence[0] != change.presence[1]:
            changes.append(change)
    return Plan(changes, frozenset(left))


def _merged(entries: Iterable[_Logged]) -> RecordState:
    return merge.merge((entry.operation, entry.stamp) for entry in entries)


def _presence(state: RecordState) -> Presence:
    if merge.deleted(state):
        return Presence.DELETED
    return Presence.DISPUTED if merge.DELETED in merge.disputes(state) else Presence.KEPT


def _of_photo(record: str, type: str, now: RecordState, then: RecordState) -> Change:
    shown_now, shown_then = _said(now), _said(then)
    presence = [
        Presence.KEPT if shown.get(merge.ATTACHED) else Presence.DELETED for shown in (shown_now, shown_then)
    ]
    registers: dict[str, tuple[Values, Values]] = {}
    if presence[1] is Presence.KEPT and shown_now != shown_then:
        registers = {
            name: ([shown_now.get(name)], [shown_then.get(name)])
            for name in dict.fromkeys([*shown_then, *shown_now])  # what was added is to be empty again
            if name != merge.ATTACHED
        }
    return Change(record, type, registers, (presence[0], presence[1]))


def _said(state: RecordState) -> dict[str, Any]:
    """The registers that are not empty, with what they show."""
    return {name: value for name, value in merge.shown(state).items() if value is not None}


def _of_record(
    record: str,
    type: str,
    now: RecordState,
    then: RecordState,
    wanted_presence: Presence,
    made: RecordState = merge.EMPTY,
) -> Change:
    """`made`: the record as its maker wrote it, which stays, even under a deletion, though the maker was
    undone: whoever works on it later brings back nothing else that was undone."""
    registers: dict[str, tuple[Values, Values]] = {}
    for name in sorted(_written(now) | _written(then)):
        present, wanted = _values(now, name), _values(then, name) or _values(made, name)
        if (present or [None]) != (wanted or [None]):
            registers[name] = present or [None], wanted or [None]
    presence = _presence(now), wanted_presence
    contested: dict[str, Values] = {}
    if presence[1] is Presence.DISPUTED and presence[0] is not Presence.DISPUTED:
        contested = {name: _values(then, name) for name in sorted(_unseen_by_a_deletion(then))}
    return Change(record, type, registers, presence, contested)


def _written(state: RecordState) -> set[str]:
    return {name for live in state.live for name in live.fields if name not in _MARKS}


def _values(state: RecordState, register: str) -> Values:
    """The different values that a register holds, the shown one last."""
    values: Values = []
    for head in merge.heads(state, register):
        value = head.fields[register]
        values = [*(other for other in values if other != value), value]
    return values


def _unseen_by_a_deletion(state: RecordState) -> set[str]:
    """Each of several deletions may have seen what another had not: then none has seen everything."""
    deletions = [head for head in merge.heads(state, merge.DELETED) if head.fields[merge.DELETED]]
    return {
        name
        for live in state.live
        if live not in deletions and not all(deletion.supersedes(live) for deletion in deletions)
        for name in live.fields
    }


def _logged(session: Session, campaign: str, records: Collection[str]) -> Mapping[str, list[_Logged]]:
    """Record → its operations in the order of the log, for those that are not written once."""
    found: defaultdict[str, list[_Logged]] = defaultdict(list)
    rows = session.execute(
        select(_LOG.record, _LOG.type, _LOG.seq, _LOG.wire, _LOG.hlc_eff, _LOG.base_eff, _LOG.received_at)
        .where(_LOG.campaign == campaign, in_values(session, _LOG.record, records))
        .order_by(pages.IN_ORDER)
    )
    for row in rows:
        if RECORD_TYPES[row.type].written_once:
            continue
        values: dict[str, Any] = orjson.loads(row.wire)
        values["schema_no"] = values.pop("schema")
        values["number"] = values.pop("n")
        values["base_fingerprint"] = values.pop("tip")
        operation = Operation.model_construct(**{**values, "kind": Kind(values["kind"])})
        stamp = Stamp(row.seq, row.hlc_eff or operation.hlc, None, row.base_eff)
        found[row.record].append(_Logged(operation, stamp, row.received_at))
    return found


def _worked_on(
    session: Session, campaign: str, records: Collection[str], undoings: Undoings
) -> frozenset[str]:
    """Those of some records on which, or on whose events and photos, an operation still counts."""
    if not records:
        return frozenset()
    owners = {record: record for record in records}
    parts = [
        select(table.c.id, owner.label("owner")).where(
            table.c.campaign == campaign, in_values(session, owner, records)
        )
        for table, owner in ((EVENT, EVENT.c.hazard), (PHOTO, PHOTO.c.hazard), (PHOTO, PHOTO.c.visit))
    ]
    owners |= {row.id: row.owner for row in session.execute(union_all(*parts))}
    rows = session.execute(
        select(_LOG.record, _LOG.device, _LOG.seq, _LOG.received_at).where(
            _LOG.campaign == campaign, in_values(session, _LOG.record, list(owners))
        )
    )
    return frozenset(
        owners[row.record] for row in rows if not undoings.is_void(row.device, row.seq, row.received_at)
    )
