"""Reads and creates files with keys, which nobody but the server may read."""

import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
    with _written(path, content.encode()) as whole, suppress(FileExistsError):
        os.link(whole, path)


def replace(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all, in the place of the one that is there. Raises as `create` does."""
    with _written(path, content) as whole:
        whole.replace(path)


@contextmanager
def _written(path: Path, content: bytes) -> Iterator[Path]:
    """A file with the content beside `path`, gone at the end; bytes and names are on the disk then."""
    whole = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        whole.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            yield whole
        finally:
            whole.unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError:
        raise Unusable("unwritable") from None
