"""Photo bytes by their hash: readable through a record that one may read, if who attached them had them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select
from sqlmodel import Session

from shared.permissions import Action
from shared.vocabulary import Status
from sync_server.access.policy import HAZARD, OPERATION, PHOTO, Access
from sync_server.database.in_values import in_values
from sync_server.database.tables import PhotoFileRow, PhotoHolderRow
from sync_server.log import pages

_FILE = PhotoFileRow.metadata.tables["photo_file"].c
_HOLDER = PhotoHolderRow.metadata.tables["photo_holder"].c


def readable(
    session: Session, access: Access, sha256: str, campaign: str | None = None
) -> PhotoFileRow | None:
    """What is known of a photo that has arrived, of one campaign or of any; None where it may not be seen.

    Bytes that no record names yet are for those who may see everything.
    """
    wanted = select(PhotoFileRow).where(_FILE.sha256 == sha256)
    if campaign is not None:
        wanted = wanted.where(_FILE.campaign == campaign)
    if access.towns(Action.SEE_HAZARDS) is not None:
        named = select(literal(1)).where(PHOTO.c.campaign == _FILE.campaign, PHOTO.c.sha256 == _FILE.sha256)
        seen = named.where(access.where(PHOTO, Action.SEE_HAZARDS), _is_held_by_author())
        wanted = wanted.where(seen.exists())
    return session.execute(wanted.limit(1)).scalars().first()


def here(
    session: Session, campaign: str, photos: Iterable[tuple[str, str | None]], owner: str = "hazard"
) -> frozenset[tuple[str, str]]:
    """Those photos of owners, "hazard" or "visit", each (owner, SHA-256), that have arrived.

    Bytes that arrived for another owner are not those of one that only names their hash.
    """
    named = {(record, sha256) for record, sha256 in photos if sha256}
    if not named:
        return frozenset()
    column = PHOTO.c[owner]
    arrived = and_(_FILE.campaign == PHOTO.c.campaign, _FILE.sha256 == PHOTO.c.sha256)
    rows = session.execute(
        select(column, PHOTO.c.sha256)
        .where(PHOTO.c.campaign == campaign)
        .where(in_values(session, column, {record for record, _ in named}))
        .where(in_values(session, PHOTO.c.sha256, {sha256 for _, sha256 in named}))
        .where(select(literal(1)).where(arrived).exists(), _is_held_by_author())
    )
    return frozenset((record, sha256) for record, sha256 in rows) & named


@dataclass(frozen=True, slots=True)
class PhotoElsewhere:
    """A photo whose bytes another hazard has too.

    `hazard`, `number`: one that the person may see, "" where there is none. `earlier`: another had it first.
    """

    hazard: str
    number: str
    earlier: bool


def elsewhere(
    session: Session, access: Access, campaign: str, hazard: str, photos: Iterable[str | None]
) -> dict[str, PhotoElsewhere]:
    """Those of a hazard's photos, by SHA-256, that are attached to other hazards; deleted and merged ones do
    not count."""
    sha256, owner, log = PHOTO.c.sha256, PHOTO.c.hazard, OPERATION.c
    # By the operations that say it: a photo may have had other bytes before.
    naming = log.wire.contains(literal('"sha256":"') + sha256 + literal('"'))
    since = select(func.min(pages.IN_ORDER)).where(log.campaign == campaign, log.record == PHOTO.c.id, naming)
    named = session.execute(
        select(sha256, owner, since.correlate(PHOTO).scalar_subquery().label("since"))
        .where(PHOTO.c.campaign == campaign, in_values(session, sha256, set(filter(None, photos))))
        .where(or_(PHOTO.c.attached, owner == hazard), owner.is_not(None))
    )
    said = sorted(named, key=lambda row: row.since, reverse=True)
    own = {row.sha256: row.since for row in said if row.hazard == hazard}
    seen = access.where(HAZARD, Action.SEE_HAZARDS).label("seen")
    rows = session.execute(
        select(HAZARD.c.id, HAZARD.c.ledger_no, HAZARD.c.deleted, HAZARD.c.status, seen).where(
            HAZARD.c.campaign == campaign, in_values(session, HAZARD.c.id, {row.hazard for row in said})
        )
    )
    gone = Status.MERGED.value
    others = {row.id: row for row in rows if row.id != hazard and not row.deleted and row.status != gone}
    found: dict[str, PhotoElsewhere] = {}
    for row in said:
        if other := others.get(row.hazard):
            later = found.get(row.sha256, PhotoElsewhere("", "", earlier=False))
            earlier = later.earlier or row.since < own.get(row.sha256, 0)
            shown = PhotoElsewhere(other.id, other.ledger_no or other.id, earlier)
            found[row.sha256] = shown if other.seen else replace(later, earlier=earlier)
    return found


def _is_held_by_author() -> ColumnElement[bool]:
    """Whether somebody who attached the photo of a row of `photo` holds its bytes.

    It does not matter which came first, the bytes or the operation, nor who attached them again since.
    """
    wire = OPERATION.c.wire  # canonical: its keys are sorted, without spaces
    return exists().where(
        _HOLDER.campaign == PHOTO.c.campaign,
        _HOLDER.sha256 == PHOTO.c.sha256,
        OPERATION.c.campaign == PHOTO.c.campaign,
        OPERATION.c.record == PHOTO.c.id,
        wire.startswith(literal('{"author":"') + _HOLDER.person + literal('"')),
        wire.contains(literal('"sha256":"') + PHOTO.c.sha256 + literal('"')),
    )
