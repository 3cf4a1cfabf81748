"""The search for where the device is: how it stands, and what a screen shows of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled
from mobile_app.screens.formatting import accuracy_word
from mobile_app.screens.hooks import use_box
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons, labels
from shared import problems
from shared.problems import Problem
from shared.records.fix import Fix, stands
from shared.records.models import Position

Locate = Callable[[Callable[[Fix], None], asyncio.Event], Awaitable[Fix]]


def _draw_nothing() -> None:
    return None


class PositionSearch:
    """One search at a time, which goes on while another view covers the screen.

    `locate` asks the device (`Services.locate`); `position` returns what the form has; `take` gets a better
    one, as a register, and whether a person asked for it. `draw` is called whenever something changes.
    """

    def __init__(
        self,
        locate: Locate,
        position: Callable[[], dict[str, Any] | None],
        take: Callable[[dict[str, Any], bool], None],
    ) -> None:
        self._locate, self._position, self._take = locate, position, take
        self._enough: asyncio.Event | None = None
        self.draw: Callable[[], None] = _draw_nothing
        self.best: Fix | None = None
        """The best fix so far."""
        self.problem: Problem | None = None
        """Why no position was found."""
        self.kept = False
        """Whether the position that was there stays, as it is better than the one found."""

    @property
    def running(self) -> bool:
        """Whether a position is being looked for."""
        return self._enough is not None

    async def begin(self, *, asked: bool = True) -> None:
        """Search, unless a search is running. Where no person `asked` for it, a refusal is no problem."""
        if self._enough:
            return
        this = self._enough = asyncio.Event()
        self.best, self.problem, self.kept = None, None, False
        self.draw()
        try:
            fix = await self._locate(self._heard, this)
            if self._enough is this:  # nobody typed a position meanwhile
                self._found(fix, asked)
        except Problem as problem:
            if self._enough is this and (asked or problem.kind is not problems.location_denied):
                self.problem = problem
        finally:
            if self._enough is this:
                self._enough = None
                self.draw()

    def use_now(self, _event: object = None) -> None:
        """End the search with the best fix so far."""
        if self._enough:
            self._enough.set()

    def give_up(self) -> None:
        """End the search without a position."""
        self.use_now()
        self._enough, self.problem, self.kept = None, None, False
        self.draw()

    def _heard(self, fix: Fix) -> None:
        self.best = fix
        self.draw()

    def _found(self, fix: Fix, asked: bool) -> None:
        before = self._position()
        if before and stands(Position.model_validate(before), fix.position):
            self.kept = True
        else:
            self._take(fix.position.model_dump(mode="json", exclude_none=True), asked)


def use_position_search(
    position: Callable[[], dict[str, Any] | None],
    take: Callable[[dict[str, Any], bool], None],
    *,
    at_once: bool = False,
) -> PositionSearch:
    """The search of a screen, which ends when the screen is left.

    `at_once`: it begins as the screen opens, unless the person has refused the position before.
    """
    phone, texts = use_app().open, use_app().texts
    search = use_box(lambda: PositionSearch(phone.locate, position, take)).value

    async def begin() -> None:
        if at_once and not phone.location.refused:
            await search.begin(asked=False)

    ft.use_effect(handled(texts, begin), [], search.give_up)
    return search


def use_redraw(search: PositionSearch) -> None:
    """Redraw the component whenever `search` changes."""
    _, redraw = ft.use_state(0)

    def draw() -> None:
        redraw(lambda count: count + 1)

    def watch() -> None:
        search.draw = draw

    def unwatch() -> None:
        search.draw = _draw_nothing

    ft.use_effect(watch, [], unwatch)


def search_button(texts: Texts, search: PositionSearch, word: str) -> ft.Control:
    """A button `word` that searches; once there is something to use, 就用这个 takes its place."""
    if search.running and search.best and search.best.usable:
        return buttons.tonal_button(texts.use_now, ft.Icons.CHECK, search.use_now, key="use-now")
    return buttons.tonal_button(
        word,
        ft.Icons.MY_LOCATION,
        handled(texts, search.begin),
        key="locate",
        busy=search.running,
    )


def search_progress(texts: Texts, best: Fix | None) -> ft.Control:
    """How accurate the best fix is; about as high as the position that replaces it."""
    if best is None:
        words, above = texts.locating, 11
    else:
        words = texts.locating_newer if best.old else texts.locating_better
        words, above = words.format(accuracy=accuracy_word(texts, best.accuracy_m)), 0
    return ft.Container(
        ft.Row(
            [
                ft.ProgressRing(width=28, height=28, stroke_width=3, color=theme.PRIMARY),
                ft.Text(words, size=16, expand=True, key="locating"),
            ]
        ),
        padding=ft.Padding.symmetric(vertical=above),
    )


def search_trouble(texts: Texts, problem: str) -> list[ft.Control]:
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
