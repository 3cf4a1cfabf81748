"""Spans of days: how old what is open is, and how long what is done took."""

from collections.abc import Mapping
from dataclasses import dataclass

AGES = (7, 30, 90, 180)
"""The last days of the bands of ages; what is older is a band of its own."""


@dataclass(frozen=True, slots=True)
class Band:
    """`count` things of `least` to `most` days, both included; `most` is None for all that is longer."""

    least: int
    most: int | None
    count: int


def bands(days: Mapping[int, int]) -> list[Band]:
    """The bands of ages. `days`: days → how many things are so old; a day in the future counts as today."""
    starts = [0, *(last + 1 for last in AGES)]
    found = []
    for least, most in zip(starts, [*AGES, None], strict=True):
        some = (count for age, count in days.items() if _within(max(0, age), least, most))
        found.append(Band(least, most, sum(some)))
    return found


def _within(age: int, least: int, most: int | None) -> bool:
    return least <= age and (most is None or age <= most)


def quantile(days: Mapping[int, int], share: float) -> int | None:
    """The days within which that share of things was done; None where there are none."""
    wanted, seen = share * sum(days.values()), 0
    for day in sorted(days):
        seen += days[day]
        if seen >= wanted and seen:
            return day
    return None
