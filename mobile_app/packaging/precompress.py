"""Puts compressed copies beside the files of a web folder, for a server that sends them as they are."""

import gzip
import hashlib
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SUFFIXES = {".bin", ".css", ".html", ".js", ".json", ".mjs", ".otf", ".wasm", ".zip"}
WORTH = 0.95  # of the plain size: what shrinks less is sent plain
LARGE = 1_000_000  # bytes; above it the last tenth costs ten times as long
PASSING = 20_000_000  # bytes; so large is only the snapshot, another one after each change of the app
WORKERS = 2


def precompress(folder: Path, cache: Path) -> None:
    """Write `<name>.br` and `<name>.gz` for every file in `folder` that shrinks by them.

    Compressed copies are kept in the folder `cache` by content: the next build compresses only what is new.
    """
    cache.mkdir(parents=True, exist_ok=True)
    paths = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())
    jobs = [(path, suffix, by) for path in paths for suffix, by in ((".br", _brotli), (".gz", _gzip))]
    with ThreadPoolExecutor(WORKERS) as pool:  # both compressors let other threads run
        for _ in pool.map(lambda job: _compress(job[0], job[1], job[2], cache), jobs):
            pass


def _compress(path: Path, suffix: str, by: Callable[[bytes], bytes], cache: Path) -> None:
    plain = path.read_bytes()
    beside = path.with_name(path.name + suffix)
    if len(plain) > PASSING:
        beside.write_bytes(by(plain))
        return
    kept = cache / (hashlib.sha256(plain).hexdigest() + suffix)
    if not kept.is_file():
        unfinished = kept.with_suffix(".part" + suffix)
        unfinished.write_bytes(by(plain))
        unfinished.replace(kept)
    if kept.stat().st_size <= len(plain) * WORTH:
        shutil.copyfile(kept, beside)


def _brotli(content: bytes) -> bytes:
    import brotli  # type: ignore[import-untyped]

    return bytes(brotli.compress(content, quality=11 if len(content) < LARGE else 7, lgwin=24))


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=9 if len(content) < LARGE else 6, mtime=0)
