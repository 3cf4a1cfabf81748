"""Campaigns: each the standing register of one programme, with its own log, epoch and settings."""

import re
import secrets
from dataclasses import dataclass

from sqlalchemy import Engine, Select
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from shared import problems
from shared.operations import CAMPAIGN_ID
from shared.profiles import registry
from shared.profiles.profile import Profile
from shared.sync.wire import CampaignSettings
from sync_server.database.tables import FOLDED, CampaignCounterRow, CampaignRow, TargetRow

ID = "dg-water"
NAME = "东莞市水域隐患整治"
TARGET = 2000
"""Hazards (处) that the city is to treat in a year without a target of its own."""

_CAMPAIGN = CampaignRow.metadata.tables["campaign"].c
_ID = re.compile(CAMPAIGN_ID)
_COUNTER = CampaignCounterRow.metadata.tables["campaign_counter"].c


def ensure(session: Session) -> CampaignRow:
    """The deployment's register, created if there is none."""
    row = _oldest(session)
    if row is None:
        row = CampaignRow(id=ID, name=NAME, epoch=secrets.token_hex(8), settings={}, folded=FOLDED)
        session.add_all([row, CampaignCounterRow(campaign=row.id, seq=0)])
        session.flush()
    return row


def get(session: Session, campaign: str) -> CampaignRow:
    """The campaign with that id. Raises Problem not_found."""
    row = session.get(CampaignRow, campaign)
    if row is None:
        raise problems.not_found()
    return row


def requested(session: Session, campaign: str | None) -> CampaignRow:
    """The campaign that a request names, or else the deployment's own. Problem: not_found."""
    if campaign and not _ID.fullmatch(campaign):
        raise problems.not_found()
    row = get(session, campaign) if campaign else _oldest(session)
    if row is None:
        raise problems.not_found()
    return row


def _oldest(session: Session) -> CampaignRow | None:
    return session.exec(select(CampaignRow).order_by(col(CampaignRow.number)).limit(1)).first()


def head(session: Session, campaign: str) -> int:
    """The last seq of the campaign's log; 0 while it is empty."""
    return session.exec(select(CampaignCounterRow.seq).where(CampaignCounterRow.campaign == campaign)).one()


@dataclass(frozen=True, slots=True)
class End:
    """Where a campaign's log ends: the last seq, 0 while it is empty, and its fingerprint."""

    seq: int
    fingerprint: str


def end(session: Session, campaign: str) -> End:
    """Where the log ends."""
    return End(*session.execute(_end_of(campaign)).one())


def locked_end(session: Session, campaign: str) -> End:
    """Where the log ends, locked until the end of the transaction: nobody else can append before that.

    Call this before reading anything that the append depends on.
    """
    return End(*session.execute(_end_of(campaign).with_for_update()).one())


def _end_of(campaign: str) -> Select[tuple[int, str]]:
    return columns(_COUNTER.seq, _COUNTER.tip).where(_COUNTER.campaign == campaign)


def renew_epoch(session: Session, row: CampaignRow) -> str:
    """Start a new epoch, because the log was restored to an older state; returns it.

    Phones that learn of it send their own operations again and read everything again.
    """
    row.epoch = secrets.token_hex(8)
    session.add(row)
    return row.epoch


def settings_of(session: Session, row: CampaignRow, year: int) -> CampaignSettings:
    """A campaign's settings that phones need; `year` and its target are for phones of 0.1."""
    kit = [item.value for item in profile_of(row).usual_kit]
    return CampaignSettings.model_validate(
        {
            "name": row.name,
            "year": year,
            "target": target(session, row.id, year),
            "kit": kit,
            **row.settings,
        }
    )


def target(session: Session, campaign: str, year: int) -> int:
    """How many hazards (处) the city is to treat in a year."""
    row = session.get(TargetRow, (campaign, year, ""))
    return row.hazards if row else TARGET


def set_target(session: Session, campaign: str, year: int, hazards: int, town_code: str = "") -> None:
    """Set how many hazards (处) are to be treated in a year, in a town or, with "", in the city."""
    session.merge(TargetRow(campaign=campaign, year=year, town_code=town_code, hazards=hazards))


def targets(session: Session, campaign: str) -> list[TargetRow]:
    """All targets that were set, by year and town."""
    order = (col(TargetRow.year), col(TargetRow.town_code))
    return list(session.exec(select(TargetRow).where(TargetRow.campaign == campaign).order_by(*order)))


def profile_at(engine: Engine, campaign: str) -> Profile:
    """The profile of a campaign's programme, for callers without a session."""
    with engine.connect() as connection:
        settings = connection.execute(columns(_CAMPAIGN.settings).where(_CAMPAIGN.id == campaign)).scalar()
    return registry.profile_of(str((settings or {}).get("programme", "")))


def profile_of(row: CampaignRow) -> Profile:
    """The profile of the campaign's programme."""
    return registry.profile_of(str(row.settings.get("programme", "")))
