"""A dialog that asks a question, and a short message that disappears by itself."""

from typing import Any

import flet as ft

from mobile_app import theme

_ABOVE_FOOT = ft.Margin.only(left=14, right=14, bottom=96)
"""Clear of the bar at the foot of a screen, so that the next thing can be tapped at once."""


def question(title: str, text: str, answers: list[ft.Control], on_dismiss: Any) -> ft.AlertDialog:
    """A dialog with one button per answer."""
    return ft.AlertDialog(
        title=ft.Text(title, size=20),
        semantics_label=title,
        content=ft.Text(text, size=16),
        actions=answers,
        actions_overflow_button_spacing=10,
        on_dismiss=on_dismiss,
        scrollable=True,
        bgcolor=theme.CARD,
    )


def message(text: str, *, good: bool, undo: tuple[str, Any] | None = None) -> ft.SnackBar:
    """A snack bar with one sentence about what just happened.

    `undo`: the button that takes it back, and its handler; it stays longer then.
    """
    seconds = 10 if undo else 5 if good else 8
    return ft.SnackBar(
        ft.Row(
            [
                ft.Icon(
                    ft.Icons.CHECK_CIRCLE if good else ft.Icons.ERROR_OUTLINE,
                    color=theme.ON_MESSAGE if good else theme.ON_BAD,
                ),
                ft.Text(text, size=16, color=theme.ON_MESSAGE if good else theme.ON_BAD, expand=True),
            ],
            spacing=10,
        ),
        bgcolor=theme.MESSAGE if good else theme.BAD,
        behavior=ft.SnackBarBehavior.FLOATING,
        margin=_ABOVE_FOOT,
        duration=ft.Duration(seconds=seconds),
        action=ft.SnackBarAction(undo[0], text_color=theme.ON_MESSAGE, on_click=undo[1], key="undo")
        if undo
        else None,
        show_close_icon=not good,
    )
