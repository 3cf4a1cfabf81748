"""The routes to the form of a hazard: a new one, its kept draft, a saved one to be edited."""

from collections.abc import Callable
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import flet as ft

from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.form.draft import restore
from mobile_app.screens.form.edit_form import edit_form
from mobile_app.screens.form.form_state import FormState
from mobile_app.screens.form.form_view import FormView
from mobile_app.screens.hooks import use_box
from mobile_app.screens.records.draft_card import DraftCard, NewDrafts, address
from mobile_app.store.queries import drafts
from shared.forms import filling
from shared.operations import RecordType

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import HazardCard


@screen
def NewHazard() -> ft.Control:
    """新增隐患: an empty form, with the way to those that were begun before above it."""
    path, app = ft.use_view_path(), use_app()
    draft = use_box(lambda: drafts.new(token_hex(6))).value
    return _new(path, app, draft, lambda: _empty(app), NewDrafts(draft, drafts.mark_of))


@screen
def NewHazardDraft() -> ft.Control:
    """The form of a new hazard as it was left, or as it was when the app was killed."""
    path, app = ft.use_view_path(), use_app()
    draft = drafts.new(ft.use_route_params().get("draft", ""))
    kept = ft.use_memo(lambda: app.open.drafts().get(draft), [draft])
    page = ft.context.page

    async def drop() -> None:
        await app.open.drop_draft(draft)
        page.navigate("/")

    card = DraftCard(kept, drop) if kept else None
    visit = str(kept.get("visit_draft") or "") if kept else ""
    waiting = app.open.drafts().get(visit)

    def start() -> FormState:
        state = restore(_empty(app), kept) if kept else _empty(app)
        state.about = {"visit_draft": visit} if visit else {}
        return state

    return _new(path, app, draft, start, card, address(visit, waiting) if waiting else None)


@screen
def HazardOnTheWay() -> ft.Control:
    """新增隐患 from the form of a visit, which is kept as a draft meanwhile, gets the link, and goes on."""
    path, app = ft.use_view_path(), use_app()
    params = ft.use_route_params()
    visit = drafts.editing(params["visit"]) if "visit" in params else drafts.new_visit(params["draft"])
    draft = use_box(lambda: drafts.new(token_hex(6))).value
    kept = app.open.drafts().get(visit)

    def start() -> FormState:
        state = _empty(app)
        state.about = {"visit_draft": visit}
        return state

    return _new(path, app, draft, start, None, (address(visit, kept) if kept else None) or "/visits")


@screen
def EditHazard() -> ft.Control:
    """修改 of a hazard."""
    app, hazard = use_app(), ft.use_route_params()["hazard"]

    async def save(state: FormState) -> str:
        return await _save(app, state, hazard)

    def fill(card: "HazardCard") -> FormState:
        return _filled(app, hazard, card)

    return edit_form(RecordType.HAZARD, hazard, app.texts.edit_hazard, app.find_hazard, fill, save)


def _new(
    path: str,
    app: AppContext,
    draft: str,
    start: Callable[[], FormState],
    above: ft.Control | None,
    leave_to: str | None = None,
) -> ft.Control:
    async def save(state: FormState) -> str:
        app.carried["hazard"] = state.to_save()
        return await _save(app, state, None, draft)

    return FormView(path, app.texts.new_hazard, start, save, draft, leave_to or "/", above)


async def _save(app: AppContext, state: FormState, hazard: str | None, draft: str = "") -> str:
    field = state.form.photos()
    photos = [(photo, field.shows) for photo in state.photos] if field else []
    saved = await app.open.save_hazard(
        state.to_save(), photos, hazard, draft, str(state.about.get("visit_draft") or "")
    )
    if hazard is None:
        app.just_saved.saved(saved)
    return app.texts.saved_offline


def _empty(app: AppContext) -> FormState:
    form = app.profile.hazard_form.with_kit(app.kit)
    return FormState(form, filling.initial(form, app.carried.get("hazard", {})), new_hazard=True)


def _filled(app: AppContext, hazard: str, card: "HazardCard") -> FormState:
    form = app.profile.hazard_form.with_kit(app.kit)
    values: dict[str, Any] = card.hazard.model_dump(mode="json", exclude_none=True)
    fields = {name: value for name, value in values.items() if name in form.names()}
    return FormState(
        form,
        fields,
        editing=True,
        known_photos=card.originals,
        about={"hazard": hazard, "title": app.profile.title(card.hazard)},
    )
