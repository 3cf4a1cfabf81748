"""扫码 at the top of a screen, for those who may record a 巡查."""

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext
from shared.permissions import Action


def scan_button(app: AppContext, route: str) -> list[ft.Control]:
    """The button, if any; the way back leads to `route`."""
    if not app.open.access.may(Action.STEP_PATROL):
        return []
    page = ft.context.page

    def scan(_event: object) -> None:
        app.last_list.route = route
        page.navigate("/scan")

    return [
        ft.TextButton(
            app.texts.scan.title,
            icon=ft.Icon(ft.Icons.QR_CODE_SCANNER, color=theme.ON_BAR, size=26),
            on_click=scan,
            height=56,
            style=ft.ButtonStyle(
                color=theme.ON_BAR,
                padding=ft.Padding.symmetric(horizontal=12),  # large text needs the whole height of the bar
                text_style=ft.TextStyle(size=17, font_family=theme.FONT),
            ),
            key="scan",
        )
    ]
