"""Writes compressed copies next to the files of a web folder, for servers that send them as they are."""

import gzip
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mobile_app.packaging.web import service_worker

SUFFIXES = {".bin", ".css", ".html", ".js", ".json", ".mjs", ".otf", ".txt", ".wasm", ".zip"}
MAX_RATIO = 0.95  # of the original size; files that shrink less are sent uncompressed
QUALITY = 10  # of Brotli: 9 sends a tenth more, 11 takes twice as long to save a thirtieth
WORKERS = 2


def precompress(folder: Path, cache: Path) -> None:
    """Write `<name>.br` and `<name>.gz` for every file in `folder` that compresses well.

    Files that phones download in pieces are left as they are.
    Compressed copies are cached in the folder `cache` by content hash, so the next build compresses only new
    files.
    """
    cache.mkdir(parents=True, exist_ok=True)
    paths = sorted(path for path in folder.rglob("*") if _is_compressible(path))
    encoders = ((".br", _brotli), (".gz", _gzip))
    jobs = [(path, suffix, encode) for path in paths for suffix, encode in encoders]

    def compress(job: tuple[Path, str, Callable[[bytes], bytes]]) -> None:
        path, suffix, encode = job
        plain = path.read_bytes()
        cached = cache / (hashlib.sha256(plain).hexdigest() + suffix)
        if cached.is_file():
            packed = cached.read_bytes()
        else:
            packed = encode(plain)
            unfinished = cached.with_name(cached.name + ".part")
            unfinished.write_bytes(packed)
            unfinished.replace(cached)
        if len(packed) <= len(plain) * MAX_RATIO:
            path.with_name(path.name + suffix).write_bytes(packed)

    with ThreadPoolExecutor(WORKERS) as pool:  # both compressors release the GIL
        list(pool.map(compress, jobs))


def _brotli(content: bytes) -> bytes:
    import brotli  # type: ignore[import-untyped]

    return bytes(brotli.compress(content, quality=QUALITY, lgwin=24))


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=9, mtime=0)


def _is_compressible(path: Path) -> bool:
    return path.suffix in SUFFIXES and path.is_file() and path.stat().st_size <= service_worker.LARGEST_WHOLE
