"""Which photos were read since this server started and were what their hash says.

A damaged file can have its old length. Reading a photo each time would double what serving it costs, so it is
read once, and again when the store says that something wrote to it.
"""

import hashlib
import threading
from collections.abc import Hashable

from sync_server.photos.store import PhotoStore

_REMEMBERED = 100_000
_PART = 2**20


class IntactPhotos:
    """The photos of `store` that were read and found intact."""

    def __init__(self, store: PhotoStore) -> None:
        self._store = store
        self._known: dict[str, Hashable] = {}
        self._lock = threading.Lock()

    def is_known(self, sha256: str) -> bool:
        """Whether the photo was found intact and nothing wrote to it since. Reads none of its bytes."""
        written = self._store.written(sha256)
        return written is not None and self._known.get(sha256) == written

    def check(self, sha256: str) -> bool:
        """Whether the photo is intact; reads all of it, once. Raises Problem photo_not_here."""
        if self.is_known(sha256):
            return True
        written = self._store.written(sha256)
        digest = hashlib.sha256()
        with self._store.open(sha256) as stream:
            while part := stream.read(_PART):
                digest.update(part)
        if digest.hexdigest() != sha256:
            return False
        with self._lock:
            while len(self._known) >= _REMEMBERED:
                self._known.pop(next(iter(self._known)))
            self._known[sha256] = written
        return True
