"""The events of one hazard, in order, and the history that they make."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shared import clock
from shared.china_time import day_of, day_of_ms
from shared.merge import Write
from shared.vocabulary import EventType, PatrolResult, Status


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
    """What the events of one hazard say. Dates are ISO days in China, as `day_of_event` has them.

    `status`: of several that hold an open one, else one that takes the hazard out of the count.
    `concurrent_statuses`: the others, which a person must settle; `holding`: the events by
    which these and `status` came about, that of `status` last. `rectified`: whether a 整改 came since the
    last 反弹; `rectifiers`: those who did or submitted it. `accepted`: by someone who was none of them.
    `first_closed_on`: the day of the first 销号 whose author had seen such an acceptance, which counts toward
    the target; a 销号 without it shows in the status and counts for nothing, and one that was taken back
    leaves no trace in any of the days. `controlled_on`: the last 管控.
    `relapse_due`: a 复查 found a problem since the last 销号, and nobody has said 反弹 yet.
    """

    status: Status = Status.REPORTED
    concurrent_statuses: tuple[Status, ...] = ()
    rectified: bool = False
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
    relapse_due: bool = False
    relapses: int = 0
    order: tuple[str, ...] = field(default=())
    holding: tuple[str, ...] = field(default=())


_BACK = frozenset({EventType.RETURN, EventType.REJECT})
_CLOSING = frozenset({EventType.ACCEPT, EventType.CLOSE})


def first_write(writes: Iterable[Write]) -> Write:
    """The write of an event that counts: an event is written once.

    Of several, the earliest that the server has stamped, else the earliest.
    """
    return min(writes, key=_written)


def timeline_event(record: str, write: Write) -> TimelineEvent:
    """The event of a record's write; its fields are those of `models.HazardEvent`."""
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


def in_order(events: Iterable[TimelineEvent]) -> list[TimelineEvent]:
    """Each event once (see `first_write`), as they came about: by (hlc, device, number)."""
    once: dict[str, TimelineEvent] = {}
    for event in sorted(events, key=lambda event: _written(event.write)):
        once.setdefault(event.record, event)
    return sorted(once.values(), key=lambda event: event.write.rank)


def closings_taken_back(events: Sequence[TimelineEvent]) -> frozenset[str]:
    """The records of each 验收通过 and 销号 that a 撤销销号 took back: as if they had never been.

    They are those that its author had seen, since the last 反弹 that they had seen.
    """
    found = set()
    for reopening in (event for event in events if event.type is EventType.REOPEN):
        seen = [event for event in events if reopening.write.supersedes(event.write)]
        relapses = [event.write for event in seen if event.type is EventType.RELAPSE]
        found |= {
            event.record
            for event in seen
            if event.type in _CLOSING and not any(one.supersedes(event.write) for one in relapses)
        }
    return frozenset(found)


def unsuperseded(events: Sequence[TimelineEvent]) -> list[TimelineEvent]:
    """Those that none of the others has superseded; asking each about each costs their number squared."""
    newest: dict[str, int] = {}
    for event in events:
        newest[event.write.device] = max(event.write.number, newest.get(event.write.device, 0))
    bases = sorted((event.write.base for event in events), reverse=True)[:2]

    def is_superseded(write: Write) -> bool:
        others = bases[1:] if write.base == bases[0] else bases[:1]
        seen = write.seq is not None and bool(others) and write.seq <= others[0]
        return seen or write.number < newest[write.device]

    return [event for event in events if not is_superseded(event.write)]


def sent_back(events: Iterable[TimelineEvent], told: HazardHistory) -> TimelineEvent | None:
    """The 退回 or 验收不通过 that gave the hazard its status; None for any other status."""
    latest = told.holding[-1] if told.holding else None
    return next((event for event in in_order(events) if event.record == latest and event.type in _BACK), None)


def _written(write: Write) -> tuple[bool, tuple[str, str, int]]:
    return (write.seq is None, write.rank)


def day_of_event(event: TimelineEvent) -> str:
    """The ISO day in China of an event: its own `at`, but never later than the stamp it was given."""
    return min(day_of(event.at), day_of_ms(clock.parts(event.write.hlc)[0]))


def day_of_closing(closing: TimelineEvent, events: Iterable[TimelineEvent]) -> str:
    """The ISO day in China of a 销号, which is not before that of any event its author had seen."""
    seen = (day_of_event(event) for event in events if closing.write.supersedes(event.write))
    return max([day_of_event(closing), *seen])
