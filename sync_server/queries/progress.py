"""The count toward the target, from numbers of like hazards instead of every single one."""

import json
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import String, cast, func, select
from sqlmodel import Session

from shared.counting import Case, Definition, Rules, tally
from shared.permissions import Action
from shared.vocabulary import Status
from sync_server.access.policy import Access
from sync_server.database.tables import CampaignRow, HazardRow

_TABLE = HazardRow.metadata.tables["hazard"]
_HAZARD = _TABLE.c


@dataclass(frozen=True, slots=True)
class Progress:
    """Numbers of hazards (处) of one campaign, as `shared.counting` defines them."""

    year: int
    target: int
    counted: int
    relapsed: int
    net: int
    definition: Definition

    @property
    def share(self) -> str:
        """净完成 as a share of the target, to be shown."""
        return f"{100 * self.net / self.target:.1f}%" if self.target else "–"


def rules_of(campaign: CampaignRow) -> Rules:
    """How a campaign counts."""
    return Rules(
        campaign.year,
        campaign.target,
        controlled_counts=bool(campaign.settings.get("controlled_counts", False)),
    )


def of(session: Session, access: Access, campaign: CampaignRow) -> Progress:
    """The count of what may be seen of a campaign.

    `counted` is 销号 and what counts like it; `net` is that without the relapsed.

    Hazards with the same statuses and the same year of 销号 count alike, so each such kind is judged once.
    """
    rules = rules_of(campaign)
    year = func.substr(_HAZARD.first_closed_on, 1, 4)
    also = cast(_HAZARD.also, String)
    kinds = session.execute(
        select(_HAZARD.status, also, year, func.count())
        .where(_HAZARD.campaign == campaign.id, _HAZARD.deleted.is_(False))
        .where(access.where(_TABLE, Action.SEE_HAZARDS))
        .group_by(_HAZARD.status, also, year)
    )
    sums: Counter[str] = Counter()
    for status, others, closed_in, number in kinds:
        case = Case(
            town_code=None,
            status=Status(status),
            also=tuple(Status(other) for other in json.loads(others or "[]")),
            closed_on=f"{closed_in}-01-01" if closed_in else None,
        )
        one = tally([case], rules)
        sums["counted"] += number * (one.done + one.controlled)
        sums["relapsed"] += number * one.relapsed
        sums["net"] += number * one.net
    return Progress(
        rules.year, rules.target, sums["counted"], sums["relapsed"], sums["net"], rules.definition
    )
