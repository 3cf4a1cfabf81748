"""Where the hazard is: a fix with its accuracy in words, or coordinates typed in the datum they came in."""

from collections.abc import Callable
from typing import Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.screens.field import Field
from mobile_app.screens.formatting import accuracy_word, position_words
from mobile_app.widgets import buttons, labels, segments
from shared.forms.typed_position import parse_point, typed_position
from shared.geo import Point, degrees_text, plausible
from shared.problems import Problem
from shared.vocabulary import CoordSource, Datum

_DATUMS = (Datum.WGS84, Datum.GCJ02, Datum.BD09)


@part
def PositionSection(
    position: dict[str, Any] | None,
    on_position: Callable[[dict[str, Any]], None],
    hint: str = "",
    error: str = "",
) -> ft.Control:
    """`on_position` gets a whole position register; `hint` stands there before there is one."""
    app = use_app()
    running, set_running = ft.use_state(False)
    problem, set_problem = ft.use_state("")
    typing, set_typing = ft.use_state(False)
    texts = app.texts

    async def locate() -> None:
        if running:
            return
        set_problem("")
        set_running(True)
        try:
            fix = await app.open.locate()
            on_position(fix.position.model_dump(mode="json", exclude_none=True))
        except Problem as found:
            set_problem(texts.problem(found))
        finally:
            set_running(False)

    def typed(place: dict[str, Any]) -> None:
        set_typing(False)
        set_problem("")
        on_position(place)

    return labels.card(
        [
            labels.heading(texts.field("position")),
            _shown(texts, position) if position else labels.quiet(hint),
            buttons.tonal_button(
                texts.locate,
                ft.Icons.MY_LOCATION,
                handled(texts, locate),
                key="locate",
                busy=running,
            ),
            *([ft.Text(texts.locating, size=15, key="locating")] if running else []),
            *([labels.trouble(problem, key="position-problem")] if problem else []),
            *([labels.trouble(error, key="position-error")] if error else []),
            *(
                [TypedPosition(typed)]
                if typing
                else [
                    ft.Row(
                        [
                            buttons.quiet_button(
                                texts.typed_position, lambda _event: set_typing(True), key="type-position"
                            )
                        ]
                    )
                ]
            ),
        ]
    )


def _shown(texts: Any, position: dict[str, Any]) -> ft.Control:
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
    if not plausible(position["lat"], position["lon"]):
        lines.append(labels.trouble(texts.position_far, key="position-far"))
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
    point = parse_point(text)

    def use(_event: object = None) -> None:
        set_asked(True)
        if found := typed_position(text, Datum(datum)):
            on_position(found)

    return ft.Column(
        [
            Field(
                texts.coordinates,
                text,
                set_text,
                name="coordinates",
                hint=texts.coordinates_hint,
                error=texts.typed_position_bad if asked and point is None else None,
                autocorrect=False,
            ),
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


def _read(point: Point) -> dict[str, str]:
    return {"lat": degrees_text(point[0]), "lon": degrees_text(point[1])}
