"""What follows when a phone turns out to have seen another log than this one: this one was put back."""

from sqlalchemy import Engine
from sqlmodel import Session

from sync_server.access import audit
from sync_server.access.devices import Phone
from sync_server.database import campaigns
from sync_server.database.tables import CampaignRow
from sync_server.database.transactions import in_transaction


def renew_epoch(engine: Engine, phone: Phone, known: str, since: int) -> str:
    """Renew the epoch, once, and return it.

    `known`: the epoch that the phone was compared under; `since`: its place on the log it has seen.
    """

    def work(session: Session) -> str:
        end = campaigns.locked_end(session, phone.campaign)
        row = session.get_one(CampaignRow, phone.campaign)
        if row.epoch == known:
            campaigns.renew_epoch(session, row)
            audit.note(session, "log_put_back", device=phone.device, seen=since, end=end.seq)
        return row.epoch

    return in_transaction(engine, work)
