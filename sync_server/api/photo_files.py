"""`GET /api/v1/photos/{sha256}/original|preview|thumb`: photos, to those who may see the register."""

import re
from collections.abc import AsyncIterator
from functools import partial
from typing import Any, BinaryIO, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Engine
from starlette.background import BackgroundTask

from shared import problems
from shared.sync.wire import PHOTO_TYPES
from sync_server.access.devices import Phone
from sync_server.access.policy import Access
from sync_server.database.tables import PhotoFileRow
from sync_server.database.transactions import reading
from sync_server.deps import EngineDep, LanesDep, PhotosDep, Reader
from sync_server.http.declarations import DATABASE, READER, answers
from sync_server.http.lanes import Lanes
from sync_server.queries import photo_files

router = APIRouter(prefix="/photos")
_CHUNK = 64 * 2**10
_PHOTO: dict[str, Any] = {
    "content": {mime: {"schema": {"type": "string", "format": "binary"}} for mime in PHOTO_TYPES},
    "headers": {"ETag": {"schema": {"type": "string"}}},
}
_STORAGE = (problems.photos_unavailable, *DATABASE)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@router.api_route(
    "/{sha256}/{size}",
    methods=["GET", "HEAD"],
    openapi_extra={"security": READER},
    responses=answers(
        *(200, _PHOTO, problems.photo_not_here, problems.sign_in_required, problems.token_invalid, *_STORAGE),
    )
    | {304: {"description": "It is what `If-None-Match` names."}},
)
async def photo(
    sha256: str,
    size: Literal["original", "preview", "thumb"],
    request: Request,
    reader: Reader,
    engine: EngineDep,
    photos: PhotosDep,
    lanes: LanesDep,
) -> Response:
    """A photo as it was sent, or a smaller JPEG of it. The bytes at an address never change."""
    if not _SHA256.fullmatch(sha256):
        raise problems.photo_not_here()
    file = await lanes.lookups.run(partial(_readable, engine, photos, reader, sha256))
    etag = f'"{sha256}-{size}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if size == "original":
        if not await lanes.lookups.run(partial(photos.is_known_intact, sha256)):
            await lanes.pictures.run(partial(photos.require_intact, sha256))
        stream = await lanes.lookups.run(partial(photos.original, sha256))
        headers["Content-Length"] = str(file.bytes)
        background = BackgroundTask(stream.close)
        return StreamingResponse(_chunks(stream, lanes), 200, headers, file.mime, background)
    made = await lanes.lookups.run(partial(photos.small_if_made, sha256, size))
    if made is None:
        made = await lanes.pictures.run(partial(photos.small, sha256, size))
    return Response(made, 200, headers, "image/jpeg")


def _readable(engine: Engine, photos: PhotosDep, reader: Access | Phone, sha256: str) -> PhotoFileRow:
    access, campaign = (reader.access, reader.campaign) if isinstance(reader, Phone) else (reader, None)
    with reading(engine) as session:
        file = photo_files.readable(session, access, sha256, campaign)
    if file is None or not photos.is_whole(sha256, file.bytes):
        raise problems.photo_not_here()
    return file


async def _chunks(stream: BinaryIO, lanes: Lanes) -> AsyncIterator[bytes]:
    while chunk := await lanes.lookups.run(partial(stream.read, _CHUNK)):
        yield chunk
