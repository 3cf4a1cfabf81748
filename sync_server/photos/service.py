"""All work on photo bytes: receiving, verifying, storing, and making smaller copies."""

import hashlib
import io
import logging
import threading
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from shared import problems
from sync_server.photos.durable import RETRY_AFTER_S, disk_problems
from sync_server.photos.intact import IntactPhotos
from sync_server.photos.picture import Picture
from sync_server.photos.rendition_cache import RenditionCache
from sync_server.photos.staging import UploadStaging
from sync_server.photos.store import FolderPhotoStore, PhotoStore
from sync_server.photos.unpacker import Unpacker

log = logging.getLogger(__name__)
Size = Literal["preview", "thumb"]
SIDES: dict[Size, int] = {"preview": 1280, "thumb": 320}
_DHASH = "dhash-above-stamp"
_RESERVE = 32 * 2**20
_LOCKS = 64
TEMPORARY = (problems.storage_full, problems.photos_unavailable, problems.overloaded)
"""Temporary problems of the server, after which an upload can go on."""


class Announced(Protocol):
    """What an upload was announced as; `length` in bytes."""

    @property
    def id(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def mime(self) -> str: ...
    @property
    def length(self) -> int: ...


class PhotoService:
    """All methods block: call them in a thread. They raise Problem storage_full, photos_unavailable."""

    def __init__(self, store: PhotoStore, staging: UploadStaging, renditions: RenditionCache) -> None:
        self.store = store
        self.staging = staging
        self._renditions = renditions
        self._intact = IntactPhotos(store)
        self._locks = [threading.Lock() for _ in range(_LOCKS)]
        self._unpacker = Unpacker()

    @classmethod
    def in_folder(cls, folder: Path) -> "PhotoService":
        """A service with everything in one folder of this machine."""
        return cls(
            FolderPhotoStore(folder), UploadStaging(folder / "partial"), RenditionCache(folder / "small")
        )

    def check(self) -> None:
        """Raise Problem photos_unavailable if photos cannot be received now."""
        if not self.staging.is_writable():
            raise problems.photos_unavailable(retry_after_s=RETRY_AFTER_S)

    def begin(self, announced: Announced) -> None:
        """Create the file of an upload."""
        self._require_space(announced)
        with disk_problems():
            self.staging.begin(announced.id)

    def offset(self, upload: str) -> int | None:
        """How many bytes of an upload have arrived, None if it is unknown or finished."""
        with disk_problems():
            return self.staging.size(upload)

    def append(self, announced: Announced, at: int, data: bytes) -> int:
        """Add bytes at offset `at`; returns the new offset.

        Raises Problem upload_offset_conflict if the upload is at another offset, upload_unknown if it is
        gone, and photo_too_large for more bytes than were announced.
        """
        if at + len(data) > announced.length:
            raise problems.photo_too_large(limit=announced.length)
        with self._locked(announced.id), disk_problems():
            self._require_offset(announced, at)
            self.staging.append(announced.id, at, data)
        return at + len(data)

    def flush(self, announced: Announced) -> None:
        """Return when the bytes of an upload are on the disk, so that its offset may be acknowledged."""
        with self._locked(announced.id), disk_problems():
            self._require_upload(announced)
            self.staging.flush(announced.id)

    def truncate(self, announced: Announced, to: int) -> None:
        """Remove the bytes after offset `to`: their checksum was wrong."""
        with self._locked(announced.id), disk_problems():
            self._require_upload(announced)
            self.staging.truncate(announced.id, to)

    def finish(self, announced: Announced) -> Picture:
        """Verify a complete upload and store it, durably. One that fails is dropped.

        Raises Problem photo_hash_mismatch, photo_type_mismatch, upload_unknown if another request finished it
        first, and those of `Unpacker.inspect`.
        """
        with self._locked(announced.id):
            self._require_upload(announced)
            try:
                with disk_problems(), self.staging.open(announced.id) as stream:
                    found = hashlib.file_digest(stream, "sha256")
                    picture = self._verified(announced, found.hexdigest(), stream)
            except problems.Problem as problem:
                if problem.kind not in TEMPORARY:
                    self.staging.drop(announced.id)
                raise
            with disk_problems():
                self.store.put_staged(announced.sha256, self.staging.staged(announced.id))
        return picture

    def finish_at_once(self, announced: Announced, data: bytes) -> Picture:
        """Verify and store an announced upload whose bytes all came in one request.

        Raises the Problems of `finish`, and upload_offset_conflict if the upload has begun already.
        """
        with self._locked(announced.id):
            self._require_offset(announced, 0)
            self._require_space(announced)
            try:
                picture = self._verified(announced, hashlib.sha256(data).hexdigest(), io.BytesIO(data))
            except problems.Problem as problem:
                if problem.kind not in TEMPORARY:
                    self.staging.drop(announced.id)
                raise
            with disk_problems():
                self.staging.append(announced.id, 0, data)
                self.store.put_staged(announced.sha256, self.staging.staged(announced.id))
        return picture

    def store_whole(self, announced: Announced, data: bytes) -> Picture:
        """Verify and store a photo whose bytes all came in one request, durably.

        Nothing is left of one that fails. Raises the Problems of `finish`.
        """
        self._require_space(announced)
        picture = self._verified(announced, hashlib.sha256(data).hexdigest(), io.BytesIO(data))
        with disk_problems():
            self.store.put(announced.sha256, data)
        return picture

    def drop(self, upload: str) -> None:
        """Delete an upload."""
        with self._locked(upload), disk_problems():
            self.staging.drop(upload)

    def original(self, sha256: str) -> BinaryIO:
        """A photo, opened for reading; the caller closes it. Raises Problem photo_not_here."""
        with disk_problems():
            return self.store.open(sha256)

    def is_whole(self, sha256: str, length: int) -> bool:
        """Whether a photo's file has this many bytes. Only its hash tells whether they are the right ones."""
        return self.store.size(sha256) == length

    def is_known_intact(self, sha256: str) -> bool:
        """Whether a photo was found intact since this server started, and nothing wrote to it since."""
        return self._intact.is_known(sha256)

    def require_intact(self, sha256: str) -> None:
        """Read a photo where that is not known, and set a damaged one aside: then it can be sent again.

        Raises Problem photo_not_here for one that is damaged or missing.
        """
        with disk_problems():
            whole = self._intact.check(sha256)
        if not whole:
            log.error("photo %s is damaged and was set aside", sha256)
            self.set_aside(sha256)
            raise problems.photo_not_here()

    def set_aside(self, sha256: str) -> None:
        """Rename a damaged photo, so that it can be sent again."""
        with disk_problems():
            self.store.set_aside(sha256)
            for size in (*SIDES, _DHASH):
                self._renditions.remove(sha256, size)

    def forget(self, sha256: str) -> None:
        """Delete a photo and its smaller copies."""
        with disk_problems():
            self.store.remove(sha256)
            for size in (*SIDES, _DHASH):
                self._renditions.remove(sha256, size)

    def small_if_made(self, sha256: str, size: Size) -> bytes | None:
        """A smaller copy (JPEG), None if it has not been made yet."""
        found = self._renditions.get(sha256, size)
        return found if found is not None and self.store.exists(sha256) else None

    def small(self, sha256: str, size: Size) -> bytes:
        """A smaller copy (JPEG), made on first use. Raises Problem photo_not_here."""
        if (found := self.small_if_made(sha256, size)) is not None:
            return found
        self.require_intact(sha256)
        with self.original(sha256) as source, disk_problems():
            made = self._unpacker.small(source, SIDES[size])
        self._renditions.put(sha256, size, made)
        return made

    def dhash_if_made(self, sha256: str) -> bytes | None:
        """The dHash of a photo, None if it has not been made yet."""
        return self._renditions.get(sha256, _DHASH)

    def dhash(self, sha256: str) -> bytes:
        """The 64 bits of `renditions.dhash`; b"" where a photo has none. Made on first use.

        Raises Problem photo_not_here.
        """
        if (found := self.dhash_if_made(sha256)) is None:
            try:
                found = self._unpacker.dhash(io.BytesIO(self.small(sha256, "preview")))
            except problems.Problem as problem:
                if problem.kind is not problems.photo_not_an_image:
                    raise
                found = b""
            self._renditions.put(sha256, _DHASH, found)
        return found

    def _require_upload(self, announced: Announced) -> None:
        if self.staging.size(announced.id) is None:
            raise problems.upload_unknown()

    def _require_offset(self, announced: Announced, at: int) -> None:
        size = self.staging.size(announced.id)
        if size is None:
            raise problems.upload_unknown()
        if size != at:
            raise problems.upload_offset_conflict(offset=size)

    def _require_space(self, announced: Announced) -> None:
        with disk_problems():
            free = self.staging.free_bytes()
        if free < announced.length + _RESERVE:
            raise problems.storage_full()

    def _locked(self, upload: str) -> threading.Lock:
        return self._locks[hash(upload) % _LOCKS]

    def _verified(self, announced: Announced, sha256: str, stream: BinaryIO) -> Picture:
        """Check that a complete photo is what was announced; `sha256` is that of its bytes."""
        if sha256 != announced.sha256:
            raise problems.photo_hash_mismatch()
        stream.seek(0)
        picture = self._unpacker.inspect(stream)
        if picture.mime != announced.mime:
            raise problems.photo_type_mismatch(said=announced.mime, found=picture.mime)
        return picture
