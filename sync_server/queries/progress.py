"""The count toward the target, from counts of similar hazards instead of every single one."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session

from shared.counting import Case, Definition, Rules, percent, tally
from shared.permissions import Action
from shared.vocabulary import Status
from sync_server.access.policy import Access
from sync_server.database import campaigns
from sync_server.database.tables import CampaignRow, HazardRow
from sync_server.queries.filters import in_town

_TABLE = HazardRow.metadata.tables["hazard"]
_HAZARD = _TABLE.c


@dataclass(frozen=True, slots=True)
class Progress:
    """Numbers of hazards (处) of one year, as `shared.counting` defines them.

    `target` is that of the city, or of the towns that may be seen, where each of those has one; else 0.
    """

    year: int
    target: int
    counted: int
    relapsed: int
    net: int
    definition: Definition

    @property
    def share(self) -> str:
        """净完成 as a share of the target, to be shown."""
        return percent(self.net, self.target)


def rules_of(session: Session, access: Access, campaign: CampaignRow, year: int, town: str | None) -> Rules:
    """How a campaign counts a year."""
    return Rules(
        year,
        _target(session, access, campaign, year, town),
        controlled_counts=bool(campaign.settings.get("controlled_counts", False)),
    )


def _target(session: Session, access: Access, campaign: CampaignRow, year: int, town: str | None) -> int:
    towns = frozenset({town}) if town else access.towns(Action.SEE_HAZARDS)
    if towns is None:
        return campaigns.target(session, campaign.id, year)
    rows = campaigns.targets(session, campaign.id)
    targets = {row.town_code: row.hazards for row in rows if row.year == year}
    return sum(targets[town] for town in towns) if towns <= targets.keys() else 0


def years(session: Session, access: Access, campaign: CampaignRow, present: int) -> list[int]:
    """The years that have something to count, and the present one, the latest first."""
    seen = access.where(_TABLE, Action.SEE_HAZARDS)
    counted = and_(_HAZARD.campaign == campaign.id, _HAZARD.deleted.is_(False), seen)
    found = {present, *(row.year for row in campaigns.targets(session, campaign.id))}
    for year in (_year(_HAZARD.first_closed_on), _year(_HAZARD.controlled_on)):
        rows = session.execute(select(year).where(counted, year.is_not(None)).distinct())
        found.update(int(row[0]) for row in rows)
    return sorted(found, reverse=True)


def of(
    session: Session, access: Access, campaign: CampaignRow, year: int, town: str | None = None
) -> Progress:
    """The count of a year, of the hazards that may be seen in a campaign, or in one town (or NOWHERE).

    `counted` is 销号 and what counts like it; `net` is that without the relapsed. Hazards with the same
    status and the same years of 销号 and 管控 count alike, so each group is judged once.
    """
    rules = rules_of(session, access, campaign, year, town)
    closed_in, controlled_in = _year(_HAZARD.first_closed_on), _year(_HAZARD.controlled_on)
    kinds = session.execute(
        select(_HAZARD.status, closed_in, controlled_in, func.count())
        .where(_HAZARD.campaign == campaign.id, _HAZARD.deleted.is_(False))
        .where(access.where(_TABLE, Action.SEE_HAZARDS), *([in_town(town)] if town else []))
        .group_by(_HAZARD.status, closed_in, controlled_in)
    )
    sums: Counter[str] = Counter()
    for status, closed, controlled, number in kinds:
        case = Case(
            town_code=None,
            status=Status(status),
            closed_on=f"{closed}-01-01" if closed else None,
            controlled_on=f"{controlled}-01-01" if controlled else None,
        )
        one = tally([case], rules)
        sums["counted"] += number * (one.done + one.controlled)
        sums["relapsed"] += number * one.relapsed
        sums["net"] += number * one.net
    return Progress(
        rules.year, rules.target, sums["counted"], sums["relapsed"], sums["net"], rules.definition
    )


def _year(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """The year of a column of ISO days, as text."""
    return func.substr(day, 1, 4)
