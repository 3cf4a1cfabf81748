"""Small display-only controls: badge, heading, helper text, error message, fact, card, empty state."""

import flet as ft

from mobile_app import theme


def badge(text: str, colours: theme.Tone, icon: ft.IconData | None = None) -> ft.Control:
    """A word on a coloured background; `colours` are (text, background)."""
    ink, background = colours
    word = ft.Text(text, size=13, color=ink, weight=ft.FontWeight.W_600)
    return ft.Container(
        ft.Row([ft.Icon(icon, size=15, color=ink), word], spacing=4, tight=True) if icon else word,
        bgcolor=background,
        border_radius=8,
        padding=ft.Padding.symmetric(horizontal=8, vertical=3),
    )


def heading(text: str) -> ft.Control:
    """The title of a section; to screen readers a heading by itself, not together with its card."""
    return ft.Semantics(
        header=True,
        container=True,
        content=ft.Text(text, size=17, weight=ft.FontWeight.W_700, color=theme.INK),
    )


def quiet(text: str, *, key: str | None = None, lines: int | None = None) -> ft.Control:
    """A line of helper text."""
    return ft.Text(
        text,
        size=14,
        color=theme.QUIET,
        key=key,
        max_lines=lines,
        overflow=ft.TextOverflow.ELLIPSIS if lines else ft.TextOverflow.CLIP,
    )


def trouble(text: str, *, key: str) -> ft.Control:
    """An error message that screen readers announce when it appears."""
    return ft.Semantics(
        live_region=True,
        content=ft.Row(
            [
                ft.Icon(ft.Icons.ERROR_OUTLINE, color=theme.BAD, size=20),
                ft.Text(text, size=15, color=theme.BAD, expand=True, key=key),
            ],
            vertical_alignment=ft.CrossAxisAlignment.START,
            spacing=8,
        ),
    )


def fact(name: str, value: str) -> ft.Control:
    """One line of a record: label and value."""
    return ft.Row(
        [
            ft.Text(name, size=15, color=theme.QUIET, width=104),
            ft.Text(value, size=16, color=theme.INK, expand=True, selectable=False),
        ],
        vertical_alignment=ft.CrossAxisAlignment.START,
        spacing=8,
    )


def card(controls: list[ft.Control], *, key: ft.ScrollKey | str | None = None) -> ft.Control:
    """A card that groups controls."""
    return ft.Container(
        ft.Column(controls, spacing=theme.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=theme.CARD,
        border_radius=16,
        border=ft.Border.all(1, theme.LINE),
        padding=theme.EDGE,
        key=key,
    )


def empty(title: str, text: str, icon: ft.IconData) -> ft.Control:
    """The placeholder for an empty list."""
    return ft.Container(
        ft.Column(
            [
                ft.Icon(icon, size=56, color=theme.OUTLINE),
                ft.Text(title, size=18, weight=ft.FontWeight.W_600, text_align=ft.TextAlign.CENTER),
                ft.Text(text, size=15, color=theme.QUIET, text_align=ft.TextAlign.CENTER),
            ],
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            spacing=10,
        ),
        padding=ft.Padding.symmetric(horizontal=32, vertical=48),
        alignment=ft.Alignment.TOP_CENTER,
    )
