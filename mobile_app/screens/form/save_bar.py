"""保存 at the foot of a form, with what stands in its way."""

from typing import Any

import flet as ft

from mobile_app import theme
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons, labels


def save_bar(texts: Texts, on_save: Any, saving: bool, trouble: str) -> ft.Control:
    """`trouble` is the sentence above the button, "" where all is well."""
    return ft.SafeArea(
        ft.Container(
            ft.Column(
                [
                    *([labels.trouble(trouble, key="form-problem")] if trouble else []),
                    buttons.main_button(
                        texts.saving if saving else texts.save,
                        ft.Icons.SAVE_OUTLINED,
                        on_save,
                        key="save",
                        busy=saving,
                    ),
                ],
                spacing=8,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                tight=True,
            ),
            bgcolor=theme.CARD,
            border=ft.Border.only(top=ft.BorderSide(1, "#DCE6E8")),
            padding=ft.Padding.symmetric(horizontal=14, vertical=10),
        ),
        avoid_intrusions_top=False,
    )
