"""Position fixes: how old and how accurate one is, and the best new one of a wait."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.geo import about_metres
from shared.records.models import Position
from shared.vocabulary import CoordSource

NEW = timedelta(seconds=5)
"""A fix is new if it is at most this old: devices also answer with one from minutes ago, far away."""
STILL_NEW = timedelta(seconds=60)
"""For this long, a fix is preferred to a less accurate one from the same place."""
GOOD_METRES = 10.0
USABLE_METRES = 1000.0
"""A less accurate fix comes from a device that is set to hide where it is."""
CLOCK_TOLERANCE = timedelta(minutes=5)
"""A clock that is wrong by more makes the times of a record doubtful."""
SAME_STAND = timedelta(minutes=5)
"""A photo was taken where the position was found, if no more lies between the two."""
MAX_AGE_S = 1_000_000
"""The greatest age in seconds that a position can record."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A position in degrees WGS-84 and its accuracy in metres (None if the device does not know).

    `taken_at` is the fix's own time, `heard_at` that of the device's clock when the fix arrived; both have
    their offsets. `mock`: another program on the device made it up. `old`: it is not new, see `FixSearch`.
    """

    lat: float
    lon: float
    accuracy_m: float | None
    taken_at: datetime
    heard_at: datetime
    mock: bool = False
    old: bool = False

    @property
    def age(self) -> timedelta:
        """How old it was when it arrived, by the device's clock; negative if that is behind."""
        return self.heard_at - self.taken_at

    @property
    def good(self) -> bool:
        """Whether it is accurate enough to stop waiting for a better one."""
        return self.accuracy_m is not None and self.accuracy_m <= GOOD_METRES

    @property
    def usable(self) -> bool:
        """Whether it is accurate enough to tell one water from another."""
        return self.accuracy_m is None or self.accuracy_m <= USABLE_METRES

    def better_than(self, other: "Fix") -> bool:
        """Whether it is more accurate; an unknown accuracy is the least accurate."""
        return self.accuracy_m is not None and (
            other.accuracy_m is None or self.accuracy_m < other.accuracy_m
        )

    @property
    def position(self) -> Position:
        """The fix as records keep it; the doubts are written only where there are any.

        A new fix far from the device's time shows that the device's clock is wrong.
        """
        return Position(
            lat=self.lat,
            lon=self.lon,
            accuracy_m=None if self.accuracy_m is None else round(self.accuracy_m, 1),
            source=CoordSource.GNSS,
            fix_time=self.taken_at.isoformat(timespec="seconds"),
            mock_location=True if self.mock else None,
            clock_skewed=True if not self.old and abs(self.age) > CLOCK_TOLERANCE else None,
            age_s=min(MAX_AGE_S, max(0, round(self.age.total_seconds()))) if self.old else None,
        )


@dataclass
class FixSearch:
    """The fixes that arrive during one wait: `best` is the most accurate new one, `old` the latest other.

    An old one is used if the device has nothing newer, but never counts as new.
    """

    best: Fix | None = None
    old: Fix | None = None
    _doubtful: list[Fix] = field(default_factory=list)

    def add(self, fix: Fix) -> None:
        """Add another fix."""
        if self._is_new(fix):
            if self.best is None or fix.better_than(self.best):
                self.best = fix
            return
        self._doubtful.append(fix)
        if self.old is None or fix.taken_at > self.old.taken_at:
            self.old = replace(fix, old=True)

    @property
    def found(self) -> Fix | None:
        """The result of the wait so far."""
        return self.best or self.old

    def _is_new(self, fix: Fix) -> bool:
        """Whether it is recent by the device's clock or, if that clock is wrong, keeps pace with it.

        A device that repeats an old fix gives the same time again, at a growing age.
        """
        return abs(fix.age) <= NEW or any(
            earlier.taken_at != fix.taken_at and abs(earlier.age - fix.age) <= NEW
            for earlier in self._doubtful
        )


def stands(present: Position, found: Position) -> bool:
    """Whether the `present` position of a record is kept although `found` was measured after it.

    It is if it is hardly older, more accurate, and as far as `found` can tell nobody has moved since.
    """
    if present.source is not CoordSource.GNSS or present.accuracy_m is None or not present.fix_time:
        return False
    if found.accuracy_m is None or not found.fix_time or present.mock_location or present.age_s:
        return False
    later = datetime.fromisoformat(found.fix_time) - datetime.fromisoformat(present.fix_time)
    apart = about_metres((present.lat, present.lon), (found.lat, found.lon))
    return (
        timedelta() <= later <= STILL_NEW
        and present.accuracy_m < found.accuracy_m
        and apart <= present.accuracy_m + found.accuracy_m
    )


def found_there(position: Position, taken_at: str | None) -> bool:
    """Whether `position` was measured about when a photo was taken (ISO 8601), and so where."""
    if taken_at is None or position.source is not CoordSource.GNSS or not position.fix_time:
        return False
    return abs(datetime.fromisoformat(position.fix_time) - datetime.fromisoformat(taken_at)) <= SAME_STAND
