"""`/tiles/`: the ground of the map, for the office's map and for phones.

The pictures show no more than any map does, so everybody may ask for them. What describes them may hold the
key of a map service: only who is signed in or has an enrolled phone reads it.
"""

from typing import Any

from fastapi import APIRouter, Request, Response

from shared import problems
from sync_server.deps import LanesDep, Reader, SettingsDep
from sync_server.http import compression
from sync_server.maps.tile_file import TileFile

router = APIRouter(prefix="/tiles")
_KEEP = {"Cache-Control": "public, max-age=604800"}


@router.get("/tiles.json")
async def description(request: Request, settings: SettingsDep, _: Reader) -> Response:
    """TileJSON 3.0 of the deployment's tiles, with their `datum`; with `mean_bytes` where they come from a
    file of this server, and parts of it may be kept. `tiles` is empty where there are none."""
    said: dict[str, Any] = {
        "tilejson": "3.0.0",
        "tiles": [settings.tiles_url] if settings.tiles_url else [],
        "attribution": settings.tiles_attribution,
        "minzoom": 0,
        "maxzoom": settings.tiles_zoom,
        "datum": settings.tiles_datum.value,
    }
    if (file := _file(request)) is not None:
        tiles = file.tiles
        said |= {"minzoom": tiles.min_zoom, "bounds": list(tiles.bounds), "mean_bytes": tiles.mean_bytes}
    return compression.json_answer(said)


@router.get("/{zoom}/{x}/{y}")
async def picture(request: Request, lanes: LanesDep, zoom: int, x: int, y: int) -> Response:
    """One picture of the file. Problem: not_found."""
    file = _file(request)
    found = await lanes.lookups.run(lambda: file.picture(zoom, x, y)) if file else None
    if found is None:
        raise problems.not_found()
    data, kind = found
    return Response(data, 200, _KEEP, kind)


def _file(request: Request) -> TileFile | None:
    file: TileFile | None = request.app.state.tile_file
    return file
