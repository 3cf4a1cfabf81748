"""Rebuilds the rows of all hazards when the rules have changed since they were written."""

from functools import partial

from sqlalchemy import Engine, select
from sqlmodel import Session

from sync_server.database import campaigns
from sync_server.database.tables import FOLDED, CampaignRow, HazardRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.log import projection

_CAMPAIGN = CampaignRow.metadata.tables["campaign"].c
_HAZARD = HazardRow.metadata.tables["hazard"].c
_BATCH = 200


def refold(engine: Engine) -> None:
    """Bring every campaign's rows to the present rules, in batches; if interrupted, it starts again."""
    with reading(engine) as session:
        old = session.execute(select(_CAMPAIGN.id).where(_CAMPAIGN.folded < FOLDED)).scalars().all()
    for campaign in old:
        last: str | None = ""
        while last is not None:
            last = in_transaction(engine, partial(_some, campaign=campaign, after=last))


def _some(session: Session, campaign: str, after: str) -> str | None:
    """Rebuild the hazards whose ids follow `after`; the last id, None when there are no more."""
    campaigns.locked_end(session, campaign)
    row = campaigns.get(session, campaign)
    ids = (
        session.execute(
            select(_HAZARD.id)
            .where(_HAZARD.campaign == campaign, _HAZARD.id > after)
            .order_by(_HAZARD.id)
            .limit(_BATCH)
        )
        .scalars()
        .all()
    )
    if not ids:
        row.folded = FOLDED
        session.add(row)
        return None
    projection.refold(session, row, ids)
    return str(ids[-1])
