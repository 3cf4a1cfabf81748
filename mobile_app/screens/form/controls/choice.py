"""A picker in a form: the field, and the sheet that opens over the screen."""

from collections.abc import Callable, Sequence

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import part
from mobile_app.screens.field import Field
from mobile_app.screens.hooks import use_back
from mobile_app.widgets import buttons
from mobile_app.widgets.picker import picker_dialog, picker_field
from shared.search.folding import finds


@part
def Choice(
    label: str,
    options: Sequence[tuple[str, str]],
    chosen: str | None,
    on_choose: Callable[[str], None],
    name: str,
    error: str | None = None,
    note: str | None = None,
) -> ft.Control:
    """`options`: (code, word); `name` is the key of the field."""
    texts = use_app().texts
    opened, set_opened = ft.use_state(False)

    def close() -> None:
        set_opened(False)

    use_back(close if opened else None)

    def choose(code: str) -> None:
        set_opened(False)
        on_choose(code)

    ft.use_dialog(
        picker_dialog(PickerSheet(label, options, chosen, choose, close), close) if opened else None
    )
    return picker_field(
        label,
        dict(options).get(chosen or "", chosen or ""),
        texts.choose,
        lambda _event: set_opened(True),
        key=name,
        error=error,
        note=note,
    )


@part
def PickerSheet(
    label: str,
    options: Sequence[tuple[str, str]],
    chosen: str | None,
    on_choose: Callable[[str], None],
    on_close: Callable[[], None],
) -> ft.Control:
    """The list itself: (code, word) rows, those first that hold what is searched for."""
    texts = use_app().texts
    wanted, set_wanted = ft.use_state("")
    found = [(code, word) for code, word in options if finds(wanted, word)]

    def row(code: str, word: str) -> ft.Control:
        on = code == chosen
        return ft.ListTile(
            title=ft.Text(word, size=18, color=theme.PRIMARY if on else theme.INK),
            trailing=ft.Icon(ft.Icons.CHECK, color=theme.PRIMARY) if on else None,
            min_height=56,
            on_click=lambda _event: on_choose(code),
            key=f"option-{code}",
        )

    rows: list[ft.Control] = [row(code, word) for code, word in found]
    return ft.Container(
        ft.Column(
            [
                ft.Row(
                    [
                        ft.Text(label, size=19, weight=ft.FontWeight.W_700, color=theme.INK, expand=True),
                        buttons.icon_button(
                            texts.close, ft.Icons.CLOSE, lambda _event: on_close(), key="picker-close"
                        ),
                    ]
                ),
                Field(
                    texts.search,
                    wanted,
                    set_wanted,
                    name="picker-search",
                    prefix_icon=ft.Icons.SEARCH,
                ),
                ft.ListView(
                    rows or [ft.Text(texts.choose_none, size=16, color=theme.QUIET)],
                    expand=True,
                    padding=ft.Padding.only(bottom=24),
                ),
            ],
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            spacing=10,
        ),
        padding=ft.Padding.only(left=16, right=16, top=4),
        expand=True,
    )
