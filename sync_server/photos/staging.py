"""The bytes of uploads under way, on the disk of the server that receives them."""

import os
import shutil
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from sync_server.photos.durable import flush, make_folder


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file whose bytes are whole, for a store to take over."""

    path: Path


class UploadStaging:
    """One file per upload, in a folder of its own, by the upload's id.

    Whoever calls this locks the upload; its methods raise FileNotFoundError for an upload that is not here.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        make_folder(folder)

    def begin(self, upload: str) -> None:
        """Make room for an upload. A power cut may undo it."""
        (self._folder / upload).touch()

    def size(self, upload: str) -> int | None:
        """How many bytes of an upload are here, None where it is not."""
        try:
            return (self._folder / upload).stat().st_size
        except FileNotFoundError:
            return None

    def append(self, upload: str, at: int, data: bytes) -> None:
        """Write bytes at offset `at`, the upload's end. They are on the disk only after `flush`."""
        with (self._folder / upload).open("r+b") as stream:
            stream.seek(at)
            stream.write(data)

    def truncate(self, upload: str, size: int) -> None:
        """Forget, durably, what comes after the first `size` bytes."""
        with (self._folder / upload).open("r+b") as stream:
            stream.truncate(size)
        self.flush(upload)

    def flush(self, upload: str) -> None:
        """Return when the bytes of an upload, as far as they have come, and its name are on the disk."""
        flush(self._folder / upload)
        flush(self._folder)

    def open(self, upload: str) -> BufferedReader:
        """The bytes of an upload, to be read and closed."""
        return (self._folder / upload).open("rb")

    def staged(self, upload: str) -> StagedFile:
        """The file of an upload that is whole."""
        return StagedFile(self._folder / upload)

    def drop(self, upload: str) -> None:
        """Forget an upload; one that is not here is no error."""
        (self._folder / upload).unlink(missing_ok=True)

    def uploads(self) -> list[str]:
        """All that is here: uploads under way, and files that a store is writing."""
        return [path.name for path in self._folder.iterdir()]

    def older_than(self, moment: float) -> list[str]:
        """The files to which nothing was added since a moment (seconds since 1970)."""
        return [path.name for path in self._folder.iterdir() if path.stat().st_mtime < moment]

    def is_writable(self) -> bool:
        """Whether uploads can be written here."""
        return self._folder.is_dir() and os.access(self._folder, os.W_OK | os.X_OK)

    def free_bytes(self) -> int:
        """How much more this disk can take."""
        return shutil.disk_usage(self._folder).free
