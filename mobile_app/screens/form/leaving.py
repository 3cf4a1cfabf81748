"""Leaving a form that is not saved: stay, keep a draft, or discard."""

from collections.abc import Awaitable, Callable

import flet as ft

from mobile_app.screens.error_boundary import handled
from mobile_app.texts.words import Texts
from mobile_app.widgets import ask, buttons


def leave_question(
    texts: Texts,
    on_stay: Callable[[], None],
    on_keep: Callable[[], Awaitable[None]],
    on_drop: Callable[[], Awaitable[None]],
) -> ft.AlertDialog:
    """What each answer does."""
    answers: list[ft.Control] = [
        buttons.quiet_button(texts.leave_drop, handled(texts, on_drop), key="leave-drop", alarm=True),
        buttons.quiet_button(texts.leave_keep, handled(texts, on_keep), key="leave-keep"),
        buttons.quiet_button(texts.leave_stay, lambda _event: on_stay(), key="leave-stay"),
    ]
    return ask.question(texts.leave_title, texts.leave_text, answers, lambda _event: on_stay())
