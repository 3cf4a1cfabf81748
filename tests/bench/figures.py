"""What a measurement yields: figures of ours beside those of a peer, round by round, and what they show."""

from dataclasses import dataclass
from typing import Literal

from tests.bench.spread import Spread, spread

NARROW = 0.025
"""Half of the width that a ratio's interval may have: so a repeated run agrees within twice that."""

Verdict = Literal["met", "not met", "undecided"]


@dataclass(frozen=True, slots=True)
class Bound:
    """A target: `what` ("ratio" or "ours") shall be at least or at most `limit`."""

    what: Literal["ratio", "ours"]
    limit: float
    better: Literal["more", "less"]

    def verdict(self, value: Spread) -> Verdict:
        """Whether the whole interval is on the good side of the limit, or on the bad one, or on neither."""
        if self.better == "more":
            met, missed = value.low >= self.limit, value.high < self.limit
        else:
            met, missed = value.high <= self.limit, value.low > self.limit
        return "met" if met else "not met" if missed else "undecided"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: ours and a peer's in the same rounds, the unit, and a target if any."""

    part: str
    case: str
    unit: str
    ours: tuple[float, ...]
    peer_name: str | None = None
    peer: tuple[float, ...] | None = None
    bound: Bound | None = None

    @property
    def ratio(self) -> Spread | None:
        """Ours over the peer's, round by round, so that a slow minute weighs on both."""
        if self.peer is None or not all(self.peer):
            return None
        return spread([ours / peer for ours, peer in zip(self.ours, self.peer, strict=True)])

    @property
    def verdict(self) -> Verdict | None:
        """Whether the target is met; None where there is none."""
        if self.bound is None:
            return None
        value = spread(self.ours) if self.bound.what == "ours" else self.ratio
        return "undecided" if value is None else self.bound.verdict(value)

    @property
    def wants_rounds(self) -> bool:
        """Whether more rounds are wanted: a ratio with a target is not known well enough."""
        if self.bound is None or self.bound.what == "ours" or self.ratio is None:
            return False
        return self.ratio.half_width > NARROW
