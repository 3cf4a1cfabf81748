"""One hook for every form: what is filled in, its draft, its photos, saving it and leaving it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import say
from mobile_app.screens.form.doubts import Doubts, doubts, save_question
from mobile_app.screens.form.draft import to_draft
from mobile_app.screens.form.form_photos import FormPhotos, use_form_photos
from mobile_app.screens.form.form_state import FormState
from mobile_app.screens.form.keeping import Keeping, use_keeping
from mobile_app.screens.form.leaving import drop_question, leave_question, lose_question
from mobile_app.screens.hooks import Box, use_back, use_box
from mobile_app.screens.late_answers import scroll
from mobile_app.screens.position_search import PositionSearch, use_position_search
from shared.forms.filling import FieldError
from shared.problems import Problem

_DRAWN = 0.15  # seconds until the errors are on the page


@dataclass(frozen=True)
class OpenForm:
    """A form on the screen and what a person can do with it.

    `errors`: field → what is wrong, empty until somebody tried to save. `problem`: why saving failed.
    `changed(draw)` comes after each change of `state`; text needs no drawing.
    `put_aside` keeps the draft now, so that another screen can be opened. `scroll_to` brings what
    has that scroll key into view once it is drawn.
    """

    state: FormState
    errors: dict[str, FieldError]
    problem: str
    saving: bool
    photos: FormPhotos
    search: PositionSearch
    scroller: ft.Ref[ft.Column]
    scroll_to: Callable[[str], Awaitable[None]]
    changed: Callable[..., None]
    save: Callable[[], Awaitable[None]]
    back: Callable[..., None]
    confirm_pop: Callable[[ft.Event[ft.View]], Awaitable[None]]
    put_aside: Callable[[], Awaitable[None]]


def use_form(
    start: Callable[[], FormState],
    save: Callable[[FormState], Awaitable[str]],
    draft: str | Callable[[], Keeping],
    leave_to: str,
    at: str = "",
    back_to: str = "",
) -> OpenForm:
    """The form that `start` makes, kept as `draft` (`use_keeping`) until `save` has saved it.

    `save` returns what to say then. The form is left to the route `leave_to`, or where nothing
    of it stays, to `back_to`, and opens at the field `at`.
    """
    state = use_box(start).value
    _, redraw = ft.use_state(0)
    dirty = use_box(lambda: False)
    asked, set_asked = ft.use_state(False)
    keeping = use_keeping(draft)
    scroller: ft.Ref[ft.Column] = use_box(lambda: ft.Ref[ft.Column]()).value

    def changed(draw: bool = True) -> None:
        dirty.value = True
        keeping.soon(lambda: to_draft(state))
        if draw or asked:
            redraw(lambda count: count + 1)

    def take_position(position: dict[str, Any], asked: bool) -> None:
        state.write_position(position)
        if asked or dirty.value:
            changed()
        else:  # an untouched form can be left without a question
            redraw(lambda count: count + 1)

    async def scroll_to(field: str) -> None:
        await asyncio.sleep(_DRAWN)
        await scroll(scroller, scroll_key=scroll_key(field), duration=200)

    async def open_at() -> None:
        if at:
            await scroll_to(at)

    ft.use_effect(open_at, [])

    async def save_it(state: FormState) -> str:
        said = await save(state)
        dirty.value = False
        return said

    saving = _use_saving(keeping, state, save_it, leave_to)

    async def save_now() -> None:
        if saving.running or photos.preparing:
            return
        set_asked(True)
        saving.forget_problem()
        if wrong := state.errors():
            await scroll_to(next(iter(wrong)))
        else:
            await saving.begin()

    async def put_aside() -> None:
        await keeping.now(to_draft(state))
        dirty.value = False

    search = use_position_search(lambda: state.fields.get("position"), take_position, at_once=state.locates)
    back, confirm_pop = _use_leaving(keeping, state, dirty, leave_to, back_to or leave_to)
    photos = use_form_photos(state, search, changed)
    return OpenForm(
        state=state,
        errors=state.errors() if asked else {},
        problem=saving.problem,
        saving=saving.running,
        photos=photos,
        search=search,
        scroller=scroller,
        scroll_to=scroll_to,
        changed=changed,
        save=save_now,
        back=back,
        confirm_pop=confirm_pop,
        put_aside=put_aside,
    )


@dataclass(frozen=True)
class _Saving:
    """How saving stands. `problem`: why it failed, "" where it did not; `begin` asks first where there are
    doubts."""

    running: bool
    problem: str
    begin: Callable[[], Awaitable[None]]
    forget_problem: Callable[[], None]


def _use_saving(
    keeping: Keeping, state: FormState, save: Callable[[FormState], Awaitable[str]], leave_to: str
) -> _Saving:
    """Saves a form without errors once, however often it is tapped, says so and leaves."""
    saved = use_box(lambda: False)
    running, set_running = ft.use_state(False)
    problem, set_problem = ft.use_state("")
    doubted, set_doubted = ft.use_state(Doubts())
    app, page = use_app(), ft.context.page
    texts = app.texts

    async def begin() -> None:
        if found := doubts(texts, state):
            set_doubted(found)
        else:
            await save_as()

    async def save_apart() -> None:
        await save_as(apart=[place.row.id for place in doubted.places])

    async def save_as(joins: str = "", apart: Sequence[str] = ()) -> None:
        if saved.value:  # a second tap, before the first has drawn anything or after the form was left
            return
        saved.value = True
        state.joins = joins
        state.tell_apart(apart)
        set_doubted(Doubts())
        set_running(True)
        keeping.stop()
        try:
            said = await save(state)
        except Exception as found:
            saved.value = False
            if not isinstance(found, Problem):
                raise
            keeping.soon(lambda: to_draft(state))
            set_problem(texts.problem(found))
            return
        finally:
            set_running(False)
        say(said)
        app.late_taps.led_on()
        page.navigate(leave_to)

    def stay() -> None:
        set_doubted(Doubts())

    ft.use_dialog(save_question(texts, doubted, save_apart, save_as, stay) if doubted else None)
    return _Saving(running, problem, begin, lambda: set_problem(""))


def _use_leaving(
    keeping: Keeping, state: FormState, dirty: Box[bool], leave_to: str, back_to: str
) -> tuple[Callable[..., None], Callable[[ft.Event[ft.View]], Awaitable[None]]]:
    """返回, and the device's own way back: a form that was written into asks first. A kept draft is found at
    `leave_to`."""
    asked, set_asked = ft.use_state("")  # "leave", or "drop" after that; "lose" where no draft is kept
    app, page = use_app(), ft.context.page
    texts = app.texts

    def stay() -> None:
        set_asked("")

    def leave(to: str = back_to) -> None:
        stay()
        dirty.value = False
        page.navigate(to)

    async def keep_and_leave() -> None:
        await keeping.now(to_draft(state))
        leave(leave_to)

    async def drop_and_leave() -> None:
        await keeping.drop(app, to_draft(state))
        leave()

    async def ask_again() -> None:
        set_asked("drop")

    def back(_event: object = None) -> None:
        if dirty.value:
            set_asked("leave" if keeping.keeps else "lose")
        else:
            page.navigate(back_to)

    async def confirm_pop(event: ft.Event[ft.View]) -> None:
        await event.control.confirm_pop(False)
        back()

    use_back(back if keeping.asks_on_way_back else None, lambda: dirty.value)
    drop = drop_and_leave if keeping.restores else ask_again
    questions = {
        "leave": lambda: leave_question(texts, stay, keep_and_leave, drop),
        "drop": lambda: drop_question(texts, stay, drop_and_leave),
        "lose": lambda: lose_question(texts, stay, drop_and_leave),
    }
    # One dialog for both: of two, closing the first would take the second away.
    ft.use_dialog(questions[asked]() if asked else None)
    return back, confirm_pop


def scroll_key(field: str) -> str:
    """The place of a field in the form, for `scroll_to`."""
    return f"at-{field}"
