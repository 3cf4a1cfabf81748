"""Folding the rows of all records again where the rules changed since they were written."""

from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import Engine, Table, select
from sqlmodel import Session

from sync_server.access.policy import HAZARD, VISIT
from sync_server.database import campaigns
from sync_server.database.tables import FOLDED, CampaignRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.log import projection
from sync_server.log.projectors import search_texts

Fold = Callable[[Session, CampaignRow, Sequence[str]], None]
_CAMPAIGN = CampaignRow.metadata.tables["campaign"].c
_BATCH = 200
_FOLDS: tuple[tuple[Table, Fold], ...] = (
    (HAZARD, projection.refold),
    (VISIT, projection.refold_visits),
)


def refold(engine: Engine) -> None:
    """Bring every campaign's rows to the present rules, in batches; if interrupted, it starts again."""
    with reading(engine) as session:
        old = session.execute(select(_CAMPAIGN.id).where(_CAMPAIGN.folded < FOLDED)).scalars().all()
    for campaign in old:
        for table, fold in _FOLDS:
            last: str | None = ""
            while last is not None:
                last = in_transaction(engine, partial(_some, campaign, table, fold, last))
        in_transaction(engine, partial(_note_folded, campaign))
        while in_transaction(engine, partial(search_texts.fold_some, campaign=campaign)):
            pass


def _some(campaign: str, table: Table, fold: Fold, after: str, session: Session) -> str | None:
    """Rebuild the records whose ids follow `after`; the last id, None when there are no more."""
    campaigns.locked_end(session, campaign)
    columns = table.c
    ids = (
        session.execute(
            select(columns.id)
            .where(columns.campaign == campaign, columns.id > after)
            .order_by(columns.id)
            .limit(_BATCH)
        )
        .scalars()
        .all()
    )
    if not ids:
        return None
    fold(session, campaigns.get(session, campaign), ids)
    return str(ids[-1])


def _note_folded(campaign: str, session: Session) -> None:
    campaigns.locked_end(session, campaign)
    row = campaigns.get(session, campaign)
    row.folded, row.searchable = FOLDED, 0
    session.add(row)
