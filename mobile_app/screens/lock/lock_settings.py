"""应用密码 in 我的: setting the app's PIN, when it is asked for, and turning it off."""

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled, part, say, screen
from mobile_app.screens.home_visits.pin import NewPin, pin_field
from mobile_app.screens.hooks import Box, use_box
from mobile_app.store.home_visits.draft_lock import SHORTEST_PIN
from mobile_app.widgets import bars, buttons, labels, segments
from shared.plural import plural
from shared.problems import Problem

PATH = "/me/lock"
MINUTES = (1, 5, 15)


@part
def LockCard() -> ft.Control:
    """Whether there is a PIN, and the way to it; nothing on a device that can keep none."""
    app = use_app()
    words, lock, page = app.texts.lock, app.open.lock, ft.context.page
    if not lock.available:
        return ft.Container(visible=False)
    return labels.card(
        [
            labels.heading(words.title),
            labels.quiet(words.is_on if lock.is_on else words.off, key="lock-is"),
            buttons.tonal_button(
                words.change if lock.is_on else words.set,
                ft.Icons.LOCK_OUTLINE,
                lambda _event: page.navigate(PATH),
                key="lock-settings",
            ),
        ]
    )


@screen
def LockSettings() -> ft.Control:
    """A new PIN where there is none; else when it is asked for, and the way to turn it off."""
    app = use_app()
    texts, words, lock, page = app.texts, app.texts.lock, app.open.lock, ft.context.page

    async def turn_on(pin: str) -> None:
        await lock.turn_on(pin)
        page.navigate("/me")

    controls: list[ft.Control] = [LockOptions(), TurnOff()]
    if not lock.is_on:
        controls = [NewPin(words.why.format(digits=SHORTEST_PIN), words.protects, words.set, turn_on)]
    return ft.View(
        route=PATH,
        padding=0,
        appbar=bars.title_bar(words.title, back=(texts.back, lambda _event: page.navigate("/me"))),
        controls=[ft.ListView(controls, expand=True, spacing=14, padding=14, key="lock")],
    )


@part
def LockOptions() -> ft.Control:
    """After how long in the background the PIN is asked for."""
    app = use_app()
    texts, words, lock = app.texts, app.texts.lock, app.open.lock
    minutes, set_minutes = ft.use_state(lock.minutes)

    def choose(code: str | None) -> None:
        if code is None:
            return
        set_minutes(int(code))

        async def keep() -> None:
            await lock.choose_minutes(int(code))

        ft.context.page.run_task(handled(texts, keep))

    return labels.card(
        [
            segments.segments(
                words.after,
                [(str(n), plural(words.minutes, n)) for n in MINUTES],
                str(minutes),
                choose,
                key="lock-after",
            ),
            labels.quiet(words.protects),
        ]
    )


@part
def TurnOff() -> ft.Control:
    """It takes the PIN."""
    app = use_app()
    texts, words, lock, page = app.texts, app.texts.lock, app.open.lock, ft.context.page
    typed: Box[str] = use_box(str)
    wrong, set_wrong = ft.use_state("")
    busy, set_busy = ft.use_state(False)

    async def turn_off() -> None:
        set_busy(True)
        set_wrong("")
        try:
            await lock.turn_off(typed.value)
        except Problem as problem:
            set_wrong(texts.problem(problem))
            return
        finally:
            set_busy(False)
        say(words.is_off)
        page.navigate("/me")

    return labels.card(
        [
            pin_field(words.pin, typed, "lock-pin-now"),
            *([labels.trouble(wrong, key="lock-off-problem")] if wrong else []),
            buttons.tonal_button(
                words.turn_off,
                ft.Icons.LOCK_OPEN,
                handled(texts, turn_off),
                key="lock-turn-off",
                busy=busy,
            ),
        ]
    )
