"""Where the hazard is: a fix with its accuracy in words, or coordinates typed in the datum they came in."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.screens.field import Field
from mobile_app.screens.formatting import accuracy_word, position_words
from mobile_app.screens.hooks import Box, use_box, use_maybe
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons, labels, segments
from shared.forms.typed_position import parse_point, swapped_point, typed_position
from shared.geo import Point, degrees_text, plausible
from shared.problems import Problem
from shared.records.fix import Fix, stands
from shared.records.models import Position
from shared.vocabulary import CoordSource, Datum

_DATUMS = (Datum.WGS84, Datum.GCJ02, Datum.BD09)
_OLD = timedelta(minutes=10)


@part
def PositionSection(
    position: dict[str, Any] | None,
    on_position: Callable[[dict[str, Any]], None],
    hint: str = "",
    error: str = "",
) -> ft.Control:
    """`on_position` gets a whole position register; `hint` stands there before there is one."""
    search = _use_search(position, on_position)
    typing, set_typing = ft.use_state(False)
    texts = use_app().texts

    def typed(place: dict[str, Any]) -> None:
        search.give_up()
        set_typing(False)
        on_position(place)

    by_hand = buttons.quiet_button(texts.typed_position, lambda _event: set_typing(True), key="type-position")
    return labels.card(
        [
            labels.heading(texts.field("position")),
            _shown(texts, position) if position else labels.quiet(hint),
            buttons.tonal_button(
                texts.locate,
                ft.Icons.MY_LOCATION,
                handled(texts, search.locate),
                key="locate",
                busy=search.running,
            ),
            *(_waiting(texts, search.best, search.use_now) if search.running else []),
            *([labels.quiet(search.notice, key="position-notice")] if search.notice else []),
            *(_trouble(texts, search.problem) if search.problem else []),
            *([labels.trouble(error, key="position-error")] if error else []),
            TypedPosition(typed) if typing else ft.Row([by_hand]),
        ]
    )


@dataclass(frozen=True)
class _Search:
    """How the search for a position stands.

    `best`: the fix so far. `notice`: why the one found was not taken. `use_now` takes the best; `give_up`
    ends the search without any.
    """

    running: bool
    best: Fix | None
    problem: str
    notice: str
    locate: Callable[[], Awaitable[None]]
    use_now: Callable[..., None]
    give_up: Callable[[], None]


def _use_search(position: dict[str, Any] | None, on_position: Callable[[dict[str, Any]], None]) -> _Search:
    """The search for a position: one at a time, its outcome taken where it is better than `position`."""
    app = use_app()
    search: Box[asyncio.Event | None] = use_box(lambda: None)
    running, set_running = ft.use_state(False)
    best, set_best = use_maybe()
    problem, set_problem = ft.use_state("")
    notice, set_notice = ft.use_state("")
    texts = app.texts

    def found(fix: Fix) -> None:
        new = fix.position
        if position and stands(Position.model_validate(position), new):
            set_notice(texts.position_kept)
        else:
            on_position(new.model_dump(mode="json", exclude_none=True))

    async def locate() -> None:
        if search.value:
            return
        this = search.value = asyncio.Event()
        set_problem("")
        set_notice("")
        set_best(None)
        set_running(True)
        try:
            fix = await app.open.locate(set_best, this)
            if search.value is this:  # nobody typed a position meanwhile
                found(fix)
        except Problem as trouble:
            if search.value is this:
                set_problem(texts.problem(trouble))
        finally:
            if search.value is this:
                search.value = None
                set_running(False)

    def use_now(_event: object = None) -> None:
        if search.value:
            search.value.set()

    def give_up() -> None:
        use_now()
        search.value = None
        set_running(False)
        set_problem("")
        set_notice("")

    return _Search(running, best, problem, notice, locate, use_now, give_up)


def _waiting(texts: Texts, best: Fix | None, use_now: Callable[..., None]) -> list[ft.Control]:
    """How exact the position is so far, and the way to take it as it is."""
    if best is None:
        return [ft.Text(texts.locating, size=15, key="locating")]
    accuracy = accuracy_word(texts, best.accuracy_m)
    so_far = texts.locating_newer if best.old else texts.locating_better
    now = buttons.tonal_button(texts.use_now, ft.Icons.CHECK, use_now, key="use-now")
    return [
        ft.Text(so_far.format(accuracy=accuracy), size=15, key="locating"),
        *([now] if best.usable else []),
    ]


def _trouble(texts: Texts, problem: str) -> list[ft.Control]:
    """Why there is no position, and where this kind of phone has its switches."""
    match ft.context.page.platform:
        case ft.PagePlatform.IOS:
            where = texts.location_switches_iphone
        case ft.PagePlatform.ANDROID:
            where = texts.location_switches_android
        case _:
            where = ""
    return [
        labels.trouble(problem, key="position-problem"),
        *([labels.quiet(where, key="location-switches")] if where else []),
    ]


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
