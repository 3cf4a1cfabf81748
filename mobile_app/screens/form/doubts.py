"""What a form is asked about before it is saved: missing evidence, photos and hazards that are there already.

All in one question.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.error_boundary import handled
from mobile_app.screens.form.form_state import FormState
from mobile_app.screens.hazards.same_place_card import same_place_card
from mobile_app.texts.words import Texts
from mobile_app.widgets import ask, buttons

if TYPE_CHECKING:
    from mobile_app.store.queries.same_place import SamePlace


@dataclass(frozen=True)
class Doubts:
    """Why one may not want to save yet: `sentences`, and hazards that may be the new one; false for none."""

    sentences: "tuple[str, ...]" = ()
    places: "tuple[SamePlace, ...]" = ()

    def __bool__(self) -> bool:
        return bool(self.sentences or self.places)


def same_photos(texts: Texts, state: FormState) -> list[str]:
    """A sentence for each photo that the hazard has already, as the photo of something else."""
    return [
        texts.photo_same.format(number=place + 1, role=texts.of(role))
        for place, role in state.same_photos().items()
    ]


def doubts(texts: Texts, state: FormState) -> Doubts:
    """What there is to ask about a form without errors."""
    labels = [field.label.of(texts.language) for field in state.evidence_missing()]
    missing = [texts.evidence_missing.format(fields=texts.listed(labels))] if labels else []
    return Doubts((*missing, *same_photos(texts, state)), tuple(state.same_places(state)))


def save_question(
    texts: Texts,
    found: Doubts,
    on_save: Callable[[], Awaitable[None]],
    on_join: Callable[[str], Awaitable[None]],
    on_return: Callable[[], None],
) -> ft.AlertDialog:
    """Whether to save in spite of what was `found`, or to add what was entered to a hazard that is there."""
    words, places = texts.same_place, found.places
    answers: list[ft.Control] = [
        buttons.quiet_button(
            words.apart if places else texts.save_anyway, handled(texts, on_save), key="save-anyway"
        ),
        buttons.quiet_button(
            words.back if places else texts.save_not_yet, lambda _event: on_return(), key="save-not-yet"
        ),
    ]
    title = words.title if places else texts.save_ask
    question = ask.question(title, "\n".join(found.sentences), answers, lambda _event: on_return())
    if places:
        question.inset_padding = ft.Padding.symmetric(horizontal=12, vertical=20)
        question.title_padding = ft.Padding.only(left=16, top=20, right=16)
        question.content_padding = ft.Padding.symmetric(horizontal=16, vertical=8)
        question.content = ft.Column(
            [
                *(ft.Text(sentence, size=16) for sentence in found.sentences),
                ft.Text(words.text, size=16, color=theme.INK),
                *(same_place_card(texts, place, on_join) for place in places),
            ],
            spacing=12,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    return question
