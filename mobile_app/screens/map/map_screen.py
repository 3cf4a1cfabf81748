"""地图: where the hazards on this phone lie, and where one is. It needs no network."""

from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.access import use_access
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.hooks import use_part
from mobile_app.screens.map.map_frame import ROUTE, MapWords, map_frame
from mobile_app.screens.map.map_layers import MapTaps, ground_layers, hazard_layer, my_layers
from mobile_app.screens.map.marks import CELL_PX, MARK_PX
from mobile_app.screens.map.moving import use_moves
from mobile_app.screens.map.use_camera import first_view
from mobile_app.screens.position_search import use_position_search, use_redraw
from mobile_app.screens.sync.sync_bar import records_changed
from mobile_app.store.map.map_cells import MapMarks
from mobile_app.widgets import labels
from shared.permissions import Action

if TYPE_CHECKING:
    from mobile_app.screens.map.map_view import MapView, Spread


@screen
def HazardsOnMap() -> ft.Control:
    """Hazards that lie close together are one mark, which opens with a tap."""
    app, sees = use_app(), use_access().may(Action.SEE_HAZARDS)
    work = app.open.map
    moves, view = use_moves(lambda size: first_view(app, size), work.extent)
    search = use_position_search(lambda: None, moves.centre)
    use_redraw(search)
    changed = use_part(app.open.sync, records_changed)
    marks = ft.use_memo(
        lambda: work.marks(view.box(0.5), int(view.zoom)) if sees else MapMarks(), [view, changed, sees]
    )
    empty = ft.use_memo(lambda: not sees or work.extent() is None, [changed, sees])
    layers = [
        *ground_layers(view, app.texts, _taken(view, marks), work.ground.layer()),
        *my_layers(app.open.today.fix, app.texts),
        hazard_layer(
            marks, app.texts, MapTaps(moves.open_cell, lambda hazard: moves.choose([hazard])), moves.chosen
        ),
    ]
    words = MapWords(ROUTE, app.texts.map.tab, notices=[_none(app)] if empty else [])
    return map_frame(app, words, moves, view, layers, search)


def _taken(view: "MapView", marks: MapMarks) -> "list[Spread]":
    """Where marks are drawn."""
    cells = [(*view.pixel((cell.lat, cell.lon)), CELL_PX / 2, CELL_PX / 2) for cell in marks.cells]
    alone = [
        (*view.pixel((row.lat, row.lon)), MARK_PX / 2, MARK_PX / 2)
        for row in marks.rows
        if row.lat is not None and row.lon is not None
    ]
    return [*cells, *alone]


def _none(app: AppContext) -> ft.Control:
    words = app.texts.map
    return labels.card(
        [
            ft.Text(words.none, size=17, weight=ft.FontWeight.W_600, color=theme.INK, key="map-empty"),
            labels.quiet(words.none_hint),
        ]
    )
