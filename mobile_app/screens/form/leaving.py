"""Leaving a form that is not saved: stay, keep a draft, or discard."""

from collections.abc import Awaitable, Callable

import flet as ft

from mobile_app.screens.guard import handled
from mobile_app.texts.words import Texts
from mobile_app.widgets import ask, buttons


def leave_question(
    texts: Texts,
    on_stay: Callable[[], None],
    on_keep: Callable[[], Awaitable[None]] | None,
    on_drop: Callable[[], Awaitable[None]],
) -> ft.AlertDialog:
    """`on_keep` is None where nothing can be kept."""
    answers: list[ft.Control] = [
        buttons.quiet_button(texts.leave_drop, handled(texts, on_drop), key="leave-drop", alarm=True)
    ]
    if on_keep:
        answers.append(buttons.quiet_button(texts.leave_keep, handled(texts, on_keep), key="leave-keep"))
    answers.append(buttons.quiet_button(texts.leave_stay, lambda _event: on_stay(), key="leave-stay"))
    return ask.question(
        texts.leave_title,
        texts.leave_text if on_keep else texts.leave_text_lost,
        answers,
        lambda _event: on_stay(),
    )
