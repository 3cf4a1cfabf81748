"""Checks changes to records that others wrote or worked on, or that are settled."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, func, or_, select
from sqlmodel import Session

from shared import lifecycle, merge, permissions, problems
from shared.operations import Kind, Operation, RecordType
from shared.permissions import Action, Standing
from shared.problems import Problem
from shared.record_types import RECORD_TYPES, WRITTEN_ONCE
from shared.vocabulary import EventType, Status
from sync_server.access.bursts import Burst
from sync_server.access.policy import EVENT, HAZARD, OPERATION, PHOTO, PLACED, Access
from sync_server.database.in_values import in_values
from sync_server.database.tables import DeviceRow

_NONE: frozenset[Status] = frozenset()
_OF_PHOTOS = (PHOTO.c.hazard, PHOTO.c.visit, PHOTO.c.state)
_JUDGED = lifecycle.SETTLED | {Status.PENDING_ACCEPTANCE}
_DEVICE = DeviceRow.metadata.tables["device"]
_PROBLEMS = {
    Action.CHANGE_SETTLED: problems.record_settled,
    Action.CHANGE_OTHERS: problems.record_of_others,
}


class RecordCheck:
    """Checks the operations of one push in order, taking into account those before each.

    `known`: the records that were on the log before. `accesses`: of those who may allow it, the author first.
    `essential`: the fields that no hazard should be without.
    """

    def __init__(
        self,
        session: Session,
        campaign: str,
        accesses: Sequence[Access],
        operations: Iterable[Operation],
        known: Collection[str],
        essential: Collection[str],
    ) -> None:
        self._session, self._campaign, self._accesses = session, campaign, accesses
        self._known, self._essential = frozenset(known), essential
        self._author = accesses[0].person.id
        self._owners: dict[str, str] = {}
        self._towns: dict[str, str | None] = {}
        self._photos: dict[str, dict[str, Any]] = {}
        """Photo → what it says now."""
        self._status: dict[str, frozenset[Status]] = {}
        """Hazard → all statuses that hold."""
        self._load([operation for operation in operations if _concerns(operation)])

    def refusal(self, operation: Operation) -> Problem | None:
        """Problem record_settled, record_removed or record_of_others, or None."""
        if operation.record not in self._known or not _concerns(operation):
            return None
        owner = self._owners.get(operation.record, operation.record)
        town = self._towns.get(owner)
        standing = self._standing(operation)
        for action in permissions.further_actions(operation.kind, self._takes_away(operation), standing):
            if not any(access.reaches(action, town) for access in self._accesses):
                removed = standing.removed and action is Action.CHANGE_OTHERS
                return problems.record_removed() if removed else _PROBLEMS[action]()
        return None

    def bursts(self, operation: Operation) -> tuple[Burst, ...]:
        """The allowances that an operation counts against."""
        found = [Burst.OPERATIONS]
        own_kind = not RECORD_TYPES[operation.type].owner
        if operation.record not in self._known:
            found += [Burst.NEW_RECORDS] if own_kind else []
        elif operation.kind in (Kind.DELETE, Kind.DETACH):
            found.append(Burst.DELETIONS)
        elif self._moves(operation):
            found.append(Burst.MOVES)
        elif any(map(_is_empty, operation.fields.values())):
            found.append(Burst.DELETIONS)
        if operation.fields.get("event_type") in lifecycle.ALWAYS_OPEN:
            found.append(Burst.NOTES)
        return tuple(found)

    def include(self, operation: Operation) -> None:
        """Make an accepted operation known to the checks of those after it."""
        if operation.type == RecordType.HAZARD_EVENT:
            self._happened(operation)
        field = RECORD_TYPES[operation.type].town
        if field and field in operation.fields and operation.record in self._known:
            self._towns[operation.record] = operation.fields[field]

    def _happened(self, operation: Operation) -> None:
        hazard = operation.fields.get("hazard")
        status = lifecycle.STATUS_AFTER.get(EventType(operation.fields["event_type"]))
        if hazard in self._status and status:
            self._status[hazard] = frozenset({status})

    def _moves(self, operation: Operation) -> bool:
        field = RECORD_TYPES[operation.type].town
        if not field or field not in operation.fields:
            return False
        here = self._towns.get(operation.record)
        return here is not None and here != operation.fields[field]

    def _takes_away(self, operation: Operation) -> bool:
        if operation.type != RecordType.HAZARD:
            return self._moves(operation)
        emptied = {name for name, value in operation.fields.items() if _is_empty(value)}
        return self._moves(operation) or not emptied.isdisjoint(self._essential)

    def _standing(self, operation: Operation) -> Standing:
        owner = self._owners.get(operation.record, operation.record)
        holding = self._status.get(owner, _NONE)
        settled = not holding.isdisjoint(lifecycle.SETTLED)
        if operation.kind is Kind.ATTACH:
            holding |= self._status.get(_named(operation), _NONE)
            settled = not holding.isdisjoint(_JUDGED) and self._says_otherwise(operation)
        removed = operation.kind is Kind.EDIT and operation.record in self._removed
        if not permissions.depends_on_author(operation.kind, self._takes_away(operation)):
            return Standing(own=True, worked_on_by_others=False, settled=settled, removed=removed)
        own = operation.record in self._own
        return Standing(own, operation.record in self._worked_on, settled, removed)

    def _says_otherwise(self, operation: Operation) -> bool:
        """Whether a photo that is there already would become another picture, another hazard's or of another
        role: others may have judged it, or what it would become evidence of."""
        shown = self._photos.get(operation.record, {})
        return any(shown.get(name) != value for name, value in operation.fields.items())

    def _load(self, operations: Sequence[Operation]) -> None:
        records = {operation.record for operation in operations if operation.record in self._known}
        photos = {operation.record for operation in operations if operation.type == RecordType.PHOTO}
        for row in self._rows(PHOTO, records & photos, PHOTO.c.id, *_OF_PHOTOS):
            self._owners[row.id] = row.hazard or row.visit or row.id
            self._photos[row.id] = merge.shown(merge.from_json(row.state))
        owners = records - photos | set(self._owners.values())
        owners |= {_named(operation) for operation in operations if operation.record in self._photos}
        deleted = set()
        for table in PLACED:
            status = (HAZARD.c.status, HAZARD.c.concurrent_statuses) if table is HAZARD else ()
            for row in self._rows(table, owners, table.c.id, table.c.town_code, table.c.deleted, *status):
                self._towns[row.id] = row.town_code
                if row.deleted:
                    deleted.add(row.id)
                if table is HAZARD:
                    self._status[row.id] = frozenset(map(Status, [row.status, *row.concurrent_statuses]))
        asked = {
            operation.record
            for operation in operations
            if operation.record in records
            and permissions.depends_on_author(operation.kind, self._takes_away(operation))
            and not self._may_anyway(operation)
        }
        self._own = _own(self._session, self._campaign, self._author, asked)
        self._worked_on = worked_on(self._session, self._campaign, self._author, self._own)
        edited = {
            operation.record
            for operation in operations
            if operation.kind is Kind.EDIT and operation.record in deleted and not self._may_anyway(operation)
        }
        self._removed = self._removed_by_others(edited)

    def _removed_by_others(self, deleted: Collection[str]) -> set[str]:
        """Those of some deleted records that others than whoever saved them first have deleted."""
        by: defaultdict[str, set[str]] = defaultdict(set)
        for table in PLACED if deleted else ():
            for row in self._rows(table, deleted, table.c.id, table.c.state):
                for write in merge.heads(merge.from_json(row.state), merge.DELETED):
                    by[write.author].add(row.id)
        return {
            record
            for person, records in by.items()
            for record in records - _own(self._session, self._campaign, person, records)
        }

    def _may_anyway(self, operation: Operation) -> bool:
        town = self._towns.get(self._owners.get(operation.record, operation.record))
        return any(access.reaches(Action.CHANGE_OTHERS, town) for access in self._accesses)

    def _rows(self, table: Table, ids: Collection[str], *columns: ColumnElement[Any]) -> Sequence[Row[Any]]:
        if not ids:
            return []
        wanted = select(*columns).where(
            table.c.campaign == self._campaign, in_values(self._session, table.c.id, ids)
        )
        return self._session.execute(wanted).all()


def _named(operation: Operation) -> str:
    """What an operation says that its photo belongs to, "" where it does not say."""
    return str(operation.fields.get("hazard") or operation.fields.get("visit") or "")


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _concerns(operation: Operation) -> bool:
    """Whether an operation can change an existing record; events only add."""
    return RECORD_TYPES[operation.type].operations != WRITTEN_ONCE


def _own(session: Session, campaign: str, person: str, records: Collection[str]) -> set[str]:
    """Those of the records that a person saved first."""
    if not records:
        return set()
    log = OPERATION.c
    first = (
        select(func.min(log.seq).label("seq"))
        .where(log.campaign == campaign, in_values(session, log.record, records))
        .group_by(log.record)
        .subquery()
    )
    rows = session.execute(
        select(log.record)
        .join(first, and_(log.campaign == campaign, log.seq == first.c.seq))
        .join(_DEVICE, and_(_DEVICE.c.campaign == campaign, _DEVICE.c.id == log.device))
        .where(_DEVICE.c.person == person)
    )
    return set(rows.scalars())


def worked_on(session: Session, campaign: str, person: str, records: Collection[str]) -> set[str]:
    """Those of the records that somebody else has worked on."""
    if not records:
        return set()
    events = select(EVENT.c.hazard).where(
        EVENT.c.campaign == campaign,
        in_values(session, EVENT.c.hazard, records),
        EVENT.c.author != person,
    )
    found = set(session.execute(events).scalars())
    whose: Mapping[str, str] = {record: record for record in records}
    for column in (PHOTO.c.hazard, PHOTO.c.visit):
        rows = session.execute(
            select(PHOTO.c.id, column.label("owner")).where(
                PHOTO.c.campaign == campaign, in_values(session, column, records)
            )
        )
        whose = {**whose, **{row.id: row.owner for row in rows}}
    log = OPERATION.c
    others = session.execute(
        select(log.record)
        .join(_DEVICE, and_(_DEVICE.c.campaign == campaign, _DEVICE.c.id == log.device), isouter=True)
        .where(log.campaign == campaign, in_values(session, log.record, list(whose)))
        .where(or_(_DEVICE.c.person != person, _DEVICE.c.person.is_(None)))
        .distinct()
    )
    return found | {whose[record] for record in others.scalars()}
