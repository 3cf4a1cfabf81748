"""保存 at the foot of a form, with what stands in its way."""

from typing import Any

import flet as ft

from mobile_app import theme
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons, labels


def save_bar(texts: Texts, on_save: Any, busy: str, trouble: str) -> ft.Control:
    """`busy`: what is being done, so that nothing can be saved now; `trouble`: the sentence above the button.
    Both are "" where all is well."""
    return ft.SafeArea(
        ft.Container(
            ft.Column(
                [
                    *([labels.trouble(trouble, key="form-problem")] if trouble else []),
                    buttons.main_button(
                        busy or texts.save,
                        ft.Icons.SAVE_OUTLINED,
                        on_save,
                        key="save",
                        busy=bool(busy),
                    ),
                ],
                spacing=8,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                tight=True,
            ),
            bgcolor=theme.CARD,
            border=ft.Border.only(top=ft.BorderSide(1, theme.LINE)),
            padding=ft.Padding.symmetric(horizontal=14, vertical=10),
        ),
        avoid_intrusions_top=False,
    )
