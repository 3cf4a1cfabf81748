"""Receipts: signed positions on the log, with which a phone proves how far it has seen the log.

A phone sends its newest receipt with each request. A receipt for a position that is not on the log proves
that the log was restored from a backup, because nobody else can sign one. A receipt is valid for one epoch:
once the loss is known and the epoch renewed, it proves nothing more.
"""

import hashlib
import hmac
import re

from sync_server.database.campaigns import End
from sync_server.database.tables import CampaignRow

_RECEIPT = re.compile(r"([0-9]{1,16})\.([0-9a-f]{16})\.([0-9a-f]{32})")


def of(campaign: CampaignRow, end: End) -> str:
    """The receipt for a place of the campaign's log, and its fingerprint there."""
    return f"{end.seq}.{end.fingerprint}.{_signature(campaign, end)}"


def read(campaign: CampaignRow, receipt: str) -> End | None:
    """The position that a receipt is for; None unless this server issued it in the present epoch."""
    found = _RECEIPT.fullmatch(receipt)
    if found is None:
        return None
    place = End(int(found[1]), found[2])
    return place if hmac.compare_digest(_signature(campaign, place), found[3]) else None


def _signature(campaign: CampaignRow, place: End) -> str:
    text = f"{campaign.id} {campaign.epoch} {place.seq} {place.fingerprint}"
    return hmac.new(campaign.secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]
