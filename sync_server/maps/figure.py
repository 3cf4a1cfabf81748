"""Builds the map with folium: the HTML element for a page, and the script, which we serve ourselves.

folium is imported with the first map, because it takes longer to load than the rest of the server.
"""

import hashlib
import html
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from shared import geo
from shared.towns import TOWNS, short_name
from shared.vocabulary import Datum

MAX_ZOOM = 19
"""Hazards that are still too close to tell apart at this zoom open as a list."""
_MIN_ZOOM = 5
_CENTRE = (22.93, 113.87)


@dataclass(frozen=True, slots=True)
class Tiles:
    """A tile layer: its URL with {z}, {x}, {y}, its attribution as plain text, its datum and highest zoom."""

    url: str
    attribution: str
    datum: Literal[Datum.WGS84, Datum.GCJ02]
    max_zoom: int = 18


@dataclass(frozen=True, slots=True)
class Figure:
    """The map's HTML element, the script that fills it, and a script name with its content hash."""

    html: str
    script: str
    script_name: str


@lru_cache(maxsize=8)
def build(tiles: Tiles | None, language: Literal["zh", "en"]) -> Figure:
    """Build the map of one deployment in one language; towns are placed in the datum of the tiles."""
    import folium

    from sync_server.maps.bootstrap_script import BootstrapScript

    folium_map = folium.Map(
        location=_CENTRE,
        zoom_start=10,
        tiles=None,
        minZoom=_MIN_ZOOM,
        maxZoom=MAX_ZOOM,
    )
    folium_map._id = "anlan"
    if tiles:
        layer = folium.TileLayer(
            tiles.url,
            attr=html.escape(tiles.attribution) or " ",  # folium insists on one
            max_zoom=MAX_ZOOM,
            max_native_zoom=tiles.max_zoom,
        )
        layer._id = "ground"
        layer.add_to(folium_map)
    datum = tiles.datum if tiles else Datum.WGS84
    towns = []
    for town in TOWNS:
        lat, lon = display((town.lat, town.lon), datum)
        towns.append([short_name(town, language), round(lat, 5), round(lon, 5)])
    extent = f"{geo.WEST},{geo.SOUTH},{geo.EAST},{geo.NORTH}"
    folium_map.add_child(BootstrapScript({"towns": towns, "extent": extent}))
    root: Any = folium_map.get_root()
    root.render()
    script = "\n".join(part.render() for part in root.script._children.values())
    digest = hashlib.sha256(script.encode()).hexdigest()[:12]
    return Figure("".join(part.render() for part in root.html._children.values()), script, f"map-{digest}.js")


def display(point: geo.Point, datum: Datum) -> geo.Point:
    """Convert a WGS-84 point to the map's datum."""
    return geo.wgs_to_gcj(point) if datum is Datum.GCJ02 else point


def ground(point: geo.Point, datum: Datum) -> geo.Point:
    """Convert a point from the map's datum to WGS-84."""
    return geo.gcj_to_wgs(point) if datum is Datum.GCJ02 else point
