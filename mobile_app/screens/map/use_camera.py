"""What the map shows: how it is moved, and when what it shows is asked for again."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import flet as ft
import flet_map as fm

from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.hooks import use_box
from mobile_app.screens.map.map_view import NEAR_ZOOM, MapView, fitting
from mobile_app.store.map.map_cells import CITY

log = logging.getLogger(__name__)
_RESTED_S = 0.2
_MOVING = ft.Duration(milliseconds=250)
_BARS_PX, _LEAST_PX = 128, 200


class Camera:
    """`view` is where the map was moved last, `first` where it was opened; `draw` is called with a view once
    the map rests there."""

    def __init__(self, first: MapView) -> None:
        self.first = self.view = first
        self.map: ft.Ref[Any] = ft.Ref()
        self.draw: Callable[[MapView], None] = lambda _view: None
        self.shown = True
        self._waits = False

    def moved(self, event: Any) -> None:
        """Flutter moved the map, by a finger or because it was told to."""
        camera = event.camera
        self.view = replace(
            self.view, lat=camera.center.latitude, lon=camera.center.longitude, zoom=camera.zoom
        )
        if not self._waits:
            self._waits = True
            ft.context.page.run_task(self._rest)

    async def go(self, view: MapView) -> None:
        """Move the map to `view`."""
        self.view = view
        self.draw(view)
        if self.map.current is None:
            return
        try:
            await self.map.current.move_to(
                fm.MapLatitudeLongitude(view.lat, view.lon),
                zoom=view.zoom,
                animation_duration=_MOVING,
                cancel_ongoing_animations=True,
            )
        except (RuntimeError, TimeoutError) as error:  # another screen covers it by now
            log.info("not moved: %s", error)

    async def _rest(self) -> None:
        """Wait until the map stays where it is."""
        seen: MapView | None = None
        try:
            while seen != self.view:
                seen = self.view
                await asyncio.sleep(_RESTED_S)
        finally:
            self._waits = False
        if self.shown:
            self.draw(self.view)


def use_camera(first: Callable[[MapView], MapView]) -> tuple[Camera, MapView]:
    """The camera of a map, and the view that is drawn. `first` is given the size of the map.

    The tab 地图 opens where it was left.
    """
    app, page = use_app(), ft.context.page
    width = page.width or 390
    height = max(_LEAST_PX, (page.height or 844) - _BARS_PX)
    camera = use_box(lambda: Camera(first(MapView(0, 0, NEAR_ZOOM, width, height)))).value
    view, draw = ft.use_state(camera.view)

    def drawn(now: MapView) -> None:
        app.last_view.view = now
        draw(now)

    def begin() -> None:
        camera.shown = True

    def leave() -> None:
        camera.shown = False

    camera.draw = drawn
    ft.use_effect(begin, [], leave)
    return camera, replace(view, width=width, height=height)


def first_view(app: AppContext, size: MapView) -> MapView:
    """Where the map was left, else where the device is, else what fits all hazards, else the city."""
    last, fix = app.last_view.view, app.open.today.fix
    if last is not None:
        return replace(last, width=size.width, height=size.height)
    if fix is not None:
        return replace(size, lat=fix.lat, lon=fix.lon, zoom=NEAR_ZOOM)
    return fitting(app.open.map.extent() or CITY, size)
