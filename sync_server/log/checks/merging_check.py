"""Checks that no hazard is deleted while others are merged into it: no list would hold their water."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import and_, select
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
    """Checks the operations of one push in order, taking into account those before each."""

    def __init__(self, session: Session, campaign: str, operations: Iterable[Operation]) -> None:
        deleted = {operation.record for operation in operations if _deletes_hazard(operation)}
        self._into = _merged_into(session, campaign, deleted)
        self._gone = set[str]()

    def refusal(self, operation: Operation) -> Problem | None:
        """Problem merged_hazards_here, or None."""
        if _deletes_hazard(operation) and any(
            operation.record in targets for hazard, targets in self._into.items() if hazard not in self._gone
        ):
            return problems.merged_hazards_here()
        return None

    def include(self, operation: Operation) -> None:
        """Make an accepted operation known to the checks of those after it."""
        if _deletes_hazard(operation):
            self._gone.add(operation.record)
        elif operation.type == RecordType.HAZARD:
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


def _merged_into(session: Session, campaign: str, hazards: Collection[str]) -> dict[str, set[str]]:
    """Hazard → those of `hazards` that it is merged into."""
    if not hazards:
        return {}
    merged = select(EVENT.c.hazard).where(
        EVENT.c.campaign == campaign, in_values(session, EVENT.c.merged_into, hazards)
    )
    rows = session.execute(
        select(EVENT)
        .join(HAZARD, and_(HAZARD.c.campaign == EVENT.c.campaign, HAZARD.c.id == EVENT.c.hazard))
        .where(EVENT.c.campaign == campaign, EVENT.c.hazard.in_(merged), HAZARD.c.deleted.is_(False))
        .where(EVENT.c.event_type.not_in(sorted(lifecycle.ALWAYS_OPEN)))
    ).mappings()
    events: defaultdict[str, list[TimelineEvent]] = defaultdict(list)
    for row in rows:
        events[row["hazard"]].append(hazard_event_rows.timeline_event(dict(row)))
    return {hazard: merging.targets(of_it).intersection(hazards) for hazard, of_it in events.items()}


def _deletes_hazard(operation: Operation) -> bool:
    return operation.type == RecordType.HAZARD and operation.kind is Kind.DELETE
