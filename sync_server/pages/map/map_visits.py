"""What the map draws of visits of safety education, counted here for the part of it that is in view."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from shared import problems
from shared.towns import town_name
from sync_server.database.transactions import reading
from sync_server.deps import EngineDep, SettingsDep, SignedIn, campaign_of
from sync_server.maps import figure
from sync_server.pages.map.map_page import datum_of
from sync_server.pages.map.map_points import Zoom, cell_json, ground_box, json_answer
from sync_server.queries import filters
from sync_server.queries.filters import Box
from sync_server.queries.map import visit_cells
from sync_server.queries.map.visit_cells import VisitSpot
from sync_server.queries.visits import VisitFilter, parse
from sync_server.settings import Settings

router = APIRouter()


def _town(request: Request) -> VisitFilter:
    """The town of the map's filter; its other parts are about hazards."""
    return parse({"town": request.query_params.get("town", "")})


def _box(request: Request) -> Box:
    text = request.query_params.get("bbox")
    if not text:
        raise problems.invalid(errors=[{"path": "bbox", "reason": "missing"}])
    return filters.box_of(text)


VisitsOfTown = Annotated[VisitFilter, Depends(_town)]
InView = Annotated[Box, Depends(_box)]


@router.get("/map/visits.json")
def visit_points(
    request: Request,
    access: SignedIn,
    engine: EngineDep,
    settings: SettingsDep,
    asked: VisitsOfTown,
    box: InView,
    zoom: Zoom,
) -> Response:
    """The visits to draw in `bbox` (west,south,east,north, in the datum of the map) at `zoom`."""
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        on_earth = ground_box(box, settings)
        cells, spots = visit_cells.cells(session, access, campaign, asked, on_earth, zoom)
    found = {
        "cells": [cell_json(cell, settings) for cell in cells],
        "points": [_spot(spot, settings) for spot in spots],
    }
    return json_answer(request, found)


@router.get("/map/visits-here.json")
def visits_here(
    request: Request,
    access: SignedIn,
    engine: EngineDep,
    settings: SettingsDep,
    asked: VisitsOfTown,
    box: InView,
) -> Response:
    """The visits in `bbox`, for a list: the households of one evening have the position of one place."""
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        spots = visit_cells.listed(session, access, campaign, asked, ground_box(box, settings))
    return json_answer(request, {"points": [_spot(spot, settings) for spot in spots]})


def _spot(spot: VisitSpot, settings: Settings) -> dict[str, Any]:
    lat, lon = figure.display((spot.lat, spot.lon), datum_of(settings))
    return {
        "id": spot.id,
        "lat": round(lat, 6),
        "lon": round(lon, 6),
        "kind": spot.kind.value,
        "place": spot.place,
        "town": town_name(spot.town_code),
        "date": spot.date,
        "headcount": spot.headcount,
        "households": spot.households,
    }
