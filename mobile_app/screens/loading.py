"""The gates: the phone opens, or it cannot and says why, or there is nothing at an address."""

from typing import Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import part, screen
from mobile_app.widgets import buttons


@screen
def Loading() -> ft.Control:
    """Shown at once, while Python brings in the rest."""
    path, app = ft.use_view_path(), use_app()
    return _gate(
        path,
        [
            ft.ProgressRing(width=36, height=36, stroke_width=4, color=theme.PRIMARY),
            _text(app.texts.opening, 18, key="opening"),
            _text(app.texts.opening_hint, 15, color=theme.QUIET, text_align=ft.TextAlign.CENTER),
        ],
        app.texts.app_name,
    )


@screen
def Locked() -> ft.Control:
    """What lies behind the question for the PIN at the start: nothing of the app yet."""
    return _gate(ft.use_view_path(), [], use_app().texts.app_name)


@screen
def Closed() -> ft.Control:
    """Shown where the storage is blocked or another tab owns the data: a plain sentence, nothing is lost."""
    path, app = ft.use_view_path(), use_app()
    sentence = app.texts.problem(app.closed) if app.closed else app.texts.something_broke
    return _gate(
        path,
        [
            _text(app.texts.closed_title, 20, weight=ft.FontWeight.W_600),
            _text(sentence, 17, text_align=ft.TextAlign.CENTER, key="closed"),
            buttons.main_button(
                app.texts.try_again, ft.Icons.REFRESH, lambda _event: app.reopen(), key="reopen"
            ),
        ],
        app.texts.app_name,
    )


@part
def Missing() -> ft.Control:
    """An address at which there is nothing, and the way home."""
    texts, page = use_app().texts, ft.context.page
    return ft.Column(
        [
            _text(texts.page_missing, 18, key="missing"),
            buttons.main_button(
                texts.tab_hazards, ft.Icons.WATER, lambda _event: page.navigate("/"), key="home"
            ),
        ],
        spacing=18,
    )


def _text(said: str, size: float, **more: Any) -> ft.Text:
    """A text in the app's own font from the first frame on: the theme takes effect a moment later."""
    return ft.Text(said, size=size, font_family=theme.FONT, **more)


def _gate(path: str, controls: list[ft.Control], name: str) -> ft.View:
    return ft.View(
        route=path,
        padding=32,
        vertical_alignment=ft.MainAxisAlignment.CENTER,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        spacing=18,
        controls=[
            ft.Icon(ft.Icons.WATER, size=64, color=theme.PRIMARY),
            _text(name, 30, weight=ft.FontWeight.W_700, color=theme.PRIMARY),
            *controls,
        ],
    )
