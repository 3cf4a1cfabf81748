"""Counting toward the target: what counts as treated, once, and what is shown separately.

The definition is a proposal of this project; it is printed under every number (`DEFINITION`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from shared.lifecycle import OPEN
from shared.vocabulary import Status, Term


class Definition(Term):
    """The sentence that is printed under every number."""

    CLOSED_ONLY = (
        "closed_only",
        "每处隐患只计一次，计入首次验收通过并销号的年度；销号后反弹的单独列出，并从净完成数中扣除；"
        "管控中、已合并、不属实的不计。",
        "Each hazard counts once, in the year it was first accepted and closed. Those that relapsed "
        "are shown apart and deducted from the net figure; those under control, merged or unfounded do "
        "not count.",
    )
    WITH_CONTROLLED = (
        "with_controlled",
        "每处隐患只计一次，计入首次验收通过并销号的年度；管控中的按本单位规定计入；销号后反弹的单独列出，"
        "并从净完成数中扣除；已合并、不属实的不计。",
        "Each hazard counts once, in the year it was first accepted and closed; those under control "
        "count too, as this deployment has decided. Those that relapsed are shown apart and deducted from "
        "the net figure; those merged or unfounded do not count.",
    )


@dataclass(frozen=True, slots=True)
class Rules:
    """How one year is counted, and its target (处)."""

    year: int
    target: int = 2000
    controlled_counts: bool = False

    @property
    def definition(self) -> Definition:
        return Definition.WITH_CONTROLLED if self.controlled_counts else Definition.CLOSED_ONLY


@dataclass(frozen=True, slots=True)
class Case:
    """One hazard as counting needs it; days are ISO text.

    `status`: if several hold, the one that is shown, so that every page counts alike. `closed_on` is the
    first day on which it was accepted and closed (`HazardHistory.first_closed_on`), `controlled_on` the day
    since which it is under control.
    """

    town_code: str | None
    status: Status
    closed_on: str | None = None
    controlled_on: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers of hazards (处). `net = done + controlled - relapsed`; `controlled`: only those that count.

    `relapsed`: done in this year and open again now. `waiting`: open, not counted. `weeks`: ISO Monday of the
    week → hazards counted in it.
    """

    found: int = 0
    done: int = 0
    controlled: int = 0
    relapsed: int = 0
    waiting: int = 0
    target: int | None = None
    weeks: Mapping[str, int] = field(default_factory=dict)

    @property
    def net(self) -> int:
        return self.done + self.controlled - self.relapsed

    @property
    def rate(self) -> float | None:
        """净完成 as a share of the target, if there is one; more than 1 when it is exceeded."""
        return self.net / self.target if self.target else None


def tally(cases: Iterable[Case], rules: Rules) -> Tally:
    """The numbers of a campaign over all towns."""
    return _tally(list(cases), rules, rules.target)


def week_of(day: str) -> str:
    """The ISO Monday of the week of an ISO day."""
    when = date.fromisoformat(day)
    return date.fromordinal(when.toordinal() - when.weekday()).isoformat()


def _tally(cases: list[Case], rules: Rules, target: int | None) -> Tally:
    year = str(rules.year)
    numbers: Counter[str] = Counter()
    weeks: Counter[str] = Counter()
    for case in cases:
        if case.status in (Status.MERGED, Status.INVALID):
            continue
        numbers["found"] += 1
        is_open = case.status in OPEN
        if case.closed_on is not None:
            if case.closed_on[:4] == year:
                numbers["done"] += 1
                numbers["relapsed"] += is_open
                weeks[week_of(case.closed_on)] += 1
            continue
        controlled_in = (case.controlled_on or year)[:4]
        if rules.controlled_counts and case.status is Status.CONTROLLED and controlled_in == year:
            numbers["controlled"] += 1
            if case.controlled_on:
                weeks[week_of(case.controlled_on)] += 1
        elif is_open:
            numbers["waiting"] += 1
    return Tally(**numbers, target=target, weeks=dict(sorted(weeks.items())))


def percent(part: int, whole: int) -> str:
    """A share in per cent, to be shown; "–" of nothing."""
    return f"{100 * part / whole:.1f}%" if whole else "–"
