"""What to do when a phone says that it has seen another log than this one.

The server believes only its own receipts (`access.receipts`). A receipt for a position that is not on this
log proves that the log was restored, and the epoch is renewed for all phones. Any other phone whose
fingerprint differs starts over alone, which affects nobody else; the administrator sees its claim.
"""

from dataclasses import dataclass

from sqlalchemy import Engine, update
from sqlmodel import Session

from shared import problems
from shared.permissions import Action
from shared.problems import Problem
from sync_server.access import audit, receipts
from sync_server.access.bursts import Burst, Bursts
from sync_server.access.devices import Phone
from sync_server.access.policy import Access
from sync_server.database import campaigns
from sync_server.database.tables import CampaignRow, DeviceRow
from sync_server.database.timestamps import now_text
from sync_server.database.transactions import in_transaction
from sync_server.log import writer

_DEVICE = DeviceRow.metadata.tables["device"]


@dataclass(frozen=True, slots=True)
class SeenLog:
    """What a phone claims to have seen: the log's fingerprint at `since`, and its newest receipt."""

    since: int
    fingerprint: str | None
    receipt: str = ""


def is_another(session: Session, campaign: CampaignRow, seen: SeenLog) -> bool:
    """Whether this log differs from the one that was seen."""
    if (
        seen.fingerprint is not None
        and writer.fingerprint_at(session, campaign.id, seen.since) != seen.fingerprint
    ):
        return True
    return _lost(session, campaign, seen) is not None


def answer(engine: Engine, bursts: Bursts, phone: Phone, known: str, seen: SeenLog) -> Problem:
    """The Problem for a phone that has seen another log: epoch_changed, or too_many_attempts.

    `known`: the epoch under which it was compared.
    """
    who = phone.device
    remaining = bursts.remaining(who)[Burst.CLAIMS]
    if remaining.left < 1:
        return problems.too_many_attempts(retry_after_s=remaining.wait_s)
    bursts.spend(who, {Burst.CLAIMS: 1})

    def work(session: Session) -> str:
        end = campaigns.locked_end(session, phone.campaign)
        row = session.get_one(CampaignRow, phone.campaign)
        if row.epoch == known:
            lost = _lost(session, row, seen)
            if lost is None:
                _note_claim(session, phone)
            else:
                _renew(session, row)
                audit.note(session, "log_put_back", device=phone.device, seen=lost.seq, end=end.seq)
        return row.epoch

    return problems.epoch_changed(epoch=in_transaction(engine, work))


def confirm(session: Session, access: Access, campaign: str) -> None:
    """An administrator confirms that the log was restored from a backup: all phones send everything again."""
    access.require(Action.MANAGE_DEVICES)
    end = campaigns.locked_end(session, campaign)
    _renew(session, session.get_one(CampaignRow, campaign))
    audit.note(session, "log_put_back", person=access.person.id, end=end.seq)


def _lost(session: Session, campaign: CampaignRow, seen: SeenLog) -> campaigns.End | None:
    """The position that this server gave a receipt for and that is not on its log."""
    place = receipts.read(campaign, seen.receipt)
    if place is None or writer.fingerprint_at(session, campaign.id, place.seq) == place.fingerprint:
        return None
    return place


def _note_claim(session: Session, phone: Phone) -> None:
    row = session.get_one(DeviceRow, (phone.campaign, phone.device))
    row.claims, row.claimed_at = row.claims + 1, now_text()
    session.add(row)


def _renew(session: Session, row: CampaignRow) -> None:
    campaigns.renew_epoch(session, row)
    session.execute(update(_DEVICE).where(_DEVICE.c.campaign == row.id).values(claims=0, claimed_at=None))
