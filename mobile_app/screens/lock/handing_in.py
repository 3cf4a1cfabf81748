"""Unsent work is handed in while the PIN is asked for: who forgot it and has no network loses nothing."""

import logging

import flet as ft

from mobile_app.screens.app_context import AppContext
from mobile_app.widgets import buttons, labels
from shared.problems import Problem

log = logging.getLogger(__name__)


def use_handing_in(app: AppContext) -> list[ft.Control]:
    """What stands below the question. One file is saved with each tap, as a browser wants; nothing of what is
    in them is shown, and only the office can open them."""
    number, set_number = ft.use_state(0)
    said, set_said = ft.use_state("")
    busy, set_busy = ft.use_state(False)
    texts, words = app.texts, app.texts.unsent

    async def hand_in(_event: object = None) -> None:
        if busy or app.services is None:
            return
        unsent = app.services.unsent
        set_busy(True)
        try:
            files = await unsent.files()
            place = number % len(files) if files else 0
            if not files:
                set_said(words.none)
            elif await unsent.save(files[place], place + 1, len(files)):
                set_number(place + 1)
                which = texts.lock.exported.format(number=place + 1, all=len(files))
                set_said(f"{which}\n{words.saved}")
        except Problem as problem:
            set_said(texts.problem(problem))
        except Exception:
            log.exception("unsent work could not be exported")
            set_said(texts.something_broke)
        finally:
            set_busy(False)

    spoken = ft.Semantics(live_region=True, content=labels.quiet(said, key="lock-exported"))
    return [
        labels.quiet(words.offer),
        buttons.tonal_button(words.open, ft.Icons.SAVE_ALT, hand_in, key="lock-export"),
        *([spoken] if said else []),
    ]
