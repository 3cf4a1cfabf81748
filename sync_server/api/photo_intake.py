"""Receives photos: bytes go to the photo service, rows to the database, before anything is acknowledged.

All methods block: call them in a thread.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from sqlalchemy import Connection

from shared import problems
from shared.problems import Problem
from shared.sealed.unsent_file import UnsentPhoto
from sync_server.access import tokens
from sync_server.access.devices import Phone
from sync_server.database.group_commit import GroupCommit
from sync_server.database.timestamps import later
from sync_server.database.transactions import in_plain_transaction, in_transaction, looking_up, reading
from sync_server.deps import EngineDep, PhotosDep, phone_of
from sync_server.photos import abandoned, holders, uploads
from sync_server.photos.picture import Picture
from sync_server.photos.service import TEMPORARY
from sync_server.photos.unnamed import UnnamedLimit
from sync_server.photos.uploads import Upload
from sync_server.queries import photo_files

T = TypeVar("T")


class PhotoIntake:
    """Uploads and photos of one deployment."""

    def __init__(self, engine: EngineDep, photos: PhotosDep) -> None:
        self._engine = engine
        self._photos = photos
        self._arrivals: GroupCommit[dict[str, Any]] = GroupCommit(self._write_down)
        self._met: set[str] = set()
        self._unnamed = UnnamedLimit(engine)

    def knows_sender(self, authorization: str) -> bool:
        """Whether `phone` ever knew that sender, who may have been revoked since. Does not block."""
        return tokens.hashed(authorization) in self._met

    def phone(self, authorization: str) -> Phone:
        """The phone that a request comes from. Raises Problem token_invalid."""
        found = phone_of(self._engine, authorization)
        self._met.add(tokens.hashed(authorization))
        return found

    def is_here(self, row: Upload) -> bool:
        """Whether the photo of an upload has arrived and the phone's person holds it.

        Others are not told: they send the bytes, which proves that they have them.
        """
        size = self._photos.store.size(row.sha256)
        if size is None:
            return False
        with looking_up(self._engine) as connection:
            return uploads.size_of(connection, row.campaign, row.device, row.sha256) == size

    def need_not_be_sent(self, phone: Phone, row: Upload) -> bool:
        """Whether an announced photo has arrived and the phone's person holds it or may read it.

        Raises Problem photos_unnamed if it must be sent, but the person's phones sent too much that no record
        names.
        """
        size = self._photos.store.size(row.sha256)
        if size is not None:
            if self.is_here(row) and self._is_kept(row):
                return True
            with reading(self._engine) as session:
                file = photo_files.readable(session, phone.access, row.sha256, row.campaign)
            if file is not None and file.bytes == size and self._held_anew(row):
                return True
        self._unnamed.check(row.campaign, phone.person.id)
        return False

    def _is_kept(self, row: Upload) -> bool:
        """Whether a photo that was here stays: what was held long ago another server may be deleting."""
        with looking_up(self._engine) as connection:
            since = holders.held_since(connection, row.campaign, row.device, row.sha256)
        return since > later(days=-1) or self._held_anew(row)

    def _held_anew(self, row: Upload) -> bool:
        return in_plain_transaction(self._engine, lambda connection: uploads.renew(connection, asdict(row)))

    def own(self, phone: Phone, upload: str) -> Upload:
        """A phone's own upload, or a photo its person holds, by its hash. Raises Problem upload_unknown."""
        with looking_up(self._engine) as connection:
            row = uploads.get(connection, phone.campaign, phone.device, upload) or uploads.finished(
                connection, phone.campaign, phone.device, upload
            )
        if row is None:
            raise problems.upload_unknown()
        return row

    def has_arrived(self, row: Upload) -> bool:
        """Whether an upload is finished and its photo stored."""
        return self._photos.offset(row.id) is None and self.is_here(row)

    def offset(self, row: Upload) -> int:
        """How many bytes of an upload have arrived; a complete one is verified first.

        Raises Problem upload_unknown if it was dropped.
        """
        offset = self._photos.offset(row.id)
        if offset == row.length:  # cut off between its last byte and the answer
            try:
                self.settle(row, offset)
            except Problem as problem:
                if problem.kind in TEMPORARY:
                    raise
                offset = None  # dropped, or finished by another request
        if offset is None:
            if not self.has_arrived(row):
                raise problems.upload_unknown()
            offset = row.length
        return offset

    def announce(self, row: Upload) -> None:
        """Create an upload.

        This does not wait for the disk: if a power cut undoes it, the phone announces again. It is durable
        once the offset of its first bytes is acknowledged.
        """
        self._with_room(lambda: self._photos.begin(row))
        abandoned.drop_excess(self._engine, self._photos.staging, row.campaign, row.device)
        for forgotten in in_plain_transaction(
            self._engine, lambda connection: _note(connection, row), durable=False
        ):
            self._photos.drop(forgotten)

    def append(self, row: Upload, at: int, data: bytes) -> int:
        """Add bytes at offset `at`; the new offset, which may not be acknowledged yet."""
        if row.id == row.sha256:
            raise problems.upload_offset_conflict(offset=row.length)  # all bytes are here already
        return self._with_room(lambda: self._photos.append(row, at, data))

    def truncate(self, row: Upload, to: int) -> None:
        """Remove the bytes after offset `to`."""
        self._photos.truncate(row, to)

    def settle(self, row: Upload, offset: int) -> None:
        """Return when `offset` may be acknowledged; a complete upload is verified and becomes a photo."""
        if offset == row.length:
            found = self._photos.finish(row)
            self._arrived(row, found)
        else:
            self._photos.flush(row)
            until = later(days=uploads.KEPT_DAYS)
            in_transaction(self._engine, lambda session: uploads.prolong(session, row.id, until))

    def store_whole(self, row: Upload, data: bytes) -> None:
        """Verify and store a photo that came in one request; it never was an upload under way."""
        found = self._with_room(lambda: self._photos.store_whole(row, data))
        self._arrived(row, found)

    def take(self, phone: Phone, photo: UnsentPhoto, data: bytes) -> bool:
        """Verify and store a photo that came in a file; whether it was not here yet.

        Raises the Problems of `PhotoService.store_whole` and `need_not_be_sent`.
        """
        row = uploads.announced(
            phone.campaign, phone.device, len(data), photo.sha256, photo.mime, photo.record
        )
        if self.need_not_be_sent(phone, row):
            return False
        self.store_whole(row, data)
        return True

    def finish_at_once(self, row: Upload, data: bytes) -> None:
        """Verify and store an announced photo that came in one request."""
        found = self._photos.finish_at_once(row, data)
        self._arrived(row, found)

    def forget(self, row: Upload) -> None:
        """Delete an upload."""
        self._photos.drop(row.id)
        in_transaction(self._engine, lambda session: uploads.drop(session, row.id))

    def _arrived(self, row: Upload, found: Picture) -> None:
        """Note that a photo is here. Raises Problem photos_unavailable where another server, which deleted it
        as old, took the file away meanwhile."""
        self._arrivals.do(uploads.arrival(row, found.mime, found.width, found.height))
        if not self._photos.is_whole(row.sha256, row.length):
            raise problems.photos_unavailable(retry_after_s=1)

    def _with_room(self, work: Callable[[], T]) -> T:
        """Do the work; if the disk is full, drop abandoned uploads and try once more."""
        try:
            return work()
        except Problem as problem:
            if problem.kind is not problems.storage_full:
                raise
            if not abandoned.drop_abandoned(self._engine, self._photos.staging):
                raise
            return work()

    def _write_down(self, arrivals: Sequence[dict[str, Any]]) -> None:
        in_plain_transaction(self._engine, lambda connection: uploads.arrived(connection, arrivals))


def _note(connection: Connection, row: Upload) -> Sequence[str]:
    """Store the row of an upload and delete some expired ones; the ids of those."""
    forgotten = uploads.forget_expired(connection)
    uploads.add(connection, row)
    return forgotten
