"""Photo files that are here, and uploads under way."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from sync_server.store.moments import now_text
from sync_server.store.tables import PhotoFileRow, UploadRow


def is_here(session: Session, campaign: str, sha256: str) -> bool:
    """Whether a campaign's photo is on the shelf."""
    return session.get(PhotoFileRow, (campaign, sha256)) is not None


def file(session: Session, sha256: str, campaign: str | None = None) -> PhotoFileRow | None:
    """What is known of a photo on the shelf, of one campaign or of any."""
    query = select(PhotoFileRow).where(PhotoFileRow.sha256 == sha256)
    if campaign is not None:
        query = query.where(PhotoFileRow.campaign == campaign)
    return session.exec(query.limit(1)).first()


def arrived(session: Session, file: PhotoFileRow) -> None:
    """Note that a photo is on the shelf; once is enough."""
    if not is_here(session, file.campaign, file.sha256):
        session.add(file)


def get(session: Session, campaign: str, device: str, upload: str) -> UploadRow | None:
    """A device's own upload that has not expired."""
    row = session.get(UploadRow, upload)
    if row is None or (row.campaign, row.device) != (campaign, device) or row.expires_at <= now_text():
        return None
    return row


def expired(session: Session, most: int = 20) -> Sequence[UploadRow]:
    """Some uploads that nobody went on with."""
    return session.exec(select(UploadRow).where(col(UploadRow.expires_at) <= now_text()).limit(most)).all()


def drop(session: Session, upload: str) -> None:
    """Forget an upload."""
    row = session.get(UploadRow, upload)
    if row is not None:
        session.delete(row)
