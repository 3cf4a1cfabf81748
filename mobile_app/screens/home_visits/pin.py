"""草稿密码: setting the PIN behind which drafts of home visits lie, and giving or forgetting it."""

from collections.abc import Awaitable, Callable

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled, part, screen
from mobile_app.screens.field import Field
from mobile_app.screens.hooks import Box, use_box
from mobile_app.store.home_visits.draft_lock import SHORTEST_PIN
from mobile_app.texts.words import Texts
from mobile_app.widgets import ask, bars, buttons, labels
from shared.problems import Problem


@screen
def SetPin() -> ft.Control:
    """A new PIN, typed twice, after the warning what a forgotten one costs.

    None in the place of one that is set, as a browser's way back would offer: the draft behind that would be
    lost.
    """
    app = use_app()
    texts, page, visits = app.texts, ft.context.page, app.open.home_visits
    words = texts.home_visits
    who = app.open.identity
    is_set = use_box(lambda: bool(who and visits.drafts.is_set(who.person))).value

    async def save(pin: str) -> None:
        if who:
            await visits.drafts.set_pin(who.person, pin)
            page.navigate("/home-visits")

    body = labels.card([ft.Text(words.kept, size=16)])
    if not is_set:
        body = NewPin(words.pin_why.format(digits=SHORTEST_PIN), words.pin_warning, words.pin_set, save)
    return _view("/home-visits/pin", texts, words.pin_title, body)


@part
def NewPin(why: str, warning: str, done: str, on_pin: Callable[[str], Awaitable[None]]) -> ft.Control:
    """A new PIN, typed twice; `on_pin` keeps it. `done`: what the button says."""
    texts = use_app().texts
    words = texts.home_visits
    first: Box[str] = use_box(str)
    second: Box[str] = use_box(str)
    wrong, set_wrong = ft.use_state("")
    busy, set_busy = ft.use_state(False)

    async def save() -> None:
        pin = first.value
        if len(pin) < SHORTEST_PIN or not (pin.isascii() and pin.isdigit()):
            set_wrong(words.pin_short.format(digits=SHORTEST_PIN))
        elif pin != second.value:
            set_wrong(words.pin_differs)
        else:
            set_busy(True)
            try:
                await on_pin(pin)
            finally:
                set_busy(False)

    return labels.card(
        [
            ft.Text(why, size=16),
            labels.quiet(warning),
            pin_field(words.pin_new, first, "pin-new"),
            pin_field(words.pin_again, second, "pin-again"),
            *([labels.trouble(wrong, key="pin-problem")] if wrong else []),
            buttons.main_button(done, ft.Icons.LOCK_OUTLINE, handled(texts, save), key="pin-save", busy=busy),
        ]
    )


@screen
def Unlock(path: str, on_pin: Callable[[str], Awaitable[None]], on_without: Callable[[], None]) -> ft.Control:
    """Ask for the PIN; `on_without` goes on without a draft."""
    app = use_app()
    texts, visits, who = app.texts, app.open.home_visits, app.open.identity
    words = texts.home_visits
    typed: Box[str] = use_box(str)
    wrong, set_wrong = ft.use_state("")
    busy, set_busy = ft.use_state(False)
    asking, set_asking = ft.use_state(False)
    there = bool(who and visits.drafts.has_draft(who.person))

    async def open_draft() -> None:
        set_busy(True)
        set_wrong("")
        try:
            await on_pin(typed.value)
        except Problem as problem:
            set_wrong(texts.problem(problem))
        finally:
            set_busy(False)

    async def forget() -> None:
        set_asking(False)
        if who:
            await visits.drafts.forget(who.person)
        on_without()

    answers: list[ft.Control] = [
        buttons.quiet_button(texts.cancel, lambda _event: set_asking(False), key="pin-keep"),
        buttons.quiet_button(words.pin_forget_yes, handled(texts, forget), key="pin-forget-yes", alarm=True),
    ]
    question = ask.question(
        words.pin_forgotten, words.pin_forget_ask, answers, lambda _event: set_asking(False)
    )
    ft.use_dialog(question if asking else None)
    body = [
        ft.Text(words.pin_there if there else words.pin_open_why, size=16),
        pin_field(words.pin_title, typed, "pin"),
        *([labels.trouble(wrong, key="pin-problem")] if wrong else []),
        buttons.main_button(
            words.pin_open, ft.Icons.LOCK_OPEN, handled(texts, open_draft), key="pin-open", busy=busy
        ),
        buttons.quiet_button(words.pin_without, lambda _event: on_without(), key="pin-without"),
        buttons.quiet_button(words.pin_forgotten, lambda _event: set_asking(True), key="pin-forgotten"),
    ]
    return _view(path, texts, words.new, labels.card(body))


def pin_field(label: str, box: Box[str], name: str) -> ft.Control:
    """A field for a PIN, which writes it into `box`."""

    def write(text: str) -> None:
        box.value = text

    field = Field(label, "", write, name, digits=True, password=True)
    return ft.Semantics(container=True, content=field)  # its name is its label alone


def _view(path: str, texts: Texts, title: str, card: ft.Control) -> ft.View:
    page = ft.context.page
    return ft.View(
        route=path,
        padding=0,
        appbar=bars.title_bar(title, back=(texts.back, lambda _event: page.navigate("/home-visits"))),
        controls=[ft.ListView([card], expand=True, padding=14)],
    )
