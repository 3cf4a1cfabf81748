"""What a measurement yields: figures of ours beside those of a peer, round by round."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Literal


@dataclass(frozen=True, slots=True)
class Series:
    """One quantity over all rounds of a run."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def least(self) -> float:
        return min(self.values)

    @property
    def most(self) -> float:
        return max(self.values)


@dataclass(frozen=True, slots=True)
class Bound:
    """A target: `what` ("ratio" or "ours") shall be at least or at most `limit`."""

    what: Literal["ratio", "ours"]
    limit: float
    better: Literal["more", "less"]

    def met(self, value: float) -> bool:
        return value >= self.limit if self.better == "more" else value <= self.limit


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: ours and a peer's in the same rounds, the unit, and a target if any."""

    part: str
    case: str
    unit: str
    ours: Series
    peer_name: str | None = None
    peer: Series | None = None
    bound: Bound | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over the peer's: the median of the rounds, so that a slow minute weighs on both."""
        if self.peer is None or not all(self.peer.values):
            return None
        return median(a / b for a, b in zip(self.ours.values, self.peer.values, strict=True))

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        value = self.ratio if self.bound and self.bound.what == "ratio" else self.ours.median
        return None if self.bound is None or value is None else self.bound.met(value)


@dataclass(slots=True)
class Rounds:
    """Collects what several rounds said, by (who, quantity)."""

    _values: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def add(self, who: str, **quantities: float | None) -> None:
        """Note one round's quantities of `who`; None (not measurable on this machine) is left out."""
        for name, value in quantities.items():
            if value is not None:
                self._values.setdefault((who, name), []).append(value)

    def series(self, who: str, quantity: str) -> Series | None:
        """The rounds of one quantity, or None where it was never measured."""
        values = self._values.get((who, quantity))
        return Series(tuple(values)) if values else None

    def figures(
        self,
        part: str,
        quantities: Iterable[tuple[str, str, str, Bound | None]],
        ours: str,
        peer: str,
    ) -> list[Figure]:
        """A line for each (quantity, case, unit, bound) that was measured for `ours`."""
        return [
            Figure(part, case, unit, mine, peer, self.series(peer, quantity), bound)
            for quantity, case, unit, bound in quantities
            if (mine := self.series(ours, quantity)) is not None
        ]
