"""Text fields."""

from collections.abc import Callable
from typing import Any

import flet as ft

from mobile_app import theme

_RADIUS = 12


def border_of(wrong: bool = False) -> dict[ft.ControlState, ft.InputBorder]:
    """The outline of a field, thicker while it has the focus."""
    line = theme.BAD if wrong else theme.OUTLINE
    return {
        ft.ControlState.DEFAULT: ft.OutlineInputBorder(border_radius=_RADIUS, side=ft.BorderSide(1.2, line)),
        ft.ControlState.FOCUSED: ft.OutlineInputBorder(
            border_radius=_RADIUS, side=ft.BorderSide(2.2, theme.BAD if wrong else theme.PRIMARY)
        ),
    }


def text_field(
    label: str,
    value: str,
    on_change: Callable[[str], None],
    *,
    key: str,
    hint: str | None = None,
    error: str | None = None,
    lines: int = 1,
    digits: bool = False,
    longest: int | None = None,
    **more: Any,
) -> ft.TextField:
    """A labelled text field. `on_change` gets the text; it can grow if `lines` > 1; `error` shows below.

    `digits` shows a keypad of digits alone: an iPhone's has no decimal point.
    """
    return ft.TextField(
        label=label,
        value=value,
        on_change=lambda event: on_change(event.control.value or ""),
        key=key,
        hint_text=hint,
        hint_max_lines=2,
        error=error,
        error_max_lines=3,
        multiline=lines > 1,
        min_lines=lines if lines > 1 else None,
        max_lines=8 if lines > 1 else None,
        max_length=longest,
        counter="" if longest else None,
        keyboard_type=ft.KeyboardType.NUMBER if digits else ft.KeyboardType.TEXT,
        border=border_of(bool(error)),
        text_size=17,
        bgcolor=theme.CARD,
        label_style=ft.TextStyle(size=16, font_family=theme.FONT),
        error_style=ft.TextStyle(size=14, font_family=theme.FONT, color=theme.BAD),
        **more,
    )
