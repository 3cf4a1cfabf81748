"""Reads files with keys, which nobody but the server may read."""

import os
import stat
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Unusable(Exception):
    """Why a file cannot be used; `why`: missing, readable_by_others, or damaged."""

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
