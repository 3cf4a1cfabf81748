"""Measuring turn about, round after round, until the ratios are known well enough.

In a round each side has two turns, A B B A, so that whatever changes steadily weighs on both alike. Who
begins changes from round to round. One round gives one value of each quantity: the mean of its two turns.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from statistics import mean
from typing import TypeVar

from tests.bench.figures import NARROW, Bound, Figure

T = TypeVar("T")
LEAST, MOST = 9, 40


@dataclass(slots=True)
class Rounds:
    """Collects what the turns said, round by round."""

    _turns: list[dict[tuple[str, str, str], list[float]]] = field(default_factory=list)

    def begin(self) -> None:
        """Begin another round."""
        self._turns.append(defaultdict(list))

    def add(self, side: str, case: str, **quantities: float | None) -> None:
        """Note what a turn of `side` took; None (not measurable on this machine) is left out."""
        for quantity, value in quantities.items():
            if value is not None:
                self._turns[-1][side, case, quantity].append(value)

    def values(self, side: str, case: str, quantity: str) -> tuple[float, ...]:
        """One quantity in all rounds; empty where it was never measured."""
        return tuple(
            mean(turns[side, case, quantity]) for turns in self._turns if turns[side, case, quantity]
        )

    def figures(
        self,
        part: str,
        case: str,
        quantities: Iterable[tuple[str, str, str, Bound | None]],
        ours: str,
        peer: str,
    ) -> list[Figure]:
        """A line for each (quantity, title, unit, bound) that was measured for `ours`."""
        return [
            Figure(part, f"{case}: {title}", unit, mine, peer, self.values(peer, case, quantity), bound)
            for quantity, title, unit, bound in quantities
            if (mine := self.values(ours, case, quantity))
        ]


def forth_and_back(sides: Sequence[T], number: int) -> list[T]:
    """The turns of round `number`: each side twice, A B C C B A, in the next round B C A A C B."""
    first = number % len(sides)
    forth = [*sides[first:], *sides[:first]]
    return forth + forth[::-1]


def until_known(
    one_round: Callable[[int, Rounds], None],
    figures: Callable[[Rounds], list[Figure]],
    most: int = MOST,
    least: int = LEAST,
) -> list[Figure]:
    """Measure rounds until no figure wants more of them, at least `least` and at most `most`."""
    rounds = Rounds()
    found: list[Figure] = []
    for number in range(most):
        rounds.begin()
        one_round(number, rounds)
        found = figures(rounds)
        unknown = [figure for figure in found if figure.wants_rounds]
        if number + 1 >= min(least, most) and not unknown:
            break
        _show(number + 1, unknown)
    return found


def _show(number: int, unknown: Sequence[Figure]) -> None:
    widest = max((figure.ratio.half_width for figure in unknown if figure.ratio), default=0.0)
    if isfinite(widest) and unknown:
        print(f"  round {number}: {len(unknown)} not within ±{NARROW}, the widest ±{widest:.3f}", flush=True)
    else:
        print(f"  round {number}", flush=True)
