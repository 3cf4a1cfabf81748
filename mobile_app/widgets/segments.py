"""A choice between options side by side or as tiles, and filter chips, large enough for outdoor use."""

from collections.abc import Callable, Sequence

import flet as ft

from mobile_app import theme

_TILE_LETTERS = 7
"""So many Latin letters fit beside each other in a tile on a narrow phone; a longer word would be cut."""


def segments(
    name: str,
    choices: Sequence[tuple[str, str]],
    chosen: str | None,
    on_choose: Callable[[str | None], None],
    *,
    key: str,
) -> ft.Control:
    """The options with `name` as a heading above them; see `answers`."""
    return ft.Column(
        [ft.Text(name, size=16, color=theme.INK), answers(name, choices, chosen, on_choose, key=key)],
        spacing=6,
    )


def answers(
    name: str,
    choices: Sequence[tuple[str, str]],
    chosen: str | None,
    on_choose: Callable[[str | None], None],
    *,
    key: str,
) -> ft.Control:
    """The options without a heading. `choices`: (code, word). Choosing the selected one again clears it.

    The accessible name of each button is "{name} {word}".
    """

    def answer(code: str, word: str) -> ft.Control:
        selected = code == chosen
        return _answer(
            f"{name} {word}",
            word,
            selected,
            lambda: on_choose(None if selected else code),
            key=f"{key}-{code}",
        )

    return ft.Row([answer(code, word) for code, word in choices], wrap=True, spacing=8, run_spacing=8)


def tiles(
    name: str,
    choices: Sequence[tuple[str, str]],
    chosen: str | None,
    on_choose: Callable[[str], None],
    *,
    key: str,
) -> ft.Control:
    """Many options with `name` as a heading: tiles, three abreast on a phone, or where a word is too long
    for a tile, each as wide as its words. One stays chosen."""

    def option(code: str, word: str, sides: int) -> ft.Control:
        label = f"{name} {word}"
        return _answer(label, word, code == chosen, lambda: on_choose(code), key=f"{key}-{code}", sides=sides)

    rows: ft.Control
    if all(fits_tile(word) for _, word in choices):
        tiled = [ft.Container(option(*one, 6), col={"xs": 4, "sm": 3, "lg": 2}) for one in choices]
        rows = ft.ResponsiveRow(list[ft.Control](tiled), spacing=8, run_spacing=8)
    else:
        rows = ft.Row([option(*one, 16) for one in choices], wrap=True, spacing=8, run_spacing=8)
    return ft.Column(
        [ft.Text(name, size=16, color=theme.INK), rows],
        spacing=6,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def fits_tile(word: str) -> bool:
    """Whether a tile need not break `word` within a word of Latin letters; Chinese breaks anywhere."""
    return all(len(part) <= _TILE_LETTERS for part in word.split() if part.isascii())


def _answer(
    label: str, word: str, selected: bool, choose: Callable[[], None], *, key: str, sides: int = 16
) -> ft.Control:
    """One option, 56 px high; `sides`: the padding beside its word."""

    def tapped(_event: object = None) -> None:
        choose()

    return ft.Semantics(
        label=label,
        button=True,
        selected=selected,
        container=True,
        exclude_semantics=True,
        on_tap=tapped,
        content=ft.Container(
            ft.Text(
                word,
                size=16,
                color=theme.ON_PRIMARY if selected else theme.INK,
                weight=ft.FontWeight.W_600 if selected else None,
                text_align=ft.TextAlign.CENTER,
            ),
            padding=ft.Padding.symmetric(horizontal=sides, vertical=17),
            bgcolor=theme.PRIMARY if selected else theme.PAPER,
            border=ft.Border.all(1.2, theme.PRIMARY if selected else theme.OUTLINE),
            border_radius=12,
            ink=True,
            on_click=tapped,
            key=key,
        ),
    )


def chip(word: str, selected: bool, choose: Callable[[], None], *, key: str) -> ft.Control:
    """One of several that can be chosen together, 56 px high; screen readers see a checkbox named `word`."""

    def tapped(_event: object = None) -> None:
        choose()

    return ft.Semantics(
        label=word,
        checked=selected,
        container=True,
        exclude_semantics=True,
        on_tap=tapped,
        content=ft.Container(
            ft.Text(word, size=16, color=theme.ON_PRIMARY if selected else theme.INK),
            bgcolor=theme.PRIMARY if selected else theme.CARD,
            border=ft.Border.all(1.2, theme.PRIMARY if selected else theme.OUTLINE),
            border_radius=28,
            padding=ft.Padding.symmetric(horizontal=16, vertical=17),
            ink=True,
            on_click=tapped,
            key=key,
        ),
    )
