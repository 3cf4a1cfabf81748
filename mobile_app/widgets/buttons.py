"""Buttons large enough for outdoor use, each with an accessible name."""

from typing import Any

import flet as ft

from mobile_app import theme

_SHAPE = ft.RoundedRectangleBorder(radius=14)
_BUSY_INK, _BUSY_GROUND = theme.CALM


def main_button(
    text: str,
    icon: ft.IconData,
    on_click: Any,
    *,
    key: str,
    busy: bool = False,
    action: ft.ClientAction | None = None,
) -> ft.Control:
    """The primary action. `busy`: in progress, cannot be tapped again. `action`: done within the tap."""
    return ft.FilledButton(
        text,
        icon=ft.ProgressRing(width=20, height=20, stroke_width=3) if busy else icon,
        on_click=on_click,
        action=action,
        disabled=busy,
        style=ft.ButtonStyle(
            shape=_SHAPE,
            padding=theme.TARGET,
            text_style=ft.TextStyle(size=17, font_family=theme.FONT),
            color=_ink(busy),
            bgcolor=_ground(busy),
        ),
        key=key,
    )


def tonal_button(
    text: str,
    icon: ft.IconData | None,
    on_click: Any,
    *,
    key: str,
    busy: bool = False,
    disabled: bool = False,
    action: ft.ClientAction | None = None,
    name: str = "",
) -> ft.Control:
    """A secondary action. `disabled`: not available now. `action`: done within the tap.

    `name` is the accessible name where the visible text alone would not tell two buttons apart.
    """
    button = ft.FilledTonalButton(
        text,
        icon=ft.ProgressRing(width=18, height=18, stroke_width=3) if busy else icon,
        on_click=on_click,
        action=action,
        disabled=busy or disabled,
        style=ft.ButtonStyle(
            shape=_SHAPE,
            padding=theme.TARGET,
            text_style=ft.TextStyle(size=16, font_family=theme.FONT),
            color=_ink(busy),
            bgcolor=_ground(busy),
        ),
        key=key,
    )
    if not name:
        return button
    return ft.Semantics(
        label=name,
        button=True,
        container=True,
        exclude_semantics=True,
        on_tap=None if busy or disabled else on_click,
        content=button,
    )


def row(*controls: ft.Control) -> ft.Control:
    """Buttons side by side, and one below the other where that is too narrow for their texts."""
    return ft.Row(list(controls), wrap=True, spacing=10, run_spacing=10)


def quiet_button(text: str, on_click: Any, *, key: str, alarm: bool = False) -> ft.Control:
    """A low-emphasis action; `alarm` for a destructive one."""
    return ft.TextButton(
        text,
        on_click=on_click,
        style=ft.ButtonStyle(
            padding=theme.TARGET,
            color=theme.BAD if alarm else theme.PRIMARY,
            text_style=ft.TextStyle(size=16, font_family=theme.FONT),
        ),
        key=key,
    )


def _ink(busy: bool) -> dict[ft.ControlState, ft.ColorValue] | None:
    """Keep the label of a busy button readable, unlike that of a disabled one."""
    return {ft.ControlState.DISABLED: _BUSY_INK} if busy else None


def _ground(busy: bool) -> dict[ft.ControlState, ft.ColorValue] | None:
    return {ft.ControlState.DISABLED: _BUSY_GROUND} if busy else None


def icon_button(
    name: str, icon: ft.IconData, on_click: Any, *, key: str, color: str = theme.INK
) -> ft.Control:
    """A button that shows only an icon; `name` is its accessible name."""
    return ft.Semantics(
        label=name,
        button=True,
        container=True,
        exclude_semantics=True,
        on_tap=on_click,
        content=ft.IconButton(
            icon, icon_color=color, icon_size=26, width=48, height=48, on_click=on_click, key=key
        ),
    )
