"""Caches smaller copies of photos; they can be made again, so a power cut may lose them."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from sync_server.photos.durable import make_folder


class RenditionCache:
    """A folder of JPEGs by photo hash and size name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        make_folder(folder)

    def get(self, sha256: str, size: str) -> bytes | None:
        """The copy, None if it was not made yet or cannot be read."""
        try:
            return self._file(sha256, size).read_bytes()
        except OSError:
            return None

    def put(self, sha256: str, size: str, data: bytes) -> None:
        """Store a copy if there is room on the disk; atomic."""
        target = self._file(sha256, size)
        unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        with suppress(OSError):  # it can be made again later
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                unfinished.write_bytes(data)
                os.replace(unfinished, target)  # noqa: PTH105
            finally:
                unfinished.unlink(missing_ok=True)

    def remove(self, sha256: str, size: str) -> None:
        """Delete a copy."""
        self._file(sha256, size).unlink(missing_ok=True)

    def _file(self, sha256: str, size: str) -> Path:
        return self._folder / sha256[:2] / f"{sha256}-{size}.jpg"
