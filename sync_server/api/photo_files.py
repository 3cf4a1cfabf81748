"""`GET /api/v1/photos/{sha256}/original|preview|thumb`: photos, to those who may see the register."""

import re
from typing import Literal

from fastapi import APIRouter, Request, Response

from shared import problems
from sync_server.access.devices import Phone
from sync_server.database.transactions import reading
from sync_server.deps import DeskDep, EngineDep, Reader
from sync_server.http.no_range_file import NoRangeFile
from sync_server.queries import photo_files

router = APIRouter(prefix="/photos")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@router.api_route("/{sha256}/{size}", methods=["GET", "HEAD"])
def photo(
    sha256: str,
    size: Literal["original", "preview", "thumb"],
    request: Request,
    reader: Reader,
    engine: EngineDep,
    desk: DeskDep,
) -> Response:
    """A photo as it was sent, or a smaller JPEG of it. Its bytes never change."""
    if not _SHA256.fullmatch(sha256):
        raise problems.photo_not_here()
    access, campaign = (reader.access, reader.campaign) if isinstance(reader, Phone) else (reader, None)
    with reading(engine) as session:
        file = photo_files.readable(session, access, sha256, campaign)
    if file is None:
        raise problems.photo_not_here()
    etag = f'"{sha256}-{size}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if size == "original":
        return NoRangeFile(desk.original(sha256), headers=headers, media_type=file.mime)
    return NoRangeFile(desk.small(sha256, size), headers=headers, media_type="image/jpeg")
