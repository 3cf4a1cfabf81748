"""The life of a hazard: events fold into a status; who may take which step next, and if not, why.

Status is the register that status-changing events write: each event type leads to one status whatever came
before, so the fold is free of order, and two concurrent events (销号 here, 反弹 there) both show.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shared import permissions, problems
from shared.china_time import day_of
from shared.merge import Write
from shared.problems import Problem
from shared.vocabulary import EventType, PatrolResult, PhotoRole, Role, Status

STATUS_AFTER: dict[EventType, Status] = {
    EventType.REPORT: Status.REPORTED,
    EventType.REGISTER: Status.REGISTERED,
    EventType.ASSIGN: Status.ASSIGNED,
    EventType.TRANSFER: Status.ASSIGNED,
    EventType.RECTIFY: Status.IN_PROGRESS,
    EventType.CONTROL: Status.CONTROLLED,
    EventType.SUBMIT: Status.PENDING_ACCEPTANCE,
    EventType.REJECT: Status.IN_PROGRESS,
    EventType.CLOSE: Status.CLOSED,
    EventType.RELAPSE: Status.RELAPSED,
    EventType.RETURN: Status.RETURNED,
    EventType.INVALIDATE: Status.INVALID,
    EventType.MERGE: Status.MERGED,
}
"""Event type → the status it leads to; the others (巡查, 延期, 验收通过, 复查, 备注) leave it as it is."""

OPEN = frozenset(
    {
        Status.REPORTED,
        Status.RETURNED,
        Status.REGISTERED,
        Status.ASSIGNED,
        Status.IN_PROGRESS,
        Status.CONTROLLED,
        Status.PENDING_ACCEPTANCE,
        Status.RELAPSED,
    }
)
"""Statuses in which a hazard still waits for something."""

_RECTIFIABLE = OPEN - {Status.PENDING_ACCEPTANCE}
ALLOWED_FROM: dict[EventType, frozenset[Status]] = {
    EventType.REPORT: frozenset({Status.REPORTED, Status.RETURNED}),
    EventType.REGISTER: frozenset({Status.REPORTED, Status.RETURNED, Status.INVALID, Status.MERGED}),
    EventType.ASSIGN: OPEN - {Status.PENDING_ACCEPTANCE, Status.ASSIGNED},
    EventType.TRANSFER: frozenset({Status.ASSIGNED, Status.IN_PROGRESS, Status.CONTROLLED}),
    EventType.RECTIFY: _RECTIFIABLE,
    EventType.CONTROL: _RECTIFIABLE,
    EventType.SUBMIT: _RECTIFIABLE,
    EventType.ACCEPT: frozenset({Status.PENDING_ACCEPTANCE}),
    EventType.REJECT: frozenset({Status.PENDING_ACCEPTANCE}),
    EventType.CLOSE: frozenset({Status.PENDING_ACCEPTANCE}),
    EventType.RECHECK: frozenset({Status.CLOSED}),
    EventType.RELAPSE: frozenset({Status.CLOSED}),
    EventType.EXTEND: _RECTIFIABLE,
    EventType.RETURN: frozenset({Status.REPORTED, Status.REGISTERED}),
    EventType.INVALIDATE: _RECTIFIABLE,
    EventType.MERGE: OPEN | {Status.CLOSED},
}
"""Event type → the statuses from which a person may take it; types not listed are open in every status."""

NEEDS_REASON = frozenset(
    {EventType.REJECT, EventType.RETURN, EventType.INVALIDATE, EventType.RELAPSE, EventType.EXTEND}
)


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One event as the fold needs it: the event's own record id, its write, its type and outcome."""

    record: str
    write: Write
    type: EventType
    at: str
    result: PatrolResult | None = None
    assignee_unit: str | None = None
    due_date: str | None = None


@dataclass(frozen=True, slots=True)
class HazardHistory:
    """What the events of one hazard say. Dates are ISO days in China, taken from the events' own `at`.

    `concurrent_statuses`: other statuses that hold and that a person must settle; `holding`: the events by
    which these and `status` came about, that of `status` last. `rectifiers`: those who
    did or submitted the present rectification. `accepted`: by someone who was none of them.
    `first_closed_on`: the day of the first 销号 after such an acceptance, which counts toward the target;
    a 销号 without it shows in the status and counts for nothing. `controlled_on`: the last 管控.
    """

    status: Status = Status.REPORTED
    concurrent_statuses: tuple[Status, ...] = ()
    rectifiers: frozenset[str] = frozenset()
    accepted: bool = False
    acceptor: str | None = None
    assignee_unit: str | None = None
    assigned_on: str | None = None
    due_date: str | None = None
    rectified_on: str | None = None
    first_closed_on: str | None = None
    closed_on: str | None = None
    controlled_on: str | None = None
    rechecked_on: str | None = None
    recheck_result: PatrolResult | None = None
    relapses: int = 0
    order: tuple[str, ...] = field(default=())
    holding: tuple[str, ...] = field(default=())


def first_write(writes: Iterable[Write]) -> Write:
    """The write of an event that counts: an event is written once.

    Of several the earliest with a stamp of the server's counts, else the earliest.
    """
    return min(writes, key=_written)


def timeline_event(record: str, write: Write) -> TimelineEvent:
    """The event that a write of the record makes; its fields are those of `models.HazardEvent`."""
    fields = write.fields
    return TimelineEvent(
        record,
        write,
        EventType(fields["event_type"]),
        fields["at"],
        PatrolResult(fields["result"]) if fields.get("result") else None,
        fields.get("assignee_unit"),
        fields.get("due_date"),
    )


def after_photos(events: Iterable[TimelineEvent], photos: Iterable[tuple[str | None, Write]]) -> int:
    """How many photos of role 整改后 were attached since the last 反弹; 报验 needs one.

    `photos`: role and last write of each that is attached.
    """
    relapses = [event.write.rank for event in events if event.type is EventType.RELAPSE]
    since = max(relapses, default=("", "", 0))
    return sum(role == PhotoRole.AFTER and write.rank > since for role, write in photos)


def in_order(events: Iterable[TimelineEvent]) -> list[TimelineEvent]:
    """Each event once (see `first_write`), as they came about: by (hlc, device, n)."""
    once: dict[str, TimelineEvent] = {}
    for event in sorted(events, key=lambda event: _written(event.write)):
        once.setdefault(event.record, event)
    return sorted(once.values(), key=lambda event: event.write.rank)


def _written(write: Write) -> tuple[bool, tuple[str, str, int]]:
    return (write.seq is None, write.rank)


def fold(events: Iterable[TimelineEvent]) -> HazardHistory:
    """The history that a set of events tells; any order, any repetition gives the same.

    A hazard without events has been reported: its first saving is the 上报.
    """
    events = in_order(events)
    turning = [h for h in events if h.type in STATUS_AFTER]
    last = [h for h in turning if not any(x.write.supersedes(h.write) for x in turning if x is not h)]
    status = STATUS_AFTER[last[-1].type] if last else Status.REPORTED
    rectifiers: set[str] = set()
    accepted = False
    facts: dict[str, str | None] = {}
    recheck: PatrolResult | None = None
    relapses = 0
    for event in events:
        day = day_of(event.at)
        author = event.write.author
        match event.type:
            case EventType.RECTIFY | EventType.SUBMIT:
                rectifiers.add(author)
                accepted = False
                facts["rectified_on"] = day
            case EventType.ACCEPT if author not in rectifiers:
                accepted = True
                facts["acceptor"] = author
            case EventType.REJECT:
                accepted = False
            case EventType.CLOSE:
                if accepted and author not in rectifiers:
                    facts.setdefault("first_closed_on", day)
                facts["closed_on"] = day
            case EventType.CONTROL:
                facts["controlled_on"] = day
            case EventType.ASSIGN | EventType.TRANSFER:
                facts["assignee_unit"] = event.assignee_unit
                facts["assigned_on"] = day
            case EventType.RECHECK:
                facts["rechecked_on"] = day
                recheck = event.result
            case EventType.RELAPSE:
                relapses += 1
                accepted = False
                rectifiers.clear()
        if event.due_date:
            facts["due_date"] = event.due_date
    return HazardHistory(
        status=status,
        concurrent_statuses=tuple(
            sorted({STATUS_AFTER[h.type] for h in last} - {status}, key=lambda s: s.value),
        ),
        rectifiers=frozenset(rectifiers),
        accepted=accepted,
        recheck_result=recheck,
        relapses=relapses,
        order=tuple(event.record for event in events),
        holding=tuple(event.record for event in last),
        **facts,
    )


def refusal(
    step: EventType,
    life: HazardHistory,
    actor: str,
    role: Role,
    *,
    after_photos: int = 0,
    reason: str | None = None,
) -> Problem | None:
    """Why `actor` may not take `step` now, or None when the way is open.

    `after_photos`: what the function of that name counts.
    """
    if not permissions.may(role, permissions.step_action(step)):
        return problems.role_forbidden(step=step.value, role=role.value)
    if not _leads_on(step, life):
        return problems.step_not_open(step=step.value, status=life.status.value)
    if step in (EventType.ACCEPT, EventType.CLOSE) and actor in life.rectifiers:
        return problems.acceptor_is_rectifier(step=step.value)
    if life.accepted is (step is EventType.ACCEPT) and step in (EventType.ACCEPT, EventType.CLOSE):
        return problems.step_not_open(step=step.value, status=life.status.value)
    if step is EventType.SUBMIT and after_photos < 1:
        return problems.after_photo_missing(step=step.value)
    if step in NEEDS_REASON and not (reason or "").strip():
        return problems.reason_missing(step=step.value)
    return None


def _leads_on(step: EventType, life: HazardHistory) -> bool:
    """Whether a step may follow one of the statuses that hold, or says which of several does.

    A 销号 is confirmed by accepting it anew, the others by the step that leads to them.
    """
    holding = {life.status, *life.concurrent_statuses}
    if step not in ALLOWED_FROM or holding & ALLOWED_FROM[step]:
        return True
    confirmed = Status.CLOSED if step is EventType.ACCEPT else STATUS_AFTER.get(step)
    return bool(life.concurrent_statuses) and confirmed in holding


def next_steps(
    life: HazardHistory, actor: str, role: Role, steps: Sequence[EventType], **given: int
) -> list[EventType]:
    """Those of `steps` that are open to `actor` now (a missing reason can still be given)."""
    return [step for step in steps if refusal(step, life, actor, role, reason="-", **given) is None]
