"""The median of a few measurements, and how far from it the true median may lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, inf
from statistics import median

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of `count` measurements; the true one lies between `low` and `high`, 19 times in 20."""

    median: float
    low: float
    high: float
    count: int

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2


def spread(values: Sequence[float]) -> Spread:
    """The spread of the median of `values`, without bounds where they are fewer than six.

    It asks nothing of how they are scattered, only that each falls below or above the true median as a coin
    does: so the chance that as many as all, or all but one, fall on one side is known.
    """
    ordered, left_out = sorted(values), _left_out(len(values))
    if left_out is None:
        return Spread(median(ordered), -inf, inf, len(ordered))
    return Spread(median(ordered), ordered[left_out], ordered[-1 - left_out], len(ordered))


def _left_out(count: int) -> int | None:
    """How many values at either end lie outside of the interval; None where even all of them are too few."""
    chance, left_out = 0.0, None
    for fewer in range(count):
        chance += 2 * comb(count, fewer) / 2**count
        if chance > 1 - CONFIDENCE:
            break
        left_out = fewer
    return left_out
