"""The app's routes, and over them the question for the app's PIN."""

import logging
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.hooks import Box, use_back, use_box
from mobile_app.screens.loading import Missing
from mobile_app.screens.lock.handing_in import use_handing_in
from mobile_app.screens.routes import routes_for
from mobile_app.state.app_lock import LockStanding
from mobile_app.widgets import buttons, fields, labels
from shared.problems import Problem

if TYPE_CHECKING:
    from mobile_app.services import Services

log = logging.getLogger(__name__)


@ft.component
def LockGuard() -> ft.Control:
    """Always the Router. Screens that were open stay as they are behind the question, with what is written
    in them; at the start there are none yet."""
    app = use_app()
    texts, words = app.texts, app.texts.lock
    pin: Box[str] = use_box(str)
    code: Box[str] = use_box(str)
    wrong, set_wrong = ft.use_state("")
    busy, set_busy = ft.use_state(False)
    forgotten, set_forgotten = ft.use_state(False)
    shown, show = ft.use_state(0)
    # An address that somebody types, or goes back to, would open its screen over the question.
    use_back((lambda: show(lambda count: count + 1)) if app.lock is LockStanding.OVER else None)
    handing_in = use_handing_in(app)

    async def attempt(confirming: bool) -> None:
        if busy or app.services is None:
            return
        set_busy(True)
        set_wrong("")
        try:
            if confirming:
                set_wrong(await _confirm(app.services, code.value, words.other_person))
            else:
                await app.services.lock.unlock(pin.value)
        except Problem as problem:
            set_wrong(texts.problem(problem))
        except Exception:
            log.exception("the PIN could not be checked")
            set_wrong(texts.something_broke)
        finally:
            pin.value = ""
            set_busy(False)

    async def unlock(_event: object = None) -> None:
        await attempt(confirming=False)

    async def confirm(_event: object = None) -> None:
        await attempt(confirming=True)

    def write_pin(text: str) -> None:
        pin.value = text

    def write_code(text: str) -> None:
        code.value = text

    def turn(_event: object) -> None:
        set_wrong("")
        set_forgotten(not forgotten)

    trouble: list[ft.Control] = [labels.trouble(wrong, key="lock-problem")] if wrong else []
    if forgotten:
        asked: list[ft.Control] = [
            ft.Text(words.forgotten_how, size=16),
            fields.text_field(texts.enrol_code, code.value, write_code, key="lock-code", longest=300),
            *trouble,
            buttons.main_button(words.confirm, ft.Icons.LOCK_OPEN, confirm, key="lock-confirm", busy=busy),
            *handing_in,
            buttons.quiet_button(texts.back, turn, key="lock-back"),
        ]
    else:
        asked = [
            fields.text_field(
                words.pin, pin.value, write_pin, key="lock-pin", digits=True, password=True, autofocus=True
            ),
            *trouble,
            buttons.main_button(words.open, ft.Icons.LOCK_OPEN, unlock, key="lock-open", busy=busy),
            buttons.quiet_button(words.forgotten, turn, key="lock-forgotten"),
        ]
    ft.use_dialog(
        ft.AlertDialog(
            title=ft.Text(words.ask, size=20),
            semantics_label=words.ask,
            content=ft.Column(
                asked, spacing=theme.GAP, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
            ),
            modal=True,
            scrollable=True,
            bgcolor=theme.CARD,
            barrier_color=theme.PAPER,
            on_dismiss=lambda _event: show(shown + 1),  # a browser's way back closes it, which opens nothing
        )
        if app.lock is not LockStanding.OPEN
        else None
    )
    router: ft.Control = ft.Router(routes_for(app), Missing, manage_views=True)
    return router


async def _confirm(phone: "Services", code: str, other_person: str) -> str:
    """Drop the PIN if the office's code is of this phone's person; else why not. Records stay in any case.

    Problems: those of enrolling.
    """
    who = phone.identity
    enrolment = await phone.renewal.ask("".join(code.split()), who.device_name if who else "")
    if who and enrolment.answer.person.id != who.person:
        return other_person
    await phone.renewal.take(enrolment)
    await phone.lock.forget()
    return ""
