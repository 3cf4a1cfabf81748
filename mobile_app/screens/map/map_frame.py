"""The screen around a map: its title, its buttons, what it says, and the cards of what was tapped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flet as ft
import flet_map as fm

from mobile_app import theme
from mobile_app.screens.app_context import AppContext
from mobile_app.screens.error_boundary import handled
from mobile_app.screens.map.chosen import chosen_cards
from mobile_app.screens.map.kept_area import use_kept_area
from mobile_app.screens.map.legend import use_legend
from mobile_app.screens.map.map_buttons import button_column, map_button, scale
from mobile_app.screens.map.map_view import MAX_ZOOM, MIN_ZOOM, MapView
from mobile_app.screens.map.moving import MapMoves, opener
from mobile_app.screens.position_search import (
    PositionSearch,
    search_button,
    search_progress,
    search_trouble,
)
from mobile_app.texts.words import Texts
from mobile_app.widgets import bars, buttons, labels

ROUTE = "/map"
_CARDS = 0.6
"""So much of the map do the cards of several hazards cover."""
_FINGERS = fm.InteractionFlag.ALL & ~fm.InteractionFlag.ROTATE  # north stays above


@dataclass(frozen=True)
class MapWords:
    """The address of a map, its title, where the way back leads, "" for none, and what it says above."""

    path: str
    title: str
    back: str = ""
    notices: Sequence[ft.Control] = ()


def map_frame(
    app: AppContext,
    words: MapWords,
    moves: MapMoves,
    view: MapView,
    layers: Sequence[ft.Control],
    search: PositionSearch,
) -> ft.View:
    """The map with its `layers`; the buttons make room for the cards of the hazards that were tapped."""
    texts, page = app.texts, ft.context.page
    show_legend, keep_area = use_legend(texts), use_kept_area(view)
    above = [*words.notices, *_searching(texts, search)]
    legend = buttons.icon_button(
        texts.map.legend,
        ft.Icons.HELP_OUTLINE,
        lambda _event: show_legend(),
        key="map-legend",
        color=theme.ON_BAR,
    )
    back = (texts.back, lambda _event: page.navigate(words.back)) if words.back else None
    return ft.View(
        route=words.path,
        padding=0,
        spacing=0,
        appbar=bars.title_bar(words.title, back=back, actions=[legend]),
        navigation_bar=bars.tab_bar(texts, ROUTE, page.navigate, app.late_taps.is_late),
        controls=[
            ft.Stack(
                [
                    _filling(_map(moves, layers)),
                    *([_upper(above)] if above else []),
                    *(_lower(app, words, moves, view, _buttons(texts, moves, search, keep_area))),
                ],
                expand=True,
            )
        ],
    )


def _map(moves: MapMoves, layers: Sequence[ft.Control]) -> ft.Control:
    first = moves.camera.first
    shown: ft.Control = fm.Map(
        layers=list(layers),
        initial_center=fm.MapLatitudeLongitude(first.lat, first.lon),
        initial_zoom=first.zoom,
        interaction_configuration=fm.InteractionConfiguration(
            flags=_FINGERS, keyboard_configuration=fm.KeyboardConfiguration(autofocus=False)
        ),
        bgcolor=theme.PAPER,
        min_zoom=MIN_ZOOM,
        max_zoom=MAX_ZOOM,
        on_tap=lambda _event: moves.choose(()),
        on_position_change=moves.camera.moved,
        ref=moves.camera.map,
        key="map",
    )
    return shown


def _upper(above: Sequence[ft.Control]) -> ft.Control:
    said = ft.Column(list(above), spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Container(said, left=10, right=10, top=10)


def _lower(
    app: AppContext, words: MapWords, moves: MapMoves, view: MapView, map_buttons: Sequence[ft.Control]
) -> list[ft.Control]:
    """The chosen hazards, else the scale and the buttons."""
    if not moves.cards:
        tiles = app.open.map.ground.layer()
        return [scale(view, app.texts, tiles.attribution if tiles else ""), button_column(map_buttons)]
    cards = chosen_cards(
        app, moves.cards, opener(app, words.path), lambda: moves.choose(()), _CARDS * view.height
    )
    return [ft.Container(cards, left=0, right=0, bottom=0)]


def _filling(content: ft.Control) -> ft.Control:
    return ft.Container(content, left=0, top=0, right=0, bottom=0)


def _buttons(
    texts: Texts, moves: MapMoves, search: PositionSearch, keep_area: Callable[[], None] | None
) -> list[ft.Control]:
    words, page = texts.map, ft.context.page

    def where_am_i() -> None:
        page.run_task(handled(texts, search.begin))

    keep = [map_button(words.area, ft.Icons.DOWNLOAD, keep_area, key="keep-area")] if keep_area else []
    return [
        *keep,
        map_button(words.show_all, ft.Icons.ZOOM_OUT_MAP, moves.show_all, key="show-all"),
        map_button(words.where_am_i, ft.Icons.MY_LOCATION, where_am_i, key="where-am-i", busy=search.running),
        map_button(words.zoom_in, ft.Icons.ADD, lambda: moves.zoom(1), key="zoom-in"),
        map_button(words.zoom_out, ft.Icons.REMOVE, lambda: moves.zoom(-1), key="zoom-out"),
    ]


def _searching(texts: Texts, search: PositionSearch) -> list[ft.Control]:
    """How the search for the position stands, or why there is none."""
    if search.running:
        use = [search_button(texts, search, "")] if search.best and search.best.usable else []
        return [labels.card([search_progress(texts, search.best), *use])]
    if search.problem:
        return [labels.card(search_trouble(texts, texts.problem(search.problem)))]
    return []
