"""The life of a hazard: events fold into a status; who may take which step next, and if not, why.

Status is the register that status-changing events write: each event type leads to one status whatever came
before, but for the 登记 that takes back a 合并 or 不属实, which leads to what was before that. So the fold is
free of order, and two concurrent events (销号 here, 反弹 there) both show.

`refusal` is the one definition of what a step rests on, for phones, pages and the log (decision 22).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from shared import permissions, problems
from shared.hazards.history import (
    HazardHistory,
    TimelineEvent,
    closings_taken_back,
    day_of_closing,
    day_of_event,
    in_order,
    unsuperseded,
)
from shared.problems import Problem
from shared.vocabulary import EventType, PatrolResult, Role, Status

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
    EventType.REOPEN: Status.PENDING_ACCEPTANCE,
    EventType.RELAPSE: Status.RELAPSED,
    EventType.RETURN: Status.RETURNED,
    EventType.INVALIDATE: Status.INVALID,
    EventType.MERGE: Status.MERGED,
}
"""Event type → the status it leads to; the others (巡查, 延期, 验收通过, 复查, 备注) do not change it."""

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

SETTLED = frozenset(Status) - OPEN
"""Statuses in which a hazard waits for nothing: 已销号, 不属实, 已合并."""

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
    EventType.REOPEN: frozenset({Status.CLOSED}),
    EventType.RECHECK: frozenset({Status.CLOSED}),
    EventType.RELAPSE: frozenset({Status.CLOSED}),
    EventType.EXTEND: _RECTIFIABLE,
    EventType.RETURN: frozenset({Status.REPORTED, Status.REGISTERED}),
    EventType.INVALIDATE: _RECTIFIABLE,
    EventType.MERGE: OPEN | {Status.CLOSED},
}
"""Event type → the statuses from which a person may take it; types not listed are open in every status."""

ALWAYS_OPEN = frozenset({EventType.PATROL, EventType.NOTE})
"""巡查 and 备注 can be recorded at any time and do not change the status."""

TAKEN_BACK = frozenset({EventType.MERGE, EventType.INVALIDATE})
"""What a 登记 takes back."""

RESTS_ON_EVIDENCE = frozenset({EventType.SUBMIT, EventType.ACCEPT, EventType.CLOSE})
"""报验, 验收通过 and 销号: they need a 整改 and a photo of the finished work, both since the last 反弹
(`evidence.finished_photos`)."""

SETS_DEADLINE = frozenset({EventType.ASSIGN, EventType.TRANSFER, EventType.EXTEND})
"""Steps that set the 整改时限; a due date in other events changes nothing."""

NEEDS_REASON = frozenset(
    {EventType.REJECT, EventType.REOPEN, EventType.RETURN, EventType.INVALIDATE}
    | {EventType.RELAPSE, EventType.EXTEND}
)


def fold(events: Iterable[TimelineEvent]) -> HazardHistory:
    """The history of a set of events, whatever their order and repetition.

    A hazard without events has been reported: its first save is the 上报.
    """
    events = in_order(events)
    held, undone = _held(events), closings_taken_back(events)
    status = held[-1][0] if held else Status.REPORTED
    going = _Rectification()
    facts: dict[str, str | None] = {}
    recheck: PatrolResult | None = None
    relapse_due = False
    relapses = 0
    for event in events:
        day = day_of_event(event)
        author = event.write.author
        going.take(event)
        match event.type:
            case EventType.RECTIFY | EventType.SUBMIT:
                facts["rectified_on"] = day
            case EventType.ACCEPT | EventType.CLOSE if event.record in undone:
                pass
            case EventType.ACCEPT if going.accepted:
                facts["acceptor"] = author
            case EventType.CLOSE:
                relapse_due = False
                day = day_of_closing(event, events)
                if author not in going.rectifiers and _saw_acceptance(event, events):
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
                relapse_due = recheck is PatrolResult.PROBLEM
            case EventType.RELAPSE:
                relapses += 1
                relapse_due = False
        if event.due_date and event.type in SETS_DEADLINE:
            facts["due_date"] = event.due_date
    return HazardHistory(
        status=status,
        concurrent_statuses=tuple(sorted({held for held, _ in held} - {status}, key=lambda s: s.value)),
        rectified=going.rectified,
        rectifiers=frozenset(going.rectifiers),
        accepted=going.accepted,
        recheck_result=recheck,
        relapse_due=relapse_due and status is Status.CLOSED,
        relapses=relapses,
        order=tuple(event.record for event in events),
        holding=tuple(dict.fromkeys(event.record for _, event in reversed(held)))[::-1],
        **facts,
    )


@dataclass(slots=True)
class _Rectification:
    """The present rectification, event by event: who did it, and whether another person accepted it."""

    rectified: bool = False
    rectifiers: set[str] = field(default_factory=set)
    accepted: bool = False

    def take(self, event: TimelineEvent) -> None:
        author = event.write.author
        match event.type:
            case EventType.RECTIFY | EventType.SUBMIT:
                self.rectifiers.add(author)
                self.rectified = self.rectified or event.type is EventType.RECTIFY
                self.accepted = False
            case EventType.ACCEPT:
                self.accepted = self.accepted or author not in self.rectifiers
            case EventType.REJECT | EventType.REOPEN:
                self.accepted = False
            case EventType.RELAPSE:
                self.rectified = self.accepted = False
                self.rectifiers.clear()


def _saw_acceptance(closing: TimelineEvent, events: Sequence[TimelineEvent]) -> bool:
    """Whether the author had seen an acceptance by somebody else that was still valid."""
    seen = _Rectification()
    for event in events:
        if closing.write.supersedes(event.write):
            seen.take(event)
    return seen.accepted and closing.write.author not in seen.rectifiers


def _held(events: Sequence[TimelineEvent]) -> list[tuple[Status, TimelineEvent]]:
    """The statuses that hold, each with the event it comes from; the one that is shown is last."""
    turning = [event for event in events if event.type in STATUS_AFTER]
    led: dict[str, list[Status]] = {}
    for place, event in enumerate(turning):
        before = turning[:place] if event.type is EventType.REGISTER else ()
        led[event.record] = _led_to(event, before, led)
    held = [(status, event) for event in unsuperseded(turning) for status in led[event.record]]
    return sorted(held, key=lambda one: (_precedence(one[0]), one[1].write.rank))


def _led_to(
    event: TimelineEvent, before: Sequence[TimelineEvent], led: Mapping[str, list[Status]]
) -> list[Status]:
    """The statuses that an event leads to; `led`: those of the events `before` it."""
    if event.type is EventType.REGISTER and any(one.type in TAKEN_BACK for one in before):
        seen = [one for one in before if event.write.supersedes(one.write)]
        last = unsuperseded(seen)
        if any(one.type in TAKEN_BACK for one in last):
            while any(one.type in TAKEN_BACK for one in last):
                seen = [one for one in seen if one not in last or one.type not in TAKEN_BACK]
                last = unsuperseded(seen)
            return [status for one in last for status in led[one.record]] or [Status.REPORTED]
    return [STATUS_AFTER[event.type]]


def _precedence(status: Status) -> int:
    """Which of several statuses is shown and counted: while they are in dispute, nothing counts."""
    return 2 if status in OPEN else 0 if status is Status.CLOSED else 1


def refusal(
    step: EventType,
    history: HazardHistory,
    actor: str,
    role: Role,
    *,
    after_photos: int = 0,
    reason: str | None = None,
) -> Problem | None:
    """Why `actor` may not take `step` now, or None if they may.

    `after_photos`: how many `evidence.finished_photos` finds.
    """
    if not permissions.may(role, permissions.step_action(step)):
        return problems.role_forbidden(step=step.value, role=role.value)
    return obstacle(step, history, actor, after_photos=after_photos, reason=reason)


def obstacle(
    step: EventType, history: HazardHistory, actor: str, *, after_photos: int, reason: str | None
) -> Problem | None:
    """`refusal` for somebody whose role permits the step."""
    if not _leads_on(step, history):
        return problems.step_not_open(step=step.value, status=history.status.value)
    if step in (EventType.ACCEPT, EventType.CLOSE) and actor in history.rectifiers:
        return problems.acceptor_is_rectifier(step=step.value)
    if history.accepted is (step is EventType.ACCEPT) and step in (EventType.ACCEPT, EventType.CLOSE):
        return problems.step_not_open(step=step.value, status=history.status.value)
    if step in RESTS_ON_EVIDENCE and not _confirms(step, history):
        if not history.rectified:
            return problems.rectification_missing(step=step.value)
        if after_photos < 1:
            return problems.after_photo_missing(step=step.value)
    if step in NEEDS_REASON and not (reason or "").strip():
        return problems.reason_missing(step=step.value)
    return None


def _leads_on(step: EventType, history: HazardHistory) -> bool:
    """Whether a step may follow one of the statuses that hold, or confirms one of several."""
    holding = {history.status, *history.concurrent_statuses}
    return step not in ALLOWED_FROM or bool(holding & ALLOWED_FROM[step]) or _confirms(step, history)


_CONFIRMED: dict[EventType, Status | None] = {EventType.ACCEPT: Status.CLOSED, EventType.REOPEN: None}


def _confirms(step: EventType, history: HazardHistory) -> bool:
    """Whether a step confirms one of several statuses that hold.

    A 销号, which rests on evidence, is confirmed by accepting again, the others by the step that leads to
    them.
    """
    confirmed = _CONFIRMED.get(step, STATUS_AFTER.get(step))
    return bool(history.concurrent_statuses) and confirmed in {history.status, *history.concurrent_statuses}


def next_steps(
    history: HazardHistory, actor: str, steps: Sequence[EventType], *, after_photos: int = 0
) -> list[EventType]:
    """Those of `steps`, permitted to `actor`, that are open now (a missing reason can still be given)."""
    why_not = partial(obstacle, history=history, actor=actor, after_photos=after_photos, reason="-")
    return [step for step in steps if why_not(step) is None]
