"""What lies on the map: its buttons, its scale, and what it is for."""

import re
from collections.abc import Callable, Sequence

import flet as ft

from mobile_app import theme
from mobile_app.screens.map.map_view import MapView, scale_bar
from mobile_app.texts.words import Texts

BUTTON_PX = 56
_TAG = re.compile("<[^>]*>")


def map_button(
    name: str, icon: ft.IconData, on_tap: Callable[[], None], *, key: str, busy: bool = False
) -> ft.Control:
    """A button on the map; `busy`: it is doing what it was tapped for."""

    def tapped(_event: object = None) -> None:
        on_tap()

    sign = (
        ft.ProgressRing(width=26, height=26, stroke_width=3)
        if busy
        else ft.Icon(icon, size=28, color=theme.INK)
    )
    return ft.Semantics(
        label=name,
        button=True,
        container=True,
        exclude_semantics=True,
        on_tap=None if busy else tapped,
        content=ft.Container(
            sign,
            alignment=ft.Alignment.CENTER,
            width=BUTTON_PX,
            height=BUTTON_PX,
            bgcolor=theme.CARD,
            border=ft.Border.all(1.2, theme.OUTLINE),
            border_radius=16,
            ink=True,
            on_click=None if busy else tapped,
            key=key,
        ),
    )


def button_column(buttons: Sequence[ft.Control]) -> ft.Control:
    """The buttons, one above the other, in the lower right corner."""
    return ft.Container(ft.Column(list(buttons), spacing=10, tight=True), right=12, bottom=12)


def scale(view: MapView, texts: Texts, attribution: str = "") -> ft.Control:
    """How long some metres are, what the map is for, and whose its tiles are, in the lower left corner."""
    metres, pixels = scale_bar(view)
    words = texts.map.metres if metres < 1000 else texts.map.kilometres
    length = words.format(length=metres if metres < 1000 else metres // 1000)
    bar = ft.Container(
        width=pixels,
        height=7,
        border=ft.Border(
            left=ft.BorderSide(2, theme.INK),
            right=ft.BorderSide(2, theme.INK),
            bottom=ft.BorderSide(2, theme.INK),
        ),
    )
    said: list[ft.Control] = [
        ft.Text(length, size=13, color=theme.INK, key="scale"),
        bar,
        ft.Text(texts.map.purpose, size=12, color=theme.QUIET, key="purpose"),
    ]
    if whose := _TAG.sub("", attribution):
        said.append(ft.Text(whose, size=12, color=theme.QUIET, key="attribution"))
    plate = ft.Container(
        ft.Column(said, spacing=2, tight=True),
        bgcolor=theme.PAPER,
        border_radius=8,
        padding=6,
    )
    return ft.Container(ft.Column([plate], tight=True), left=8, right=12 + BUTTON_PX + 8, bottom=8)
