"""Makes what phones pushed findable by its text."""

from functools import partial

from sqlalchemy import Engine

from sync_server.database import campaigns
from sync_server.database.transactions import in_transaction, reading
from sync_server.log.projectors import search_texts


def make_searchable(engine: Engine, campaign: str) -> None:
    """Fold the texts of all hazards that changed since the last search, in batches."""
    with reading(engine) as session:
        more = campaigns.get(session, campaign).searchable < campaigns.head(session, campaign)
    while more:
        more = in_transaction(engine, partial(search_texts.fold_some, campaign=campaign))
