"""A field whose value is chosen from a searchable list."""

from collections.abc import Callable
from typing import Any

import flet as ft

from mobile_app import theme


def picker_field(
    label: str, shown: str, placeholder: str, on_open: Any, *, key: str, error: str | None, note: str | None
) -> ft.Control:
    """The control in the form: a button named `label` that shows the chosen value."""
    line = theme.BAD if error else theme.OUTLINE
    below = error or note
    return ft.Column(
        [
            ft.Semantics(
                label=label,
                value=shown,
                button=True,
                container=True,
                exclude_semantics=True,
                on_tap=on_open,
                content=ft.Container(
                    ft.Row(
                        [
                            ft.Column(
                                [
                                    ft.Text(label, size=13, color=theme.BAD if error else theme.QUIET),
                                    ft.Text(
                                        shown or placeholder,
                                        size=17,
                                        color=theme.INK if shown else theme.QUIET,
                                    ),
                                ],
                                spacing=2,
                                expand=True,
                            ),
                            ft.Icon(ft.Icons.EXPAND_MORE, color=theme.QUIET),
                        ],
                        vertical_alignment=ft.CrossAxisAlignment.CENTER,
                    ),
                    padding=ft.Padding.symmetric(horizontal=14, vertical=8),
                    bgcolor=theme.CARD,
                    border=ft.Border.all(1.2, line),
                    border_radius=12,
                    ink=True,
                    on_click=on_open,
                    key=key,
                ),
            ),
            *(
                [
                    ft.Text(
                        below,
                        size=14,
                        color=theme.BAD if error else theme.QUIET,
                        margin=ft.Margin.only(left=14),
                        key=f"{key}-below",
                    )
                ]
                if below
                else []
            ),
        ],
        spacing=4,
    )


def picker_dialog(sheet: ft.Control, on_dismiss: Callable[[], None]) -> ft.BottomSheet:
    """The bottom sheet, which covers most of the screen."""
    return ft.BottomSheet(
        ft.Container(sheet, height=620),
        scrollable=True,
        show_drag_handle=True,
        bgcolor=theme.CARD,
        on_dismiss=lambda _event: on_dismiss(),
    )
