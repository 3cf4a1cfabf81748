"""What pages load from us: our own styles and scripts, and Leaflet; kept long under a versioned address."""

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from shared import problems
from sync_server.http.compression import accepts, gzipped

STATIC = Path(__file__).parents[1] / "static"

router = APIRouter()


@cache
def static(name: str) -> str:
    """The address of a file of ours, which changes with its content so that browsers may keep it."""
    content = (STATIC / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it is sent: plain, gzipped where that is smaller, and its tag."""

    plain: bytes
    gzipped: bytes | None
    etag: str


@lru_cache(maxsize=64)
def _kept(file: Path, changed_ns: int) -> Kept:
    """The file as it was when it changed last; so few and small that they stay in memory."""
    plain = file.read_bytes()
    packed = gzipped(plain, 9)
    digest = hashlib.sha256(plain).hexdigest()[:20]
    return Kept(plain, packed if len(packed) < len(plain) else None, f'"{digest}-{changed_ns:x}"')


def _inside(path: str) -> Path:
    """The file of ours that a path means. Raises Problem not_found for whatever is none."""
    try:
        file = (STATIC / path).resolve(strict=True)
    except (OSError, ValueError):  # nothing there, too long for a name, a NUL
        raise problems.not_found() from None
    # An absolute path would replace the folder, and ".." leave it.
    ours = STATIC.resolve()
    if not file.is_relative_to(ours) or not file.is_file():
        raise problems.not_found()
    if any(part.startswith(".") for part in file.relative_to(ours).parts):
        raise problems.not_found()
    return file


@router.api_route("/static/{path:path}", methods=["GET", "HEAD"])
def static_file(request: Request, path: str) -> Response:
    """One file of the static folder."""
    file = _inside(path)
    kept = _kept(file, file.stat().st_mtime_ns)
    lasting = "public, max-age=31536000, immutable" if "v" in request.query_params else "public, max-age=3600"
    headers = {"Cache-Control": lasting, "ETag": kept.etag, "Vary": "Accept-Encoding"}
    if kept.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = kept.plain
    if kept.gzipped is not None and accepts(request, "gzip"):
        body = kept.gzipped
        headers["Content-Encoding"] = "gzip"
    return Response(body, 200, headers, mimetypes.guess_type(file.name)[0] or "application/octet-stream")
