"""Campaigns: one per year, each with its own log, epoch and settings."""

import secrets
from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from shared import problems
from shared.profiles import registry
from shared.profiles.profile import Profile
from shared.sync.wire import CampaignSettings
from sync_server.database.tables import CampaignCounterRow, CampaignRow

NAME = "东莞市水域隐患整治"
TARGET = 2000
_COUNTER = CampaignCounterRow.metadata.tables["campaign_counter"].c


def id_of(year: int) -> str:
    """The id of a year's campaign."""
    return f"dg-{year}"


def ensure(session: Session, year: int) -> CampaignRow:
    """The campaign of a year, made if there is none."""
    row = session.get(CampaignRow, id_of(year))
    if row is None:
        row = CampaignRow(
            id=id_of(year), name=NAME, year=year, target=TARGET, epoch=secrets.token_hex(8), settings={}
        )
        session.add_all([row, CampaignCounterRow(campaign=row.id, seq=0)])
        session.flush()
    return row


def get(session: Session, campaign: str) -> CampaignRow:
    """The campaign with that id. Raises Problem not_found."""
    row = session.get(CampaignRow, campaign)
    if row is None:
        raise problems.not_found()
    return row


def current(session: Session) -> CampaignRow:
    """The campaign of the latest year. Raises Problem not_found where there is none."""
    row = session.exec(select(CampaignRow).order_by(col(CampaignRow.year).desc()).limit(1)).first()
    if row is None:
        raise problems.not_found()
    return row


def head(session: Session, campaign: str) -> int:
    """The last seq of the campaign's log; 0 while it is empty."""
    return session.exec(select(CampaignCounterRow.seq).where(CampaignCounterRow.campaign == campaign)).one()


@dataclass(frozen=True, slots=True)
class End:
    """Where a campaign's log ends: the last seq, 0 while it is empty, and its tip."""

    seq: int
    tip: str


def end(session: Session, campaign: str) -> End:
    """Where the log ends."""
    return End(*session.execute(_end_of(campaign)).one())


def locked_end(session: Session, campaign: str) -> End:
    """Where the log ends, and will until this transaction is over: nobody else appends before that.

    To be asked before anything that the appending depends on is read.
    """
    return End(*session.execute(_end_of(campaign).with_for_update()).one())


def _end_of(campaign: str) -> Select[tuple[int, str]]:
    return columns(_COUNTER.seq, _COUNTER.tip).where(_COUNTER.campaign == campaign)


def renew_epoch(session: Session, row: CampaignRow) -> str:
    """Begin a new life of the log, because it was put back to an older state; the new epoch.

    Phones that hear of it offer their own operations again and read everything anew.
    """
    row.epoch = secrets.token_hex(8)
    session.add(row)
    return row.epoch


def settings_of(row: CampaignRow) -> CampaignSettings:
    """What phones need to know of a campaign."""
    kit = [item.value for item in profile_of(row).usual_kit]
    return CampaignSettings.model_validate(
        {"name": row.name, "year": row.year, "target": row.target, "kit": kit, **row.settings}
    )


def profile_of(row: CampaignRow) -> Profile:
    """What makes the campaign's programme."""
    return registry.profile_of(str(row.settings.get("programme", "")))
