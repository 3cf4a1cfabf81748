"""Flushes files and names to the disk, and turns disk errors into problems."""

import errno
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared import problems

RETRY_AFTER_S = 60
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
log = logging.getLogger("anlan")


def flush(path: Path) -> None:
    """Return when a file's bytes, or a folder's names, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Create a folder if it is missing. Raises Problem folder_unusable, storage_full."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in _FULL:
            raise problems.storage_full() from None
        raise problems.folder_unusable(path=str(folder)) from None


@contextmanager
def disk_problems() -> Iterator[None]:
    """Turn disk errors into Problem storage_full or photos_unavailable."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise problems.storage_full() from error
        log.error("photo folder: %s", error)
        raise problems.photos_unavailable(retry_after_s=RETRY_AFTER_S) from error
