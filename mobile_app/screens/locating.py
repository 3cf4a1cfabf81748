"""The search for where the device is: how it stands, and what a screen shows of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.formatting import accuracy_word
from mobile_app.screens.hooks import Box, use_box, use_maybe
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons, labels
from shared.problems import Problem
from shared.records.fix import Fix, stands
from shared.records.models import Position


@dataclass(frozen=True)
class Search:
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


def use_search(position: dict[str, Any] | None, on_position: Callable[[dict[str, Any]], None]) -> Search:
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

    return Search(running, best, problem, notice, locate, use_now, give_up)


def waiting(texts: Texts, best: Fix | None, use_now: Callable[..., None]) -> list[ft.Control]:
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


def trouble(texts: Texts, problem: str) -> list[ft.Control]:
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
