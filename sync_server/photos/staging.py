"""The bytes of uploads under way, on the disk of the server that receives them."""

import os
import shutil
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from sync_server.photos.durable import flush, make_folder


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A complete file, which a store may take over."""

    path: Path


class UploadStaging:
    """One file per upload, named by its id, in a separate folder.

    Callers lock the upload; methods raise FileNotFoundError for an upload that is not here.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        make_folder(folder)

    def begin(self, upload: str) -> None:
        """Create the file of an upload. A power cut may undo this."""
        (self._folder / upload).touch()

    def size(self, upload: str) -> int | None:
        """How many bytes of an upload have arrived, None if it is unknown."""
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
        """Remove, durably, what comes after the first `size` bytes."""
        with (self._folder / upload).open("r+b") as stream:
            stream.truncate(size)
        self.flush(upload)

    def flush(self, upload: str) -> None:
        """Return when the bytes of an upload that have arrived, and its name, are on the disk."""
        flush(self._folder / upload)
        flush(self._folder)

    def open(self, upload: str) -> BufferedReader:
        """An upload, opened for reading; the caller closes it."""
        return (self._folder / upload).open("rb")

    def staged(self, upload: str) -> StagedFile:
        """The file of a complete upload."""
        return StagedFile(self._folder / upload)

    def drop(self, upload: str) -> None:
        """Delete an upload, if it is here."""
        (self._folder / upload).unlink(missing_ok=True)

    def uploads(self) -> list[str]:
        """Everything in the folder: uploads under way, and files that a store is writing."""
        return [path.name for path in self._folder.iterdir()]

    def older_than(self, moment: float) -> list[str]:
        """The files that have not changed since a time (seconds since 1970)."""
        return [path.name for path in self._folder.iterdir() if path.stat().st_mtime < moment]

    def is_writable(self) -> bool:
        """Whether uploads can be written here."""
        return self._folder.is_dir() and os.access(self._folder, os.W_OK | os.X_OK)

    def free_bytes(self) -> int:
        """The free space of this disk in bytes."""
        return shutil.disk_usage(self._folder).free
