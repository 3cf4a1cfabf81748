"""Limits how much one person's phones may change at once: an allowance that refills over time.

A normal week offline fits; ten thousand made-up hazards do not. What does not fit stays on the phone, which
sends it later. Kept in memory: a restart resets it.
"""

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Burst(StrEnum):
    """The kinds of change that are limited."""

    OPERATIONS = "operations"
    NEW_RECORDS = "new_records"  # hazards and visits
    MOVES = "moves"  # to another town
    DELETIONS = "deletions"
    NOTES = "notes"  # 巡查 and 备注, which are open in every status
    CLAIMS = "claims"  # to have seen another log, without proof


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many at once, and how many more each hour."""

    most: int
    per_hour: int


@dataclass(frozen=True, slots=True)
class Remaining:
    """How many are left, and the seconds until there is one more."""

    left: int
    wait_s: int


ALLOWANCES: Mapping[Burst, Allowance] = {
    Burst.OPERATIONS: Allowance(10_000, 5_000),
    Burst.NEW_RECORDS: Allowance(1_000, 300),
    Burst.MOVES: Allowance(100, 50),
    Burst.DELETIONS: Allowance(50, 20),
    Burst.NOTES: Allowance(1_500, 60),
    Burst.CLAIMS: Allowance(10, 10),
}
_REMEMBERED = 50_000


class Bursts:
    """What is left of each person's allowances, which are `ALLOWANCES` times `factor`."""

    def __init__(self, factor: float = 1.0, now: Callable[[], float] = time.monotonic) -> None:
        self._factor = factor
        self._now = now
        self._left: dict[tuple[Burst, str], tuple[float, float]] = {}
        self._lock = threading.Lock()

    def remaining(self, who: str) -> dict[Burst, Remaining]:
        """How many of each a person's phones may do now."""
        with self._lock:
            return {burst: self._remaining(burst, who) for burst in Burst}

    def spend(self, who: str, done: Mapping[Burst, int]) -> None:
        """Subtract what was done from the allowances."""
        with self._lock:
            now = self._now()
            for burst, count in done.items():
                if count:
                    left = self._present(burst, who) - count
                    while len(self._left) >= _REMEMBERED:
                        self._left.pop(next(iter(self._left)))
                    self._left[burst, who] = (max(0.0, left), now)

    def _remaining(self, burst: Burst, who: str) -> Remaining:
        present = self._present(burst, who)
        wait = (1 - present) * 3600 / (ALLOWANCES[burst].per_hour * self._factor)
        return Remaining(math.floor(present), max(1, math.ceil(wait)))

    def _present(self, burst: Burst, who: str) -> float:
        allowance = ALLOWANCES[burst]
        most = allowance.most * self._factor
        left, at = self._left.get((burst, who), (most, self._now()))
        return min(most, left + (self._now() - at) * allowance.per_hour * self._factor / 3600)
