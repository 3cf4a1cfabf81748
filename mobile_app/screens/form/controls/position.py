"""Where the hazard is: a fix with its accuracy in words, or coordinates typed in the datum they came in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import part
from mobile_app.screens.field import Field
from mobile_app.screens.formatting import accuracy_word, position_words
from mobile_app.screens.position_search import (
    PositionSearch,
    search_button,
    search_progress,
    search_trouble,
    use_redraw,
)
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons, labels, segments
from shared.forms.typed_position import parse_point, swapped_point, typed_position
from shared.geo import Point, degrees_text, plausible
from shared.vocabulary import CoordSource, Datum

_DATUMS = (Datum.WGS84, Datum.GCJ02, Datum.BD09)
_OLD = timedelta(minutes=10)


@part
def PositionSection(
    position: dict[str, Any] | None,
    search: PositionSearch,
    on_typed: Callable[[dict[str, Any]], None],
    hint: str = "",
    error: str = "",
) -> ft.Control:
    """`on_typed` gets a whole position register; `hint` says where to get it."""
    use_redraw(search)
    typing, set_typing = ft.use_state(False)
    texts = use_app().texts

    def typed(place: dict[str, Any]) -> None:
        search.give_up()
        set_typing(False)
        on_typed(place)

    by_hand = buttons.quiet_button(texts.typed_position, lambda _event: set_typing(True), key="type-position")
    return labels.card(
        [
            labels.heading(texts.field("position")),
            *([_shown(texts, position)] if position else []),
            *([search_progress(texts, search.best)] if search.running else []),
            *([labels.quiet(hint)] if hint else []),
            search_button(texts, search, texts.locate),
            *([labels.quiet(texts.position_kept, key="position-notice")] if search.kept else []),
            *(search_trouble(texts, texts.problem(search.problem)) if search.problem else []),
            *([labels.trouble(error, key="position-error")] if error else []),
            TypedPosition(typed) if typing else ft.Row([by_hand]),
        ]
    )


def _shown(texts: Texts, position: dict[str, Any]) -> ft.Control:
    source = CoordSource(position.get("source", CoordSource.GNSS))
    lines: list[ft.Control] = [
        ft.Text(position_words(position), size=18, weight=ft.FontWeight.W_600, key="position"),
        labels.quiet(
            accuracy_word(texts, position.get("accuracy_m"))
            if source is CoordSource.GNSS
            else texts.of(source),
            key="accuracy",
        ),
    ]
    for doubt, wrong, key in (
        (texts.position_far, not plausible(position["lat"], position["lon"]), "position-far"),
        (texts.position_mocked, position.get("mock_location"), "position-mocked"),
        (texts.position_clock, position.get("clock_skewed"), "position-clock"),
        (texts.position_aged, position.get("age_s"), "position-aged"),
        (texts.position_old, _is_old(position), "position-old"),
    ):
        if wrong:
            lines.append(labels.trouble(doubt.format(age=_minutes(position)), key=key))
    return ft.Row(
        [
            ft.Icon(ft.Icons.PLACE, color=theme.PRIMARY, size=28),
            ft.Column(lines, spacing=2, expand=True),
        ],
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


@part
def TypedPosition(on_position: Callable[[dict[str, Any]], None]) -> ft.Control:
    """Coordinates by hand or pasted, and from which map they were read."""
    texts = use_app().texts
    text, set_text = ft.use_state("")
    datum, set_datum = ft.use_state(Datum.WGS84.value)
    asked, set_asked = ft.use_state(False)
    swaps, set_swaps = ft.use_state(0)
    point, swapped = parse_point(text), swapped_point(text)

    def use(_event: object = None) -> None:
        set_asked(True)
        if found := typed_position(text, Datum(datum)):
            on_position(found)

    def swap(_event: object = None) -> None:
        if swapped:
            set_text(", ".join(map(str, swapped)))
            set_swaps(swaps + 1)  # another key: a field takes no other text

    return ft.Column(
        [
            Field(
                texts.coordinates,
                text,
                set_text,
                name="coordinates",
                hint=texts.coordinates_hint,
                error=texts.typed_position_bad if asked and point is None and not swapped else None,
                autocorrect=False,
                key=f"typed-{swaps}",
            ),
            *(_swapped(texts, swapped, swap) if swapped else []),
            *([labels.quiet(texts.coordinates_read.format(**_read(point)), key="read")] if point else []),
            segments.segments(
                texts.typed_position_datum,
                [(one.value, texts.of(one)) for one in _DATUMS],
                datum,
                lambda code: set_datum(code or datum),
                key="datum",
            ),
            buttons.tonal_button(texts.use_position, ft.Icons.CHECK, use, key="use-position"),
        ],
        spacing=theme.GAP,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _swapped(texts: Texts, meant: Point, swap: Callable[..., None]) -> list[ft.Control]:
    """What was probably meant, and the way to have it so."""
    return [
        labels.trouble(texts.position_swapped.format(**_read(meant)), key="swapped"),
        buttons.tonal_button(texts.swap_position, ft.Icons.SWAP_VERT, swap, key="swap"),
    ]


def _is_old(position: dict[str, Any]) -> bool:
    """Whether the device may have moved since it measured this."""
    if not position.get("fix_time") or position.get("clock_skewed") or position.get("age_s"):
        return False
    return datetime.now().astimezone() - datetime.fromisoformat(position["fix_time"]) > _OLD


def _minutes(position: dict[str, Any]) -> int:
    """How old it was already, in minutes begun."""
    return -(-int(position.get("age_s") or 0) // 60)


def _read(point: Point) -> dict[str, str]:
    return {"lat": degrees_text(point[0]), "lon": degrees_text(point[1])}
