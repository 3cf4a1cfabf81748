"""Where photo bytes are kept: a small interface, and the folder that is the default.

A folder's parts: `photos/ab/<sha256>` whole and verified, `partial/<upload id>` under way, `small/` what
was made of them and can be made again.
"""

import os
import shutil
from io import BufferedRandom
from pathlib import Path
from typing import Protocol


class PhotoStore(Protocol):
    """Keeps bytes by their hash, and those of uploads until they are whole."""

    def size_of_partial(self, upload: str) -> int | None:
        """How many bytes of an upload are durable here, None where nothing is known of it."""

    def begin(self, upload: str) -> None:
        """Make room for an upload."""

    def open_partial(self, upload: str) -> BufferedRandom:
        """The bytes of an upload, to be read and written."""

    def settle(self, upload: str) -> None:
        """Return when the bytes of an upload, as far as they have come, are on the disk."""

    def keep(self, upload: str, sha256: str) -> None:
        """Turn a whole, verified upload into the photo of that hash; all of it is on the disk on return."""

    def put(self, upload: str, sha256: str, data: bytes) -> None:
        """Keep a verified photo that is here whole, by way of an upload; it is on the disk on return."""

    def drop_partial(self, upload: str) -> None:
        """Forget an upload."""

    def old_partials(self, before: float) -> list[str]:
        """The uploads to which nothing was added since the moment `before` (seconds since 1970)."""

    def photo(self, sha256: str) -> Path | None:
        """The file of a photo, None where it is not here."""

    def small(self, sha256: str, size: str) -> Path:
        """Where a smaller copy of a photo belongs; it may not be there yet."""

    def free_bytes(self) -> int:
        """How much more can be kept."""


class FolderPhotoStore:
    """Photos in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._partial = folder / "partial"
        for made in (folder, self._partial, folder / "small"):
            made.mkdir(parents=True, exist_ok=True)
        for first in range(256):
            (folder / f"{first:02x}").mkdir(exist_ok=True)
        _settle(folder)

    def size_of_partial(self, upload: str) -> int | None:
        try:
            return (self._partial / upload).stat().st_size
        except FileNotFoundError:
            return None

    def begin(self, upload: str) -> None:
        (self._partial / upload).touch()

    def open_partial(self, upload: str) -> BufferedRandom:
        return (self._partial / upload).open("r+b")

    def settle(self, upload: str) -> None:
        _settle(self._partial / upload)
        _settle(self._partial)

    def keep(self, upload: str, sha256: str) -> None:
        partial, target = self._partial / upload, self._whole(sha256)
        _settle(partial)
        partial.replace(target)
        _settle(target.parent)

    def drop_partial(self, upload: str) -> None:
        (self._partial / upload).unlink(missing_ok=True)

    def put(self, upload: str, sha256: str, data: bytes) -> None:
        partial, target = self._partial / upload, self._whole(sha256)
        try:
            with partial.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            partial.replace(target)
        except OSError:
            self.drop_partial(upload)
            raise
        _settle(target.parent)

    def old_partials(self, before: float) -> list[str]:
        return [path.name for path in self._partial.iterdir() if path.stat().st_mtime < before]

    def photo(self, sha256: str) -> Path | None:
        path = self._whole(sha256)
        return path if path.is_file() else None

    def small(self, sha256: str, size: str) -> Path:
        return self._folder / "small" / sha256[:2] / f"{sha256}-{size}.jpg"

    def free_bytes(self) -> int:
        return shutil.disk_usage(self._folder).free

    def _whole(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _settle(path: Path) -> None:
    """Return when a file's bytes, or a folder's names, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
