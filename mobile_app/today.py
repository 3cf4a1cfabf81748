"""What waits for this phone's person today, and where it lies from where they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf
from typing import TYPE_CHECKING

from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.queries import due
from mobile_app.store.queries.due import DueHazard, OwnNumbers
from shared import geo
from shared.geo import Bearing
from shared.records.fix import Fix

if TYPE_CHECKING:
    from mobile_app.device.clock import Clock
    from mobile_app.store.queries.hazards import HazardRow


STOPS = 20
"""So many hazards are one round."""


@dataclass(frozen=True, slots=True)
class Round:
    """The hazards to go to, in this order; how many lie farther away, and how many have no position."""

    stops: "Sequence[HazardRow]"
    farther: int
    unplaced: int


class Today:
    """A part of the services. `fix`: the device's last position, None before there is one; not stored."""

    def __init__(self, database: PhoneDatabase, clock: "Clock") -> None:
        self._database, self._clock = database, clock
        self.fix: Fix | None = None

    @property
    def age(self) -> timedelta:
        """How old `fix` is now; never negative, zero without one."""
        if self.fix is None:
            return timedelta(0)
        since = self._clock.wall() - self.fix.heard_at
        return max(timedelta(0), since + self.fix.age if self.fix.old else since)

    def due(self, today: date) -> list[DueHazard]:
        """The hazards that wait for the person, the most urgent first; of each urgency the nearest first,
        and those without a position last. Without a fix they are as in `queries.due.listed`."""
        found = self._database.read(lambda session: due.listed(session, today.isoformat()))
        return sorted(found, key=self._order)

    def round(self, today: date) -> Round:
        """The hazards of `due` that have a position, the nearest first, or in its order without a fix."""
        rows = list({one.row.id: one.row for one in self.due(today)}.values())
        placed = [row for row in rows if row.lat is not None and row.lon is not None]
        if self.fix is not None:
            placed.sort(key=self._metres)
        return Round(placed[:STOPS], max(0, len(placed) - STOPS), len(rows) - len(placed))

    def own_numbers(self) -> OwnNumbers:
        """What became of what the person reported, as far as it is on this phone."""
        return self._database.read(due.own_numbers)

    def bearing(self, row: "HazardRow") -> Bearing | None:
        """Where it lies from the last fix; None where either has no position."""
        fix = self.fix
        if fix is None or row.lat is None or row.lon is None:
            return None
        return geo.bearing((fix.lat, fix.lon), (row.lat, row.lon))

    def _order(self, hazard: DueHazard) -> tuple[int, float]:
        return hazard.urgency, self._metres(hazard.row)

    def _metres(self, row: "HazardRow") -> float:
        bearing = self.bearing(row)
        return bearing.metres if bearing else inf
