"""Checks that no hazard is merged into a deleted one: no list would hold its water.

So what others are merged into is not deleted, and what was merged into a deleted hazard is not restored.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from shared import lifecycle, problems
from shared.hazards import merging
from shared.hazards.history import TimelineEvent
from shared.operations import Kind, Operation, RecordType
from shared.problems import Problem
from shared.vocabulary import EventType
from sync_server.access.policy import EVENT, HAZARD
from sync_server.database.in_values import in_values
from sync_server.log.projectors import hazard_event_rows


class MergingCheck:
    """Checks the operations of one push in order, taking into account those before each.

    `known`: the records that were on the log before.
    """

    def __init__(
        self, session: Session, campaign: str, operations: Iterable[Operation], known: Container[str]
    ) -> None:
        about = [operation for operation in operations if operation.type == RecordType.HAZARD]
        deleted = {operation.record for operation in about if operation.kind is Kind.DELETE}
        self._into = _merged_into(session, campaign, deleted)
        shown = {one.record for one in about if one.kind is not Kind.DELETE and one.record in known}
        returning = _deleted(session, campaign, shown)
        restored = _targets_of(session, campaign, returning)
        self._into |= restored
        self._gone = returning | _deleted(session, campaign, set[str]().union(*restored.values()))

    def refusal(self, operation: Operation) -> Problem | None:
        """Problem merged_hazards_here or merged_into_deleted, or None."""
        if operation.type != RecordType.HAZARD:
            return None
        record = operation.record
        if operation.kind is Kind.DELETE:
            there = (targets for hazard, targets in self._into.items() if hazard not in self._gone)
            return problems.merged_hazards_here() if any(record in targets for targets in there) else None
        if record not in self._gone:
            return None
        return merging.restoring_refusal(self._into.get(record, ()), self._gone)

    def include(self, operation: Operation) -> None:
        """Make an accepted operation known to the checks of those after it."""
        if operation.type == RecordType.HAZARD:
            if operation.kind is Kind.DELETE:
                self._gone.add(operation.record)
            else:
                self._gone.discard(operation.record)
        if operation.type != RecordType.HAZARD_EVENT:
            return
        step = EventType(operation.fields["event_type"])
        if step is EventType.MERGE:
            self._into[operation.fields["hazard"]] = {operation.fields["merged_into"]}
        elif step in lifecycle.STATUS_AFTER:
            self._into.pop(operation.fields["hazard"], None)


def with_merged_ones(session: Session, campaign: str, hazards: Collection[str]) -> frozenset[str]:
    """Those of some hazards into which others are merged that nobody has deleted."""
    return frozenset().union(*_merged_into(session, campaign, hazards).values())


def restoring_refusal(session: Session, campaign: str, hazard: str) -> Problem | None:
    """Why a deleted hazard may not be restored now, or None."""
    into = _targets_of(session, campaign, {hazard}).get(hazard, set())
    return merging.restoring_refusal(into, _deleted(session, campaign, into))


def stranded(session: Session, campaign: str, hazards: Collection[str]) -> frozenset[str]:
    """Those of some hazards that are there though they are merged into a deleted one."""
    into = _targets_of(session, campaign, set(hazards) - _deleted(session, campaign, hazards))
    gone = _deleted(session, campaign, set[str]().union(*into.values()))
    return frozenset(hazard for hazard, targets in into.items() if targets & gone)


def _targets_of(session: Session, campaign: str, hazards: Collection[str]) -> dict[str, set[str]]:
    if not hazards:
        return {}
    return _targets(session, campaign, in_values(session, EVENT.c.hazard, hazards))


def _merged_into(session: Session, campaign: str, hazards: Collection[str]) -> dict[str, set[str]]:
    """Hazard that is there → those of `hazards` that it is merged into."""
    if not hazards:
        return {}
    merged = select(EVENT.c.hazard).where(
        EVENT.c.campaign == campaign, in_values(session, EVENT.c.merged_into, hazards)
    )
    found = _targets(session, campaign, EVENT.c.hazard.in_(merged))
    gone = _deleted(session, campaign, found)
    return {hazard: into.intersection(hazards) for hazard, into in found.items() if hazard not in gone}


def _targets(session: Session, campaign: str, wanted: ColumnElement[bool]) -> dict[str, set[str]]:
    """Hazard → those that it is merged into, for the hazards of the `wanted` events."""
    rows = session.execute(
        select(EVENT)
        .where(EVENT.c.campaign == campaign, wanted)
        .where(EVENT.c.event_type.not_in(sorted(lifecycle.ALWAYS_OPEN)))
    ).mappings()
    events: defaultdict[str, list[TimelineEvent]] = defaultdict(list)
    for row in rows:
        events[row["hazard"]].append(hazard_event_rows.timeline_event(dict(row)))
    return {hazard: merging.targets(of_it) for hazard, of_it in events.items()}


def _deleted(session: Session, campaign: str, hazards: Collection[str]) -> set[str]:
    if not hazards:
        return set()
    rows = session.execute(
        select(HAZARD.c.id).where(
            HAZARD.c.campaign == campaign, in_values(session, HAZARD.c.id, hazards), HAZARD.c.deleted
        )
    )
    return set(rows.scalars())
