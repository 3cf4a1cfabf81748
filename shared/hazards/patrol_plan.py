"""巡查频次: how often a water is to be patrolled, by its risk and the season, and whether that is due.

Which 巡查 count: `hazards.patrols`. The days themselves are a programme's (`Profile.patrol_plan`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from shared.hazards.history import TimelineEvent, day_of_event
from shared.hazards.merging import GONE
from shared.hazards.patrols import is_valid
from shared.vocabulary import PatrolValidity, RiskLevel, Status
from shared.wording import Wording

Level = RiskLevel | None
"""The 风险等级 of a hazard; None for one that is not rated yet."""
LEVELS: tuple[Level, ...] = (*RiskLevel, None)


@dataclass(frozen=True, slots=True)
class Season:
    """A part of each year, from `first` to `last`: MM-DD in China's time, both included.

    `days`: in this season a water of a risk level is patrolled at least once in so many days.
    """

    name: Wording
    first: str
    last: str
    days: Mapping[Level, int]


@dataclass(frozen=True, slots=True)
class PatrolPlan:
    """How often the waters of a programme are patrolled.

    Of several seasons that hold a day, the first counts. The last one holds the whole year, and each has its
    days for every risk level.
    """

    seasons: tuple[Season, ...]

    def __post_init__(self) -> None:
        whole = bool(self.seasons) and (self.seasons[-1].first, self.seasons[-1].last) == ("01-01", "12-31")
        if not whole or any(season.first > season.last for season in self.seasons):
            raise ValueError("the seasons leave a gap")
        if any(season.days.get(level, 0) < 1 for season in self.seasons for level in LEVELS):
            raise ValueError("a risk level has no days")

    def season(self, day: str) -> Season:
        """The season of an ISO day."""
        return next(one for one in self.seasons if one.first <= day[5:10] <= one.last)

    def days(self, level: Level, day: str) -> int:
        """Once in how many days a water of that level is to be patrolled, by the season of an ISO day."""
        return self.season(day).days[level]

    def seen_by(self, level: Level, today: str) -> str:
        """The last ISO day: waters of that level that were last seen then or before are due `today`."""
        return (date.fromisoformat(today) - timedelta(days=self.days(level, today))).isoformat()

    def due_on(self, level: Level, seen_on: str, today: str) -> str:
        """The ISO day by which such a water is to be patrolled again, by the season of `today`."""
        return (date.fromisoformat(seen_on) + timedelta(days=self.days(level, today))).isoformat()

    def is_due(self, level: Level, seen_on: str | None, today: str) -> bool:
        """Whether a water must be patrolled `today` or should have been; see the function `seen_on`."""
        return seen_on is not None and seen_on <= self.seen_by(level, today)


def seen_on(
    status: Status,
    events: Iterable[TimelineEvent],
    validity: Mapping[str, PatrolValidity],
    found_on: str | None,
) -> str | None:
    """The ISO day on which somebody was last at a water: that of its last 有效巡查, else of its finding.

    None where nobody has to go: it was merged or is unfounded. `validity`: its `patrols.judged`.
    """
    if status in GONE:
        return None
    valid = (
        day_of_event(event)
        for event in events
        if event.record in validity and is_valid(validity[event.record])
    )
    return max(valid, default=found_on)


def days_between(earlier: str, later: str) -> int:
    """The days from an ISO day to another."""
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days
