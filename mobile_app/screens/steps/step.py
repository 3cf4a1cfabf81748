"""One step in a hazard's history: 整改 (with 报验), 巡查, 复查, 反弹, 备注."""

from typing import Any, cast

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.form.draft import restore
from mobile_app.screens.form.form_state import FormState
from mobile_app.screens.form.form_view import FormView
from mobile_app.screens.formatting import step_word
from mobile_app.screens.keyed import keyed
from mobile_app.screens.records.draft_card import DraftCard
from mobile_app.screens.records.gone import Gone
from mobile_app.store.queries import drafts
from mobile_app.widgets import labels
from shared.forms import filling
from shared.forms.steps import SUBMIT
from shared.lifecycle import ALWAYS_OPEN
from shared.operations import RecordType
from shared.vocabulary import EventType


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

    def start() -> FormState:
        form = app.profile.step_forms[step].with_kit(app.kit)
        state = FormState(form, filling.initial(form, {}), about={"hazard": hazard, "step": step.value})
        if card:
            state.about["title"] = app.profile.title(card.hazard)
            state.earlier_photos, state.known_photos = card.after_photos, card.originals
        elif kept:
            state.about["title"] = kept.get("title")
        return restore(state, kept) if kept else state

    async def drop() -> None:
        await app.open.drop_draft(name)
        set_kept(None)

    async def save(state: FormState) -> str:
        field = state.form.photos()
        photos = [(photo, field.shows) for photo in state.photos] if field else []
        if step is EventType.RECTIFY:
            await app.open.rectify(hazard, state.to_save(), photos, bool(state.fields.get(SUBMIT)))
        else:
            await app.open.add_event(hazard, step, state.to_save(), photos)
        return texts.step_saved.format(step=step_word(texts, step))

    if card is None and not (kept and step in ALWAYS_OPEN):
        return Gone(path, hazard, RecordType.HAZARD)
    above = [
        *([] if card else [labels.card([labels.trouble(texts.gone, key="gone")])]),
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
