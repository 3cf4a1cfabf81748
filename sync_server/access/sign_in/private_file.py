"""Reads and creates files with keys, which nobody but the server may read."""

import os
import stat
from contextlib import suppress
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Unusable(Exception):
    """Why a file cannot be used; `why`: missing, readable_by_others, damaged or unwritable."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def read(path: Path) -> bytes:
    """The file's content. Raises Unusable."""
    try:
        with path.open("rb") as file:
            mode, content = os.fstat(file.fileno()).st_mode, file.read()
    except FileNotFoundError:
        raise Unusable("missing") from None
    except OSError:
        raise Unusable("damaged") from None
    if mode & _OTHERS:
        raise Unusable("readable_by_others")
    return content


def create(path: Path, content: str) -> None:
    """Write a new file, whole or not at all; of two servers that do so at once, the first one's counts.

    Raises Unusable with "unwritable".
    """
    whole = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileNotFoundError):
            whole.unlink()
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(whole, path)
        whole.unlink()
    except OSError:
        raise Unusable("unwritable") from None
