"""图例: which sign on the map stands for which status."""

from collections.abc import Callable

import flet as ft

from mobile_app import theme
from mobile_app.screens.map.marks import SIGNS
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons, labels


def use_legend(texts: Texts) -> Callable[[], None]:
    """The way to open the legend over a screen."""
    shown, show = ft.use_state(False)

    def close(_event: object = None) -> None:
        show(False)

    title = texts.map.legend
    dialog = ft.AlertDialog(
        title=ft.Text(title, size=20),
        semantics_label=title,
        content=ft.Column(_lines(texts), spacing=8, tight=True),
        actions=[buttons.quiet_button(texts.close, close, key="legend-close")],
        on_dismiss=close,
        scrollable=True,
        bgcolor=theme.CARD,
    )
    ft.use_dialog(dialog if shown else None)
    return lambda: show(True)


def _lines(texts: Texts) -> list[ft.Control]:
    return [
        ft.Row(
            [
                ft.Icon(sign, color=theme.status_colours(status.value)[0], size=24),
                labels.badge(texts.of(status), theme.status_colours(status.value)),
            ],
            spacing=12,
        )
        for status, sign in SIGNS.items()
    ]
