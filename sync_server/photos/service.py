"""Where photos come in and go out: kept as they arrive, checked at the end, shown in three sizes."""

import errno
import hashlib
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from shared import problems
from sync_server.photos import renditions
from sync_server.photos.renditions import Picture
from sync_server.photos.store import PhotoStore

Size = Literal["preview", "thumb"]
SIDES: dict[Size, int] = {"preview": 1280, "thumb": 320}
_MOST_AT_ONCE = 2
_RESERVE = 32 * 2**20
_LOCKS = 64


class Announced(Protocol):
    """What an upload was said to be; `length` in bytes."""

    @property
    def id(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def mime(self) -> str: ...
    @property
    def length(self) -> int: ...


class PhotoService:
    """All work on photo bytes. Everything here blocks: call it in a thread. Raises Problem storage_full."""

    def __init__(self, shelf: PhotoStore) -> None:
        self.shelf = shelf
        self._locks = [threading.Lock() for _ in range(_LOCKS)]
        self._making = threading.BoundedSemaphore(_MOST_AT_ONCE)

    def begin(self, announced: Announced) -> None:
        """Make room for an upload."""
        self._insist_on_room(announced)
        with _full_disk():
            self.shelf.begin(announced.id)

    def offset(self, upload: str) -> int | None:
        """How many bytes of an upload are here, None where it is unknown or finished."""
        return self.shelf.size_of_partial(upload)

    def write(self, announced: Announced, at: int, part: bytes) -> int:
        """Add bytes that belong at offset `at`; the new offset.

        Raises Problem upload_offset_conflict where the upload has gone on since, upload_unknown where it is
        gone, and photo_too_large for more bytes than were announced.
        """
        if at + len(part) > announced.length:
            raise problems.photo_too_large(limit=announced.length)
        with self._locked(announced.id), _full_disk():
            size = self.shelf.size_of_partial(announced.id)
            if size is None:
                raise problems.upload_unknown()
            if size != at:
                raise problems.upload_offset_conflict(offset=size)
            with self.shelf.open_partial(announced.id) as stream:
                stream.seek(at)
                stream.write(part)
        return at + len(part)

    def settle(self, announced: Announced) -> None:
        """Return when what an upload has is on the disk, so that its offset may be promised."""
        with self._locked(announced.id), _full_disk():
            self._insist(announced)
            self.shelf.settle(announced.id)

    def take_back(self, announced: Announced, to: int) -> None:
        """Forget what came after offset `to`: its checksum was wrong."""
        with self._locked(announced.id), _full_disk():
            self._insist(announced)
            with self.shelf.open_partial(announced.id) as stream:
                stream.truncate(to)
            self.shelf.settle(announced.id)

    def finish(self, announced: Announced) -> Picture:
        """Check a whole upload and put it on the shelf, durably. What fails is dropped.

        Raises Problem photo_hash_mismatch, photo_type_mismatch, upload_unknown where another request was
        faster, and those of `pictures.look`.
        """
        with self._locked(announced.id):
            self._insist(announced)
            try:
                with self.shelf.open_partial(announced.id) as stream:
                    found = hashlib.file_digest(stream, "sha256")
                    picture = _checked(announced, found.hexdigest(), stream)
            except problems.Problem:
                self.shelf.drop_partial(announced.id)
                raise
            with _full_disk():
                self.shelf.keep(announced.id, announced.sha256)
        return picture

    def take(self, announced: Announced, data: bytes) -> Picture:
        """Check a photo that came whole in one request and put it on the shelf, durably.

        Nothing is left of one that fails. Raises the Problems of `finish`.
        """
        self._insist_on_room(announced)
        picture = _checked(announced, hashlib.sha256(data).hexdigest(), io.BytesIO(data))
        with _full_disk():
            self.shelf.put(announced.id, announced.sha256, data)
        return picture

    def _insist(self, announced: Announced) -> None:
        if self.shelf.size_of_partial(announced.id) is None:
            raise problems.upload_unknown()

    def _insist_on_room(self, announced: Announced) -> None:
        if self.shelf.free_bytes() < announced.length + _RESERVE:
            raise problems.storage_full()

    def drop(self, upload: str) -> None:
        """Forget an upload."""
        with self._locked(upload):
            self.shelf.drop_partial(upload)

    def original(self, sha256: str) -> Path:
        """The file of a photo. Raises Problem photo_not_here."""
        path = self.shelf.photo(sha256)
        if path is None:
            raise problems.photo_not_here()
        return path

    def small(self, sha256: str, size: Size) -> Path:
        """The file of a smaller copy (JPEG), made when first asked for. Raises Problem photo_not_here."""
        source = self.original(sha256)
        target = self.shelf.small(sha256, size)
        if not target.is_file():
            with self._making, _full_disk():
                if not target.is_file():
                    renditions.make_small(source, target, SIDES[size])
        return target

    def _locked(self, upload: str) -> threading.Lock:
        return self._locks[hash(upload) % _LOCKS]


def _checked(announced: Announced, sha256: str, stream: BinaryIO) -> Picture:
    """What a whole photo is, once it is what it was announced to be; `sha256` is that of its bytes."""
    if sha256 != announced.sha256:
        raise problems.photo_hash_mismatch()
    stream.seek(0)
    picture = renditions.look(stream)
    if picture.mime != announced.mime:
        raise problems.photo_type_mismatch(said=announced.mime, found=picture.mime)
    return picture


@contextmanager
def _full_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise problems.storage_full() from error
        raise
