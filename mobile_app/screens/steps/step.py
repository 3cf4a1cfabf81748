"""One step in a hazard's history: 整改 (with 报验), 巡查, 复查, 反弹, 备注."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import flet as ft

from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.form.discarding import discard
from mobile_app.screens.form.draft import restore
from mobile_app.screens.form.form_state import FormState
from mobile_app.screens.form.form_view import FormView
from mobile_app.screens.formatting import step_word
from mobile_app.screens.keyed import keyed
from mobile_app.screens.records.draft_card import DraftCard
from mobile_app.screens.records.gone import Gone
from mobile_app.screens.steps import check_in
from mobile_app.store.queries import drafts
from mobile_app.widgets import labels
from shared.forms import filling
from shared.forms.steps import SUBMIT
from shared.hazards import evidence
from shared.hazards.evidence import Closeness
from shared.lifecycle import ALWAYS_OPEN
from shared.operations import RecordType
from shared.vocabulary import EventType, PhotoRole

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import HazardCard


@screen
def Step() -> ft.Control:
    """The form of the step and the hazard that the route names."""
    path, app = ft.use_view_path(), use_app()
    params = ft.use_route_params()
    hazard, step = params["hazard"], EventType(params["step"])
    name = drafts.step(hazard, step.value)
    kept, set_kept = ft.use_state(cast(Any, lambda: app.open.drafts().get(name)))
    card = ft.use_memo(lambda: app.find_hazard(hazard), [hazard])
    texts = app.texts
    sign = check_in.sign_of(params, kept) if step is EventType.PATROL else None

    def start() -> FormState:
        form = app.profile.step_forms[step].with_kit(app.kit)
        state = FormState(
            form,
            filling.initial(form, {}),
            locates=step is EventType.RECTIFY and not kept,
            places_photos=True,
            about={"hazard": hazard, "step": step.value},
        )
        if card:
            state.about["title"] = app.profile.title(card.hazard)
            state.earlier_photos, state.known_photos = len(card.finished), card.originals
            state.town_code, state.number = card.row.town_code, card.row.number or ""
            shows = form.photos()
            if shows and shows.shows is PhotoRole.AFTER:
                state.references, state.closest = _of_before(card), _closest(app, card)
        elif kept:
            state.about["title"] = kept.get("title")
        if sign:
            check_in.begin(state, sign, card)
        return restore(state, kept) if kept else state

    async def drop() -> None:
        await discard(app, name, on_restored=set_kept)
        set_kept(None)

    async def save(state: FormState) -> str:
        field = state.form.photos()
        photos = [(photo, field.shows) for photo in state.photos] if field else []
        if step is EventType.RECTIFY:
            await app.open.rectify(hazard, state.to_save(), photos, bool(state.fields.get(SUBMIT)))
        else:
            fields = {**state.to_save(), **check_in.sign_fields(state, app.profile.event)}
            await app.open.add_event(hazard, step, fields, photos)
        saved = texts.step_saved.format(step=step_word(texts, step))
        return " · ".join(filter(None, [saved, _counted(app, hazard, step)]))

    if card is None and not (kept and step in ALWAYS_OPEN):
        return Gone(path, hazard, RecordType.HAZARD)
    above = [
        *([] if card else [labels.card([labels.trouble(texts.gone, key="gone")])]),
        *([check_in.heading(app, card, sign)] if card and sign else []),
        *([DraftCard(kept, drop)] if kept else []),
    ]
    return keyed("resumed" if kept else "fresh", FormView)(
        path,
        step_word(texts, step),
        start,
        save,
        name,
        f"/hazards/{hazard}" if card else "/",
        ft.Column(above, spacing=14) if above else None,
    )


def _counted(app: AppContext, hazard: str, step: EventType) -> str:
    """Whether the 巡查 that was saved last here counts; "" for other steps, and where the hazard is gone."""
    who = app.open.identity
    card = app.find_hazard(hazard) if step is EventType.PATROL else None
    if card is None or who is None:
        return ""
    own = [event.id for event in card.events if event.type is step and event.device == who.device]
    return app.texts.of(card.patrols[own[-1]]) if own else ""


def _of_before(card: "HazardCard") -> tuple[str, ...]:
    """The photos of a hazard as it was before, the latest first."""
    photos = [row.photo for row in reversed(card.photos)]
    return tuple(photo.sha256 for photo in photos if photo.role is PhotoRole.BEFORE and photo.sha256)


def _closest(app: AppContext, card: "HazardCard") -> Callable[[FormState], Closeness | None]:
    """How near and recent the best photo of the finished work is, those of the form included."""

    def closest(state: FormState) -> Closeness | None:
        new = [
            photo
            for photo in state.photos
            if card.known_bytes.isdisjoint({photo.sha256, photo.original_sha256})
        ]
        return evidence.closest([*new, *card.finished], card.places, app.open.clock.wall())

    return closest
