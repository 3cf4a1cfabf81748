"""Puts compressed copies beside the files of a web folder, for a server that sends them as they are."""

import gzip
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from pathlib import Path

SUFFIXES = {".bin", ".css", ".html", ".js", ".json", ".mjs", ".otf", ".txt", ".wasm", ".zip"}
WORTH = 0.95  # of the plain size: what shrinks less is sent plain
LARGE = 1_000_000  # bytes; above it the last tenth costs ten times as long
WORKERS = 2


def precompress(folder: Path, cache: Path, passing: str) -> None:
    """Write `<name>.br` and `<name>.gz` for every file in `folder` that shrinks by them.

    Compressed copies are kept in the folder `cache` by content: the next build compresses only what is new.
    None are kept of files whose name matches `passing`: they are others after each change of the app.
    """
    cache.mkdir(parents=True, exist_ok=True)
    paths = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())
    jobs = [(path, suffix, by) for path in paths for suffix, by in ((".br", _brotli), (".gz", _gzip))]

    def compress(job: tuple[Path, str, Callable[[bytes], bytes]]) -> None:
        path, suffix, by = job
        plain = path.read_bytes()
        kept = cache / (hashlib.sha256(plain).hexdigest() + suffix)
        if fnmatch(path.name, passing):
            packed = by(plain)
        elif kept.is_file():
            packed = kept.read_bytes()
        else:
            packed = by(plain)
            unfinished = kept.with_name(kept.name + ".part")
            unfinished.write_bytes(packed)
            unfinished.replace(kept)
        if len(packed) <= len(plain) * WORTH:
            path.with_name(path.name + suffix).write_bytes(packed)

    with ThreadPoolExecutor(WORKERS) as pool:  # both compressors let other threads run
        list(pool.map(compress, jobs))


def _brotli(content: bytes) -> bytes:
    import brotli  # type: ignore[import-untyped]

    return bytes(brotli.compress(content, quality=11 if len(content) < LARGE else 7, lgwin=24))


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=9 if len(content) < LARGE else 6, mtime=0)
