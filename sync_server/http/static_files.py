"""Serves folders of files to browsers, such as the styles and scripts of our pages."""

import hashlib
import stat
from collections.abc import Iterator
from functools import cache, lru_cache
from os import PathLike, stat_result
from pathlib import Path

from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from sync_server.http.compression import accepts, gzipped
from sync_server.http.no_range_file import NoRangeFile

STATIC = Path(__file__).parents[1] / "static"
_MEDIA_TYPES = {
    ".bin": "application/octet-stream",
    ".css": "text/css; charset=utf-8",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".otf": "font/otf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
"""Not the machine's own table: on some machines it calls scripts text, which browsers then refuse to run."""


@cache
def static(name: str) -> str:
    """The address of a static file, with a version from its content so that browsers may cache it."""
    content = (STATIC / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"


class CompressedFiles(StaticFiles):
    """The files of a folder: compressed if the client accepts it, no ranges, ETags from the content."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)

    def headers(self, request: Request) -> dict[str, str]:
        """Additional headers of each answer, also of a 304."""
        raise NotImplementedError

    def copies(self, path: Path, changed_ns: int) -> Iterator[tuple[str, Path | bytes]]:
        """(content coding, compressed file or bytes) of a file, the preferred first."""
        raise NotImplementedError

    async def check_config(self) -> None:
        """The folder may be missing: it may be built while the server runs."""

    def lookup_path(self, path: str) -> tuple[str, stat_result | None]:
        found, state = super().lookup_path(path)
        if state is not None and stat.S_ISREG(state.st_mode):
            _digest(found, state.st_mtime_ns, state.st_size)  # read here, in a thread, for `file_response`
        return found, state

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        path, request = Path(full_path), Request(scope)
        sent: Path | bytes = path
        etag = _digest(str(full_path), stat_result.st_mtime_ns, stat_result.st_size)
        headers = {"Vary": "Accept-Encoding", **self.headers(request)}
        encoded = {}
        for coding, copy in self.copies(path, stat_result.st_mtime_ns):
            if accepts(request, coding):
                sent, etag, encoded = copy, f"{etag}-{coding}", {"Content-Encoding": coding}
                break
        headers["ETag"] = f'"{etag}"'
        if self.is_not_modified(Headers(headers), request.headers):
            return Response(status_code=304, headers=headers)
        headers |= encoded
        media_type = _MEDIA_TYPES.get(path.suffix.lower(), _MEDIA_TYPES[".bin"])
        if isinstance(sent, bytes):
            return Response(sent, status_code, headers, media_type)
        return NoRangeFile(sent, status_code, headers, media_type)


class PageFiles(CompressedFiles):
    """`/static/`: the files of our pages, small enough to keep their compressed copies in memory."""

    def __init__(self) -> None:
        super().__init__(STATIC)

    def headers(self, request: Request) -> dict[str, str]:
        """Kept for a year under an address with a version, see `static`."""
        lasting = "v" in request.query_params
        return {"Cache-Control": f"public, max-age={'31536000, immutable' if lasting else '3600'}"}

    def copies(self, path: Path, changed_ns: int) -> Iterator[tuple[str, Path | bytes]]:
        """One by gzip, where that is smaller."""
        compressed = _gzipped(path, changed_ns)
        if compressed is not None:
            yield "gzip", compressed

    def lookup_path(self, path: str) -> tuple[str, stat_result | None]:
        if any(part.startswith(".") for part in Path(path).parts):
            return "", None
        return super().lookup_path(path)


@lru_cache(maxsize=1024)
def _digest(path: str, _changed_ns: int, _size: int) -> str:
    """A hash of a file's content, computed again only when the file changes."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:32]


@lru_cache(maxsize=64)
def _gzipped(path: Path, _changed_ns: int) -> bytes | None:
    plain = path.read_bytes()
    compressed = gzipped(plain, 9)
    return compressed if len(compressed) < len(plain) else None
