"""What a form is asked about before it is saved: evidence that is missing, photos that are there already."""

from collections.abc import Awaitable, Callable, Sequence

import flet as ft

from mobile_app.screens.error_boundary import handled
from mobile_app.screens.form.form_state import FormState
from mobile_app.texts.words import Texts
from mobile_app.widgets import ask, buttons


def same_photos(texts: Texts, state: FormState) -> list[str]:
    """A sentence for each photo that the hazard has already, as the photo of something else."""
    return [
        texts.photo_same.format(number=place + 1, role=texts.of(role))
        for place, role in state.same_photos().items()
    ]


def doubts(texts: Texts, state: FormState) -> list[str]:
    """Why one may not want to save yet, in sentences; none where all is well."""
    labels = [field.label.of(texts.language) for field in state.evidence_missing()]
    missing = [texts.evidence_missing.format(fields=texts.listed(labels))] if labels else []
    return [*missing, *same_photos(texts, state)]


def save_question(
    texts: Texts, found: Sequence[str], on_save: Callable[[], Awaitable[None]], on_return: Callable[[], None]
) -> ft.AlertDialog:
    """Whether to save in spite of what was `found`."""
    answers: list[ft.Control] = [
        buttons.quiet_button(texts.save_anyway, handled(texts, on_save), key="save-anyway"),
        buttons.quiet_button(texts.save_not_yet, lambda _event: on_return(), key="save-not-yet"),
    ]
    return ask.question(texts.save_ask, "\n".join(found), answers, lambda _event: on_return())
