"""Checks whether the lifecycle allows pushed operations, by what their author had seen or as things stand."""

from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlmodel import Session

from shared import clock, lifecycle, merge, problems
from shared.china_time import year_of
from shared.hazards import dates, merging
from shared.hazards.evidence import HazardPhoto, finished_photos
from shared.hazards.history import HazardHistory, TimelineEvent, timeline_event
from shared.merge import Write, write_of
from shared.operations import Kind, Operation, RecordType
from shared.permissions import Action
from shared.problems import Problem
from shared.vocabulary import EventType, PhotoRole
from sync_server.access.policy import Access
from sync_server.database.in_values import in_values
from sync_server.database.tables import HazardEventRow, HazardRow
from sync_server.database.timestamps import now_ms, today
from sync_server.log import photo_writes, writer
from sync_server.log.log_entry import LogEntry
from sync_server.log.projectors import hazard_event_rows

_EVENT = HazardEventRow.metadata.tables["hazard_event"]
_HAZARD = HazardRow.metadata.tables["hazard"].c


@dataclass(slots=True)
class _Known:
    """What is known of one hazard: its events, the writes of its photos by record, when it was found."""

    events: list[TimelineEvent] = field(default_factory=list)
    photos: dict[str, list[Write]] = field(default_factory=dict)
    found_on: str | None = None
    town: str | None = None
    exists: bool = False


class LifecycleCheck:
    """Checks the operations of a push in order; accepted ones are included for those that follow.

    A step is judged by what its author had seen, so that nobody is refused for having been offline. If that
    does not allow it, the present log may: a phone may have seen more than it can prove. A settled hazard is
    reopened only as things stand, or by someone who may change settled records, because only the author's
    word says what they had seen. 合并 is judged by the present state of the other hazard; otherwise two
    hazards could be merged into each other.

    `accesses`: of those who may allow it, the author first.
    """

    def __init__(
        self, session: Session, campaign: str, accesses: Sequence[Access], entries: Sequence[LogEntry]
    ) -> None:
        self._session = session
        self._campaign = campaign
        self._accesses = accesses
        self._known: defaultdict[str, _Known] = defaultdict(_Known)
        self._fingerprints: dict[int, str | None] = {}
        self._written: defaultdict[str, list[Write]] = defaultdict(list)
        self._on_evidence = Counter[str]()
        self._today = today()
        judged = [entry.operation for entry in entries if _step_of(entry.operation) in _JUDGED]
        self._judges = bool(judged)
        if judged:
            self._load(judged)
        if resting := {
            one.fields["hazard"] for one in judged if _step_of(one) in lifecycle.RESTS_ON_EVIDENCE
        }:
            operations = (entry.operation for entry in entries)
            self._load_photos(resting, {one.record for one in operations if one.type == RecordType.PHOTO})

    def refusal(self, operation: Operation) -> Problem | None:
        """Why an operation cannot be accepted, or None."""
        match operation.type:
            case RecordType.HAZARD:
                fields = operation.fields
                refusal = dates.year_refusal(fields.get("year"), year_of(self._today))
                return refusal or dates.finding_refusal(fields.get("found_on"), self._today)
            case RecordType.HAZARD_EVENT if _step_of(operation) in _JUDGED:
                return self._step_refusal(operation, EventType(operation.fields["event_type"]))
        return None

    def include(self, operation: Operation) -> None:
        """Make an accepted operation known to the checks of those after it in the push."""
        if not self._judges:
            return
        match operation.type:
            case RecordType.HAZARD:
                known = self._known[operation.record]
                known.exists = operation.kind is not Kind.DELETE
                known.found_on = operation.fields.get("found_on") or known.found_on
            case RecordType.HAZARD_EVENT if _step_of(operation) not in lifecycle.ALWAYS_OPEN:
                event = timeline_event(operation.record, _write(operation))
                self._known[operation.fields["hazard"]].events.append(event)
            case RecordType.PHOTO:
                self._take_photo(operation.record, _write(operation))

    def _step_refusal(self, operation: Operation, step: EventType) -> Problem | None:
        hazard = operation.fields["hazard"]
        known, write = self._known[hazard], _write(operation)
        if sum(event.write.author == write.author for event in known.events) >= MOST_STEPS:
            return problems.too_many_steps(limit=MOST_STEPS)
        if step in lifecycle.RESTS_ON_EVIDENCE:
            self._on_evidence[hazard] += 1
            if self._on_evidence[hazard] > MOST_ON_EVIDENCE:
                return problems.too_many_steps(limit=MOST_ON_EVIDENCE)
        seen = self._certified(write, operation.base_fingerprint)
        seen_events = [event for event in known.events if seen.supersedes(event.write)]
        present = lifecycle.fold(known.events)
        before = present if len(seen_events) == len(known.events) else lifecycle.fold(seen_events)
        if step in _ACCEPTING and write.author in present.rectifiers | before.rectifiers:
            return problems.acceptor_is_rectifier(step=step.value)
        if _obstacle(operation, step, known, (present, known.events), None):
            if refusal := _obstacle(operation, step, known, (before, seen_events), seen):
                return refusal
            if step in lifecycle.STATUS_AFTER and self._is_settled(present, known.town):
                return problems.record_settled()
        if step is EventType.MERGE:
            other = operation.fields.get("merged_into")
            return merging.refusal(present, self._history(other) if other != hazard else None)
        return dates.deadline_refusal(operation.fields.get("due_date"), known.found_on)

    def _is_settled(self, present: HazardHistory, town: str | None) -> bool:
        """Whether the hazard is settled and none of the accesses may change that."""
        holding = {present.status, *present.concurrent_statuses}
        return not holding.isdisjoint(lifecycle.SETTLED) and not any(
            access.reaches(Action.CHANGE_SETTLED, town) for access in self._accesses
        )

    def _history(self, hazard: str | None) -> HazardHistory | None:
        if not hazard or not self._known[hazard].exists:
            return None
        return lifecycle.fold(self._known[hazard].events)

    def _certified(self, write: Write, base_fingerprint: str) -> Write:
        """The write, with base 0 if its author saw another log than this one."""
        if write.base not in self._fingerprints:
            self._fingerprints[write.base] = writer.fingerprint_at(self._session, self._campaign, write.base)
        if self._fingerprints[write.base] == base_fingerprint:
            return write
        return replace(write, base=0)

    def _take_photo(self, record: str, write: Write) -> None:
        """Keep a write for every hazard that the photo belongs to or did."""
        self._written[record].append(write)
        if hazard := write.fields.get("hazard"):
            self._known[hazard].photos[record] = self._written[record]

    def _load(self, judged: Sequence[Operation]) -> None:
        hazards = {operation.fields["hazard"] for operation in judged}
        hazards |= {other for one in judged if (other := one.fields.get("merged_into"))}
        rows = self._session.execute(
            select(_HAZARD.id, _HAZARD.found_on, _HAZARD.town_code, _HAZARD.deleted).where(
                _HAZARD.campaign == self._campaign, in_values(self._session, _HAZARD.id, hazards)
            )
        )
        for row in rows:
            known = self._known[row.id]
            known.found_on, known.town, known.exists = row.found_on, row.town_code, not row.deleted
        events = self._session.execute(
            select(_EVENT).where(
                _EVENT.c.campaign == self._campaign,
                in_values(self._session, _EVENT.c.hazard, hazards),
                _EVENT.c.event_type.not_in(sorted(lifecycle.ALWAYS_OPEN)),
            )
        ).mappings()
        for event in events:
            self._known[event["hazard"]].events.append(hazard_event_rows.timeline_event(dict(event)))

    def _load_photos(self, hazards: Set[str], coming: Set[str]) -> None:
        """Load what was written on the photos of some hazards, and on those that the push is about: they may
        have been other hazards' before."""
        for hazard, photos in photo_writes.of_hazards(self._session, self._campaign, hazards).items():
            self._known[hazard].photos.update(photos)
            self._written.update(photos)
        self._written.update(
            photo_writes.of_photos(self._session, self._campaign, coming - self._written.keys())
        )


MOST_STEPS = 200
"""Steps of one person on one hazard, 巡查 and 备注 apart: each is judged by all that were taken before."""
MOST_ON_EVIDENCE = 20
"""报验, 验收通过 and 销号 of a hazard in a push, refused ones too: each looks at all of its photos."""
_ACCEPTING = frozenset({EventType.ACCEPT, EventType.CLOSE})
_JUDGED = frozenset(lifecycle.ALLOWED_FROM) | lifecycle.NEEDS_REASON
"""Steps that are not open to everybody at any time."""


def _step_of(operation: Operation) -> str | None:
    return operation.fields.get("event_type") if operation.type == RecordType.HAZARD_EVENT else None


def _write(operation: Operation) -> Write:
    """The write that an operation will make, with its clamped stamp."""
    return replace(write_of(operation), hlc=clock.clamp(operation.hlc, now_ms()))


def _obstacle(
    operation: Operation,
    step: EventType,
    known: _Known,
    told: tuple[HazardHistory, Sequence[TimelineEvent]],
    seen: Write | None,
) -> Problem | None:
    """What prevents a step after a history that was `told` by events.

    `seen`: the write whose author saw photos attached, None for as they are.
    """
    history, events = told

    def found(after_photos: int) -> Problem | None:
        reason = operation.fields.get("comment")
        return lifecycle.obstacle(step, history, operation.author, after_photos=after_photos, reason=reason)

    if step not in lifecycle.RESTS_ON_EVIDENCE:
        return found(0)
    return found(1) or found(len(finished_photos(events, _photos(operation.fields["hazard"], known, seen))))


def _photos(hazard: str, known: _Known, seen: Write | None) -> list[HazardPhoto]:
    """All photos by the log; those attached as 整改后 are as the author of `seen` saw it, or as it is."""
    found: list[HazardPhoto] = []
    for record, writes in known.photos.items():
        state = merge.EMPTY
        for write in writes:
            if seen is None or seen.supersedes(write):
                state = merge.absorb(state, write)
        values = merge.shown(state)
        attached = bool(values.get(merge.ATTACHED)) and values.get("hazard") == hazard
        attached = attached and values.get("role") == PhotoRole.AFTER
        found.append(HazardPhoto(record, writes, attached))
    return found
