"""The photos of a hazard or a visit as screens show them: what each shows, and how far it has come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from mobile_app.store.database.tables import PhotoFile
from mobile_app.store.log import bundles
from mobile_app.store.log.bundles import Bundle
from mobile_app.store.queries import listing
from mobile_app.store.queries.upload_states import PhotoState
from shared import merge, record_types
from shared.operations import RecordType
from shared.records.models import Photo
from shared.sync.wire import Reason
from shared.vocabulary import PhotoRole


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """One photo; `sent` of `photo.bytes` bytes are at the server; `why` says what made it fail.

    `author` (a person's id) attached it with `device`. `freed`: it is delivered, and this phone keeps only
    the preview.
    """

    id: str
    photo: Photo
    state: PhotoState
    sent: int
    why: Reason | None
    author: str
    device: str
    freed: bool = False


def originals(rows: Iterable[PhotoRow]) -> dict[str, PhotoRole]:
    """What photos show, by the SHA-256 of the files that were taken or picked."""
    photos = [row.photo for row in rows]
    return {one.original_sha256: one.role for one in photos if one.original_sha256 and one.role}


def rows(session: Session, bundle: Bundle) -> list[PhotoRow]:
    """The photos that are attached, oldest first."""
    shown = bundles.attached(bundle)
    hashes = [values["sha256"] for _, values in shown]
    files = {
        file.sha256: file
        for file in session.execute(select(PhotoFile).where(col(PhotoFile.sha256).in_(hashes))).scalars()
    }
    return [
        _photo(record, values, files.get(values["sha256"]), bundle.photos[record]) for record, values in shown
    ]


def _photo(
    record: str, values: Mapping[str, Any], file: PhotoFile | None, state: merge.RecordState
) -> PhotoRow:
    photo, wrote = record_types.read(RecordType.PHOTO, dict(values)), state.live[-1]
    if file is None:
        return PhotoRow(record, photo, PhotoState.REMOTE, 0, None, wrote.author, wrote.device)
    how_far = PhotoState(file.state)
    if how_far is PhotoState.WAITING and all(write.seq is None for write in state.live):
        how_far = PhotoState.LOCAL
    why = listing.why(file.code, file.details)
    return PhotoRow(record, photo, how_far, file.sent, why, wrote.author, wrote.device, file.freed)
