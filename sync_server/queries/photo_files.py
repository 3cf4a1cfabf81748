"""Photo bytes by their hash: readable through a record that one may read."""

from sqlalchemy import literal, select
from sqlmodel import Session

from shared.permissions import Action
from sync_server.access.policy import Access
from sync_server.database.tables import PhotoFileRow, PhotoRow

_PHOTO = PhotoRow.metadata.tables["photo"]
_FILE = PhotoFileRow.metadata.tables["photo_file"].c


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
        named = select(literal(1)).where(_PHOTO.c.campaign == _FILE.campaign, _PHOTO.c.sha256 == _FILE.sha256)
        wanted = wanted.where(named.where(access.where(_PHOTO, Action.SEE_HAZARDS)).exists())
    return session.execute(wanted.limit(1)).scalars().first()
