"""The layers of the map: lines, names of towns, hazards and where the device is. None needs a network, but
for the office's tiles, where it has some."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import flet as ft
import flet_map as fm

from mobile_app import theme
from mobile_app.screens.map.map_view import MAX_ZOOM, MapView, Spread, graticule, town_labels
from mobile_app.screens.map.marks import CELL_PX, MARK_PX, cell_mark, hazard_mark, stop_mark
from mobile_app.texts.words import Texts

if TYPE_CHECKING:
    from mobile_app.store.map.map_cells import HazardCell, MapMarks
    from mobile_app.store.queries.hazards import HazardRow
    from shared.records.fix import Fix
    from shared.sync.map_layer import MapLayer

_NAME_WIDE, _NAME_HIGH, _ME_PX = 220, 56, 26


@dataclass(frozen=True, slots=True)
class MapTaps:
    """What a tap on a mark does."""

    on_cell: "Callable[[HazardCell], None]"
    on_hazard: Callable[[str], None]


def ground_layers(
    view: MapView, texts: Texts, taken: Sequence[Spread], tiles: "MapLayer | None"
) -> list[ft.Control]:
    """The office's tiles or, without any, lines at round degrees; and the towns whose names do not cover what
    is `taken`."""
    return [*([_tiles(tiles)] if tiles else _lines(view)), _towns(view, texts, taken)]


def _tiles(tiles: "MapLayer") -> ft.Control:
    layer: ft.Control = fm.TileLayer(
        url_template=tiles.tiles[0],
        min_native_zoom=tiles.minzoom,
        max_native_zoom=tiles.maxzoom,
        max_zoom=MAX_ZOOM,
        key="tiles",
    )
    return layer


def _lines(view: MapView) -> list[ft.Control]:
    lats, lons = graticule(view)
    box = view.box(0.5)
    lines = [
        *(_line((lat, box.west), (lat, box.east)) for lat in lats),
        *(_line((box.south, lon), (box.north, lon)) for lon in lons),
    ]
    return [fm.PolylineLayer(polylines=lines)]


def _towns(view: MapView, texts: Texts, taken: Sequence[Spread]) -> ft.Control:
    names = [
        _marker(_name(name), (town.lat, town.lon), _NAME_WIDE, _NAME_HIGH)
        for name, town in town_labels(view, texts.language, taken)
    ]
    layer: ft.Control = fm.MarkerLayer(markers=names)
    return layer


def hazard_layer(marks: "MapMarks", texts: Texts, taps: MapTaps, chosen: frozenset[str]) -> ft.Control:
    """The hazards that stand alone, and those that are counted together."""
    cells = [
        _marker(cell_mark(cell, texts, partial(taps.on_cell, cell)), (cell.lat, cell.lon), CELL_PX, CELL_PX)
        for cell in marks.cells
    ]
    alone = [
        _marker(
            hazard_mark(row, texts, partial(taps.on_hazard, row.id), row.id in chosen),
            (row.lat, row.lon),
            MARK_PX,
            MARK_PX,
        )
        for row in marks.rows
        if row.lat is not None and row.lon is not None
    ]
    layer: ft.Control = fm.MarkerLayer(markers=[*cells, *alone])
    return layer


def round_layer(
    stops: "Sequence[HazardRow]", texts: Texts, taps: MapTaps, chosen: frozenset[str]
) -> ft.Control:
    """The hazards of a round with their numbers, the first on top."""
    marks = [
        _marker(
            stop_mark(number, row, texts, partial(taps.on_hazard, row.id), row.id in chosen),
            (row.lat, row.lon),
            MARK_PX,
            MARK_PX,
        )
        for number, row in enumerate(stops, start=1)
        if row.lat is not None and row.lon is not None
    ]
    layer: ft.Control = fm.MarkerLayer(markers=marks[::-1])
    return layer


def my_layers(fix: "Fix | None", texts: Texts) -> list[ft.Control]:
    """Where the device is, and the circle of its accuracy."""
    if fix is None:
        return []
    here = fm.MapLatitudeLongitude(fix.lat, fix.lon)
    circle = fm.CircleMarker(
        radius=fix.accuracy_m or 0,
        coordinates=here,
        color=theme.AROUND_ME,
        border_color=theme.PRIMARY,
        border_stroke_width=1.5,
        use_radius_in_meter=True,
    )
    dot = ft.Container(
        bgcolor=theme.PRIMARY,
        border=ft.Border.all(4, theme.PAPER),
        border_radius=_ME_PX / 2,
        width=_ME_PX,
        height=_ME_PX,
        key="me-here",
    )
    me = ft.Semantics(label=texts.map.me, container=True, content=dot)
    dots = [_marker(me, (fix.lat, fix.lon), _ME_PX, _ME_PX)]
    return [fm.CircleLayer(circles=[circle]), fm.MarkerLayer(markers=dots)]


def _marker(content: ft.Control, place: tuple[float, float], width: float, height: float) -> Any:
    where = fm.MapLatitudeLongitude(*place)
    return fm.Marker(content=content, coordinates=where, width=width, height=height)


def _line(start: tuple[float, float], end: tuple[float, float]) -> Any:
    ends = [fm.MapLatitudeLongitude(*start), fm.MapLatitudeLongitude(*end)]
    return fm.PolylineMarker(coordinates=ends, color=theme.LINE, stroke_width=1)


def _name(name: str) -> ft.Control:
    return ft.Container(
        ft.Text(name, size=14, color=theme.QUIET, no_wrap=True), alignment=ft.Alignment.CENTER
    )
