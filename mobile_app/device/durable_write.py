"""Writes files so that they survive a power cut: whole or not at all."""

import errno
import os
from pathlib import Path

from shared import problems


def write_durably(path: Path, data: bytes) -> None:
    """Put `data` at `path`; on return it is on the disk. Problem: device_storage_full."""
    beside = path.with_name(f"{path.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        keep_names(path.parent)
    except OSError as error:
        beside.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise problems.device_storage_full() from None
        raise


def keep_names(folder: Path) -> None:
    """Make the names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
