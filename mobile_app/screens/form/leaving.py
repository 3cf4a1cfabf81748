"""Leaving a form that is not saved: stay, keep a draft, or discard, after being asked once more where it
could not be had back."""

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


def drop_question(
    texts: Texts, on_stay: Callable[[], None], on_drop: Callable[[], Awaitable[None]]
) -> ft.AlertDialog:
    """Whether what is not saved is to be gone for good."""
    answers: list[ft.Control] = [
        buttons.quiet_button(texts.cancel, lambda _event: on_stay(), key="draft-keep"),
        buttons.quiet_button(texts.draft_drop, handled(texts, on_drop), key="draft-drop-yes", alarm=True),
    ]
    return ask.question(texts.draft_drop, texts.draft_drop_ask, answers, lambda _event: on_stay())


def lose_question(
    texts: Texts, on_stay: Callable[[], None], on_leave: Callable[[], Awaitable[None]]
) -> ft.AlertDialog:
    """Whether a form of which no draft is kept is to be left."""
    answers: list[ft.Control] = [
        buttons.quiet_button(texts.leave_drop, handled(texts, on_leave), key="leave-lose", alarm=True),
        buttons.quiet_button(texts.leave_stay, lambda _event: on_stay(), key="leave-stay"),
    ]
    return ask.question(texts.leave_title, texts.home_visits.leaving, answers, lambda _event: on_stay())
