"""What a year's count is made of: by town, type and risk, week by week, and how long things take.

Hazards that are alike in what is asked count alike, so each group of them is judged once (`shared.counting`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlmodel import Session

from shared.counting import Case, Rules, Tally, tally
from shared.lifecycle import OPEN
from shared.permissions import Action
from shared.vocabulary import Status
from sync_server.access.policy import HAZARD, Access
from sync_server.database.tables import CampaignRow
from sync_server.queries.filters import CountedIn, counted_in, in_town, is_open

_HAZARD = HAZARD.c


@dataclass(frozen=True, slots=True)
class Sums:
    """Numbers of hazards (处). `known`: all but merged and unfounded ones; `counted` and `relapsed` are of
    the year, `open` is of now."""

    known: int = 0
    counted: int = 0
    relapsed: int = 0
    open: int = 0

    @property
    def net(self) -> int:
        return self.counted - self.relapsed

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.known + other.known,
            self.counted + other.counted,
            self.relapsed + other.relapsed,
            self.open + other.open,
        )


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The sums of a year: of all that is seen, and by the code of a town, a type and a risk level, None where
    a hazard has none."""

    whole: Sums
    towns: Mapping[str | None, Sums]
    types: Mapping[str | None, Sums]
    risks: Mapping[str | None, Sums]


@dataclass(frozen=True, slots=True)
class Rechecks:
    """Of the hazards (处) that count in a year: how many had a 复查 after that, and how many relapsed."""

    counted: int
    rechecked: int
    relapsed: int


def of(
    session: Session, access: Access, campaign: CampaignRow, rules: Rules, town: str | None = None
) -> Breakdown:
    """The sums of the year of `rules`, of what may be seen, or of that in a town (or NOWHERE)."""
    closed, controlled = _year(_HAZARD.first_closed_on), _year(_HAZARD.controlled_on)
    groups = (_HAZARD.town_code, _HAZARD.water_type, _HAZARD.risk_level, _HAZARD.status, closed, controlled)
    found = session.execute(
        select(*groups, func.count()).where(_seen(access, campaign, town)).group_by(*groups)
    )
    whole = Sums()
    towns, types, risks = (defaultdict[str | None, Sums](Sums) for _ in range(3))
    for town_code, water_type, risk, status, closed_in, controlled_in, number in found:
        one = _sums(_judged(status, _first_day(closed_in), _first_day(controlled_in), rules), status, number)
        whole += one
        for sums, key in ((towns, town_code), (types, water_type), (risks, risk)):
            sums[key] += one
    return Breakdown(whole, towns, types, risks)


def weeks(
    session: Session, access: Access, campaign: CampaignRow, rules: Rules, town: str | None = None
) -> Mapping[str, int]:
    """ISO Monday → how many hazards were counted in that week; as `counting.Tally.weeks`."""
    groups = (_HAZARD.status, _HAZARD.first_closed_on, _HAZARD.controlled_on)
    found = session.execute(
        select(*groups, func.count())
        .where(_seen(access, campaign, town), counted_in(_asked(rules)))
        .group_by(*groups)
    )
    sums: Counter[str] = Counter()
    for status, closed_on, controlled_on, number in found:
        for week, count in _judged(status, closed_on, controlled_on, rules).weeks.items():
            sums[week] += number * count
    return sums


def ages(
    session: Session, access: Access, campaign: CampaignRow, today: str, town: str | None = None
) -> Mapping[int, int]:
    """Days since they were found → how many of the open hazards are so old."""
    found = session.execute(
        select(_HAZARD.found_on, func.count())
        .where(_seen(access, campaign, town), is_open(), _HAZARD.found_on.is_not(None))
        .group_by(_HAZARD.found_on)
    )
    return _summed((_days(found_on, today), number) for found_on, number in found)


def durations(
    session: Session, access: Access, campaign: CampaignRow, year: int, town: str | None = None
) -> Mapping[int, int]:
    """Days from finding to the first 销号 → how many of those first closed in the year took so long."""
    days = (_HAZARD.found_on, _HAZARD.first_closed_on)
    found = session.execute(
        select(*days, func.count())
        .where(_seen(access, campaign, town), counted_in(CountedIn(year)), _HAZARD.found_on.is_not(None))
        .group_by(*days)
    )
    return _summed((max(0, _days(found_on, closed_on)), number) for found_on, closed_on, number in found)


def rechecks(
    session: Session, access: Access, campaign: CampaignRow, year: int, town: str | None = None
) -> Rechecks:
    """How those first closed in the year were looked after since."""
    looked_at = and_(_HAZARD.rechecked_on.is_not(None), _HAZARD.rechecked_on >= _HAZARD.first_closed_on)
    row = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((looked_at, 1), else_=0)), 0),
            func.coalesce(func.sum(case((_HAZARD.relapses > 0, 1), else_=0)), 0),
        ).where(_seen(access, campaign, town), counted_in(CountedIn(year)))
    ).one()
    return Rechecks(*map(int, row))


def _seen(access: Access, campaign: CampaignRow, town: str | None) -> ColumnElement[bool]:
    conditions = [_HAZARD.campaign == campaign.id, _HAZARD.deleted.is_(False)]
    conditions += [access.where(HAZARD, Action.SEE_HAZARDS), *([in_town(town)] if town else [])]
    return and_(*conditions)


def _judged(status: str, closed_on: str | None, controlled_on: str | None, rules: Rules) -> Tally:
    return tally([Case(None, Status(status), closed_on, controlled_on)], rules)


def _sums(one: Tally, status: str, number: int) -> Sums:
    return Sums(
        number * one.found,
        number * (one.done + one.controlled),
        number * one.relapsed,
        number * (Status(status) in OPEN),
    )


def _asked(rules: Rules) -> CountedIn:
    return CountedIn(rules.year, rules.controlled_counts)


def _summed(some: Iterable[tuple[int, int]]) -> Mapping[int, int]:
    sums: Counter[int] = Counter()
    for days, number in some:
        sums[days] += number
    return sums


def _days(earlier: str, later: str) -> int:
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


def _first_day(year: str | None) -> str | None:
    return f"{year}-01-01" if year else None


def _year(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """The year of a column of ISO days, as text."""
    return func.substr(day, 1, 4)
