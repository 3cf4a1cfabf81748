"""How a map is moved by what is tapped on it, and which hazards are chosen there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import flet as ft

from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import handled
from mobile_app.screens.hooks import use_part
from mobile_app.screens.map.map_view import MAX_ZOOM, MIN_ZOOM, NEAR_ZOOM, MapView, fitting
from mobile_app.screens.map.use_camera import Camera, use_camera
from mobile_app.screens.sync.sync_bar import records_changed
from mobile_app.store.map.map_cells import CITY, GeoBox

if TYPE_CHECKING:
    from mobile_app.store.map.map_cells import HazardCell
    from mobile_app.store.queries.hazards import HazardCard

_TOLD_APART_PX = 48
"""Hazards so far from each other, at the nearest, have marks of their own."""


@dataclass(frozen=True)
class MapMoves:
    """`cards`: of the hazards that are chosen, as far as they are here. `choose` takes the ids of others.

    `everything` finds the box of all that the map is about.
    """

    app: AppContext
    camera: Camera
    cards: "Sequence[HazardCard]"
    choose: Callable[[Sequence[str]], None]
    everything: Callable[[], GeoBox | None]

    @property
    def chosen(self) -> frozenset[str]:
        """The ids of the chosen hazards that are here."""
        return frozenset(card.row.id for card in self.cards)

    def go(self, view: MapView) -> None:
        """Move the map, from a handler of a tap."""
        ft.context.page.run_task(handled(self.app.texts, lambda: self.camera.go(view)))

    def zoom(self, levels: int) -> None:
        """Nearer, or farther where `levels` is negative."""
        view = self.camera.view
        self.go(replace(view, zoom=min(MAX_ZOOM, max(MIN_ZOOM, round(view.zoom) + levels))))

    def show_all(self) -> None:
        """Show everything, or the city where there is nothing."""
        self.go(fitting(self.everything() or CITY, self.camera.view))

    def centre(self, position: dict[str, Any], _asked: bool = True) -> None:
        """Show a position, near enough to see what lies around it."""
        view = self.camera.view
        near = max(view.zoom, NEAR_ZOOM)
        self.go(replace(view, lat=position["lat"], lon=position["lon"], zoom=near))

    def open_cell(self, cell: "HazardCell") -> None:
        """Come so near that its hazards have marks of their own; where they never have, choose them."""
        view = self.camera.view
        nearest = replace(view, zoom=MAX_ZOOM)
        wide = (cell.box.east - cell.box.west) * nearest.pixels_per_degree
        high = (cell.box.north - cell.box.south) * nearest.pixels_per_degree
        if view.zoom >= MAX_ZOOM or max(wide, high) < _TOLD_APART_PX:
            self.choose([row.id for row in self.app.open.map.inside(cell.box)])
            return
        near = fitting(cell.box, view, nearest=MAX_ZOOM)
        self.go(replace(near, zoom=min(MAX_ZOOM, max(near.zoom, view.zoom + 1))))


def use_moves(
    first: Callable[[MapView], MapView], everything: Callable[[], GeoBox | None]
) -> tuple[MapMoves, MapView]:
    """The moves of a map, and the view that is drawn. `first` is given the size of the map."""
    app = use_app()
    camera, view = use_camera(first)
    ids, choose = ft.use_state(cast(tuple[str, ...], ()))
    changed = use_part(app.open.sync, records_changed)
    cards = ft.use_memo(lambda: [card for one in ids if (card := app.find_hazard(one))], [ids, changed])
    return MapMoves(app, camera, cards, lambda some: choose(tuple(some)), everything), view


def opener(app: AppContext, here: str) -> Callable[[str], None]:
    """Opens a hazard; the way back from it leads to the route `here`."""
    page = ft.context.page

    def open_hazard(hazard: str) -> None:
        app.last_list.route = here
        page.navigate(f"/hazards/{hazard}")

    return open_hazard
