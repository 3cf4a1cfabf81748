"""Verified photos, kept by their SHA-256: the interface, and the folder that is the default."""

import os
import secrets
from collections.abc import Hashable
from pathlib import Path
from typing import BinaryIO, Protocol

from shared import problems
from sync_server.photos.durable import flush, make_folder
from sync_server.photos.staging import StagedFile

BEING_PUT = "put"
"""The prefix of files that are being written to the folder."""


class PhotoStore(Protocol):
    """Keeps photos by hash. After `put` returns, bytes and name are on the disk."""

    def put(self, sha256: str, data: bytes) -> None:
        """Store a photo; storing it again changes nothing."""

    def put_staged(self, sha256: str, staged: StagedFile) -> None:
        """Store a photo that is staged on this machine, and remove it from there."""

    def open(self, sha256: str) -> BinaryIO:
        """The bytes of a photo, to be read and closed. Raises Problem photo_not_here."""

    def exists(self, sha256: str) -> bool:
        """Whether a photo is here."""

    def size(self, sha256: str) -> int | None:
        """How many bytes of a photo are here, None where it is not."""

    def written(self, sha256: str) -> Hashable:
        """What is another value once the bytes were written to; None where the photo is not here."""

    def set_aside(self, sha256: str) -> None:
        """Keep the bytes, which are not what they were, under another name; the photo is not here then."""

    def remove(self, sha256: str) -> None:
        """Forget a photo; one that is not here is no error."""


class FolderPhotoStore:
    """Photos in a folder of this machine: `ab/<sha256>`; what is being written is in `partial/`.

    Raises Problem folder_unusable, storage_full.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._partial = folder / "partial"
        for made in (folder, self._partial, *(folder / f"{first:02x}" for first in range(256))):
            make_folder(made)
        flush(folder)

    def put(self, sha256: str, data: bytes) -> None:
        unfinished = self._partial / f"{BEING_PUT}{secrets.token_hex(8)}"
        try:
            with unfinished.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            self._name(unfinished, sha256)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise

    def put_staged(self, sha256: str, staged: StagedFile) -> None:
        flush(staged.path)
        self._name(staged.path, sha256)

    def open(self, sha256: str) -> BinaryIO:
        try:
            return self._file(sha256).open("rb")
        except FileNotFoundError:
            raise problems.photo_not_here() from None

    def exists(self, sha256: str) -> bool:
        return self._file(sha256).is_file()

    def size(self, sha256: str) -> int | None:
        try:
            return self._file(sha256).stat().st_size
        except OSError:
            return None

    def written(self, sha256: str) -> Hashable:
        try:
            found = self._file(sha256).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def set_aside(self, sha256: str) -> None:
        file = self._file(sha256)
        file.replace(file.with_name(f"{file.name}.damaged"))
        flush(file.parent)

    def remove(self, sha256: str) -> None:
        self._file(sha256).unlink(missing_ok=True)

    def _name(self, file: Path, sha256: str) -> None:
        target = self._file(sha256)
        file.replace(target)
        flush(target.parent)

    def _file(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256
