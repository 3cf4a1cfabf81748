"""The map that folium builds: its element for a page, and its script, which we serve ourselves.

folium is loaded with the first map: it takes longer than all else that the server needs to start.
"""

import hashlib
import html
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from shared import geo
from shared.towns import TOWNS
from shared.vocabulary import Datum

DEEPEST = 19
"""The greatest zoom; hazards that are still too close to tell apart open as a list."""
_SHALLOWEST = 5
_CENTRE = (22.93, 113.87)
_ENDINGS = ("街道", "镇", " Subdistrict", " Town")


@dataclass(frozen=True, slots=True)
class Tiles:
    """A tile layer: its URL with {z}, {x}, {y}, its attribution as plain text, and its datum."""

    url: str
    attribution: str
    datum: Literal[Datum.WGS84, Datum.GCJ02]


@dataclass(frozen=True, slots=True)
class Figure:
    """What a page needs: the element, and the script that makes the map in it, with a name by its content."""

    html: str
    script: str
    script_name: str


@lru_cache(maxsize=8)
def build(tiles: Tiles | None, language: Literal["zh", "en"]) -> Figure:
    """The map of one deployment in one language; towns are placed in the datum of the tiles."""
    import folium

    from sync_server.maps.bootstrap_script import BootstrapScript

    made = folium.Map(
        location=_CENTRE,
        zoom_start=10,
        tiles=None,
        minZoom=_SHALLOWEST,
        maxZoom=DEEPEST,
    )
    made._id = "anlan"
    if tiles:
        layer = folium.TileLayer(
            tiles.url, attr=html.escape(tiles.attribution), max_zoom=DEEPEST, max_native_zoom=18
        )
        layer._id = "ground"
        layer.add_to(made)
    datum = tiles.datum if tiles else Datum.WGS84
    towns = []
    for town in TOWNS:
        lat, lon = display((town.lat, town.lon), datum)
        towns.append([_short(town.zh if language == "zh" else town.en), round(lat, 5), round(lon, 5)])
    extent = f"{geo.WEST},{geo.SOUTH},{geo.EAST},{geo.NORTH}"
    made.add_child(BootstrapScript({"towns": towns, "extent": extent}))
    root: Any = made.get_root()
    root.render()
    script = "\n".join(part.render() for part in root.script._children.values())
    digest = hashlib.sha256(script.encode()).hexdigest()[:12]
    return Figure("".join(part.render() for part in root.html._children.values()), script, f"map-{digest}.js")


def display(point: geo.Point, datum: Datum) -> geo.Point:
    """Where a WGS-84 point is drawn on a map of that datum."""
    return geo.wgs_to_gcj(point) if datum is Datum.GCJ02 else point


def ground(point: geo.Point, datum: Datum) -> geo.Point:
    """Which WGS-84 point is drawn at a point of a map of that datum."""
    return geo.gcj_to_wgs(point) if datum is Datum.GCJ02 else point


def _short(name: str) -> str:
    """A town's name as a map has it, without what kind of town it is."""
    return next((name.removesuffix(ending) for ending in _ENDINGS if name.endswith(ending)), name)
