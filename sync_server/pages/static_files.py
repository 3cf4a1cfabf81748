"""What pages load from us: our own styles and scripts, and Leaflet; kept long under a versioned address."""

import mimetypes

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from shared import problems
from sync_server.pages.rendering import STATIC

router = APIRouter()


@router.get("/static/{path:path}")
def static_file(request: Request, path: str) -> Response:
    """One file of the static folder."""
    if "\0" in path or any(part.startswith(".") for part in path.split("/")):
        raise problems.not_found()
    file = STATIC / path
    if not file.is_file():
        raise problems.not_found()
    kept = "public, max-age=31536000, immutable" if "v" in request.query_params else "public, max-age=3600"
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return FileResponse(file, media_type=media_type, headers={"Cache-Control": kept})
