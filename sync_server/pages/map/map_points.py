"""What the map draws, counted here for the part of it that is in view."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response

from shared import problems
from shared.towns import town_name
from sync_server.database.timestamps import today
from sync_server.database.transactions import reading
from sync_server.deps import EngineDep, SettingsDep, SignedIn, campaign_of
from sync_server.http.compression import page_answer
from sync_server.maps import figure
from sync_server.pages.filter_dependency import Asked, is_late
from sync_server.pages.map.map_page import datum_of, drawn
from sync_server.queries import photo_files
from sync_server.queries.filters import Box
from sync_server.queries.map import map_cells
from sync_server.queries.map.map_cells import Cell, Spot
from sync_server.settings import Settings

router = APIRouter()
Zoom = Annotated[int, Query(ge=0, le=map_cells.MAX_ZOOM)]


@router.get("/map/points.json")
def points(
    request: Request, access: SignedIn, engine: EngineDep, settings: SettingsDep, asked: Asked, zoom: Zoom
) -> Response:
    """What to draw in `bbox` (west,south,east,north, in the datum of the map) at `zoom`."""
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        box = ground_box(_needed(asked.box), settings)
        cells, spots = map_cells.cells(session, access, campaign, asked.everywhere(), today(), box, zoom)
        here = photo_files.here(session, campaign, [(spot.id, spot.photo) for spot in spots])
    return json_answer(
        request,
        {
            "cells": [cell_json(cell, settings) for cell in cells],
            "points": [_spot(spot, here, settings) for spot in spots],
        },
    )


@router.get("/map/here.json")
def here(
    request: Request, access: SignedIn, engine: EngineDep, settings: SettingsDep, asked: Asked
) -> Response:
    """The hazards in `bbox`, for a list where they lie too close to be told apart."""
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        box = ground_box(_needed(asked.box), settings)
        spots = map_cells.listed(session, access, campaign, asked.everywhere(), today(), box)
        arrived = photo_files.here(session, campaign, [(spot.id, spot.photo) for spot in spots])
    return json_answer(request, {"points": [_spot(spot, arrived, settings) for spot in spots]})


def _needed(box: Box | None) -> Box:
    if box is None:
        raise problems.invalid(errors=[{"path": "bbox", "reason": "missing"}])
    return box


def ground_box(box: Box, settings: Settings) -> Box:
    """A rectangle of the map as a rectangle of the earth."""
    datum = datum_of(settings)
    south, west = figure.ground((box.south, box.west), datum)
    north, east = figure.ground((box.north, box.east), datum)
    return Box(west, south, east, north)


def cell_json(cell: Cell, settings: Settings) -> dict[str, Any]:
    """A cell as the script of the map takes it."""
    lat, lon = figure.display((cell.lat, cell.lon), datum_of(settings))
    return {
        "lat": round(lat, 6),
        "lon": round(lon, 6),
        "box": [round(side, 7) for side in drawn(cell.box, settings)],
        "n": cell.n,
        "counts": {kind.value: n for kind, n in cell.counts.items()},
    }


def _spot(spot: Spot, photos_here: frozenset[tuple[str, str]], settings: Settings) -> dict[str, Any]:
    lat, lon = figure.display((spot.lat, spot.lon), datum_of(settings))
    is_here = (spot.id, spot.photo) in photos_here
    return {
        "id": spot.id,
        "lat": round(lat, 6),
        "lon": round(lon, 6),
        "status": spot.status.value,
        "number": spot.number,
        "name": spot.name,
        "town": town_name(spot.town_code),
        "due": spot.due_date,
        "late": is_late(spot.due_date, spot.status),
        "photo": spot.photo if is_here else None,
        "awaited": spot.photo is not None and not is_here,
        "conflicts": spot.conflicts,
    }


def json_answer(request: Request, document: Any) -> Response:
    """An answer that no browser keeps."""
    return page_answer(request, orjson.dumps(document), "application/json", {"Cache-Control": "no-store"})
