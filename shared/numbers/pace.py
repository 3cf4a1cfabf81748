"""How a year goes toward its target, week by week: what was counted, what is still needed, what to expect."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from shared.counting import week_of

RECENT = 4
"""The present pace is that of so many whole weeks before the present one."""
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """The week that begins on an ISO Monday: how many hazards (处) were counted in it, and since New Year."""

    monday: str
    counted: int
    total: int


@dataclass(frozen=True, slots=True)
class Pace:
    """The weeks of a year up to the present one, and what follows from them; numbers of hazards (处).

    `every`: the Mondays of all weeks of the year. `needed`: how many must be added each week from now on to
    reach the target, 0 where it is reached; None without a target or after the year. `recent`: how many were
    counted each week lately. `forecast`: the net number on 31 December at that pace, if no more relapse; None
    after the year.
    """

    weeks: tuple[Week, ...]
    every: tuple[str, ...]
    needed: float | None
    recent: float
    forecast: int | None


def of_year(counted: Mapping[str, int], year: int, target: int, net: int, today: str) -> Pace:
    """The pace of a year on the ISO day `today`. `counted`: ISO Monday → hazards counted in that week
    (`counting.Tally.weeks`); `target` is 0 where none is set."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    every = tuple(_mondays(first, last))
    present = week_of(today)
    past = [monday for monday in every if monday <= present]
    totals = accumulate(counted.get(monday, 0) for monday in past)
    weeks = tuple(
        Week(monday, counted.get(monday, 0), total) for monday, total in zip(past, totals, strict=True)
    )
    whole = [week.counted for week in weeks if week.monday < present][-RECENT:]
    recent = sum(whole) / len(whole) if whole else float(sum(week.counted for week in weeks))
    left = (last - max(date.fromisoformat(today), first)).days / 7
    if left < 0:
        return Pace(weeks, every, None, recent, None)
    # What is missing on the last day must be done on that day.
    needed = max(0, target - net) / max(left, 1 / 7) if target else None
    return Pace(weeks, every, needed, recent, round(net + recent * left))


def _mondays(first: date, last: date) -> list[str]:
    monday = date.fromisoformat(week_of(first.isoformat()))
    found = []
    while monday <= last:
        found.append(monday.isoformat())
        monday += _WEEK
    return found
