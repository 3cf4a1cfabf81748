"""The marks of hazards on the map: the colour of the status, and a sign or a number that says the same."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.texts.words import Texts
from shared.plural import plural
from shared.vocabulary import Status

if TYPE_CHECKING:
    from mobile_app.store.map.map_cells import HazardCell
    from mobile_app.store.queries.hazards import HazardRow

MARK_PX, CELL_PX = 48, 56
_FIGURES = {1: 16, 2: 15, 3: 13, 4: 10}
"""The size of letters in which so many figures fit into a mark, also where they are twice as large."""

SIGNS = {
    Status.REPORTED: ft.Icons.FLAG_OUTLINED,
    Status.RETURNED: ft.Icons.UNDO,
    Status.REGISTERED: ft.Icons.PLAYLIST_ADD_CHECK,
    Status.ASSIGNED: ft.Icons.ASSIGNMENT_IND_OUTLINED,
    Status.IN_PROGRESS: ft.Icons.BUILD_OUTLINED,
    Status.CONTROLLED: ft.Icons.SHIELD_OUTLINED,
    Status.PENDING_ACCEPTANCE: ft.Icons.HOURGLASS_BOTTOM,
    Status.CLOSED: ft.Icons.CHECK,
    Status.RELAPSED: ft.Icons.PRIORITY_HIGH,
    Status.INVALID: ft.Icons.BLOCK,
    Status.MERGED: ft.Icons.MERGE,
}


def hazard_mark(row: "HazardRow", texts: Texts, on_tap: Callable[[], None], chosen: bool) -> ft.Control:
    """A hazard by its status. Its accessible name is its name and status."""
    tone = theme.status_colours(row.status.value)
    name = f"{row.title or texts.unnamed} · {texts.of(row.status)}"
    return _mark(
        name, ft.Icon(SIGNS[row.status], color=tone[0], size=24), tone, on_tap, chosen, f"mark-{row.id}"
    )


def stop_mark(
    number: int, row: "HazardRow", texts: Texts, on_tap: Callable[[], None], chosen: bool
) -> ft.Control:
    """The hazard that has this number in a round."""
    tone = theme.status_colours(row.status.value)
    name = f"{number} · {row.title or texts.unnamed} · {texts.of(row.status)}"
    return _mark(name, _figures(str(number), tone), tone, on_tap, chosen, f"stop-{row.id}")


def cell_mark(cell: "HazardCell", texts: Texts, on_tap: Callable[[], None]) -> ft.Control:
    """How many hazards are drawn as one, and whether some came back, or none needs anything more."""
    tone, words = theme.CALM, [plural(texts.map.hazards, cell.n)]
    sign, ink = None, tone[0]
    if cell.sent_back:
        sign, ink = ft.Icons.PRIORITY_HIGH, theme.BAD
        words.append(plural(texts.map.came_back, cell.sent_back))
    elif cell.settled == cell.n:
        sign, tone, ink = ft.Icons.CHECK, theme.DONE, theme.DONE[0]
        words.append(texts.map.settled)
    number = _figures(str(cell.n) if cell.n < 10_000 else f"{cell.n // 1000}k", tone)
    signed: list[ft.Control] = [
        ft.Container(number, alignment=ft.Alignment.CENTER, padding=ft.Padding.only(top=8 if sign else 0))
    ]
    if sign:
        top = ft.Icon(sign, color=ink, size=14)
        signed.append(ft.Container(top, alignment=ft.Alignment.TOP_CENTER, padding=ft.Padding.only(top=3)))
    inner = ft.Stack(signed, width=CELL_PX, height=CELL_PX)
    return _mark(" · ".join(words), inner, tone, on_tap, False, f"cell-{cell.first}", CELL_PX)


def _figures(text: str, tone: theme.Tone) -> ft.Control:
    return ft.Text(
        text, size=_FIGURES[min(4, len(text))], weight=ft.FontWeight.W_700, color=tone[0], no_wrap=True
    )


def _mark(
    name: str,
    inner: ft.Control,
    tone: theme.Tone,
    on_tap: Callable[[], None],
    chosen: bool,
    key: str,
    size: float = MARK_PX,
) -> ft.Control:
    def tapped(_event: object = None) -> None:
        on_tap()

    return ft.Semantics(
        label=name,
        button=True,
        selected=chosen,
        container=True,
        exclude_semantics=True,
        on_tap=tapped,
        content=ft.Container(
            inner,
            alignment=ft.Alignment.CENTER,
            width=size,
            height=size,
            bgcolor=tone[1],
            border=ft.Border.all(4 if chosen else 1.5, theme.PRIMARY if chosen else tone[0]),
            border_radius=size / 2,
            on_click=tapped,
            key=key,
        ),
    )
