"""导航: the way to a hazard, shown by a map app of the person's choice."""

from typing import TYPE_CHECKING

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import part
from mobile_app.screens.keyed import keyed
from mobile_app.screens.map.map_apps import MapApp, address, offered
from mobile_app.texts.words import Texts
from mobile_app.widgets import ask, buttons
from shared.geo import Point

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import HazardRow


@part
def Directions(place: Point, name: str) -> ft.Control:
    """A button that asks which app shall show the way to `place` (WGS-84), which is called `name`."""
    app, platform = use_app(), ft.context.page.platform
    texts, words = app.texts, app.texts.map
    asking, set_asking = ft.use_state(False)

    def close(_event: object = None) -> None:
        set_asking(False)

    def choice(one: MapApp) -> ft.Control:
        url = address(one, platform, place, name)
        target = ft.UrlTarget.BLANK if url.startswith("https:") else ft.UrlTarget.SELF
        return buttons.tonal_button(
            words.app(one.value),
            ft.Icons.DIRECTIONS,
            close,
            key=f"map-app-{one.value}",
            action=ft.OpenUrl(url, target=target),  # browsers open apps within the tap alone
        )

    answers = [*map(choice, offered(platform)), buttons.quiet_button(texts.cancel, close, key="map-app-none")]
    question = ask.question(words.directions, words.directions_hint, answers, close)
    ft.use_dialog(question if asking else None)
    return buttons.tonal_button(
        words.directions, ft.Icons.DIRECTIONS, lambda _event: set_asking(True), key="directions"
    )


def way_to(texts: Texts, row: "HazardRow") -> list[ft.Control]:
    """导航 to a hazard, where its position is known."""
    if row.lat is None or row.lon is None:
        return []
    return [keyed(row.id, Directions)((row.lat, row.lon), row.title or texts.unnamed)]
