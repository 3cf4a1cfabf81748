"""The routes to the form of a hazard: a new one, its kept draft, a saved one to be edited."""

from collections.abc import Callable
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import flet as ft

from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.form.discarding import discard
from mobile_app.screens.form.draft import restore
from mobile_app.screens.form.edit_form import edit_form
from mobile_app.screens.form.form_state import FormState
from mobile_app.screens.form.form_view import FormView
from mobile_app.screens.hazards.risk_card import RiskCard
from mobile_app.screens.hooks import use_box
from mobile_app.screens.records.draft_card import DraftCard, NewDrafts, address
from mobile_app.screens.records.values import value_words
from mobile_app.store.queries import drafts
from shared.forms import filling
from shared.forms.form import Form
from shared.operations import RecordType
from shared.vocabulary import EventType

if TYPE_CHECKING:
    from mobile_app.services import Photos
    from mobile_app.store.queries.hazards import HazardCard


@screen
def NewHazard() -> ft.Control:
    """新增隐患: an empty form, with the way to those that were begun before above it."""
    path, app = ft.use_view_path(), use_app()
    draft = use_box(lambda: drafts.new(token_hex(6))).value
    return _new(
        path, app, draft, lambda: _empty(app), NewDrafts(draft, drafts.mark_of), back_to=app.last_list.route
    )


@screen
def NewHazardDraft() -> ft.Control:
    """The form of a new hazard as it was left, or as it was when the app was killed."""
    path, app = ft.use_view_path(), use_app()
    draft = drafts.new(ft.use_route_params().get("draft", ""))
    kept = ft.use_memo(lambda: app.open.drafts().get(draft), [draft])
    page = ft.context.page

    async def drop() -> None:
        await discard(app, draft)
        page.navigate("/")

    card = DraftCard(kept, drop) if kept else None
    visit = str(kept.get("visit_draft") or "") if kept else ""
    waiting = app.open.drafts().get(visit)

    def start() -> FormState:
        state = restore(_empty(app), kept) if kept else _empty(app)
        state.locates = not kept
        apart = {"distinct_from": kept["distinct_from"]} if kept and "distinct_from" in kept else {}
        state.about = {**({"visit_draft": visit} if visit else {}), **apart}
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
        await app.open.save_hazard(state.to_save(), _photos(state, state.form), hazard)
        return app.texts.saved_offline

    def fill(card: "HazardCard") -> FormState:
        return _filled(app, hazard, card)

    title = app.texts.edit_hazard
    return edit_form(RecordType.HAZARD, hazard, title, app.find_hazard, fill, save, partial(_risk, app))


def _new(
    path: str,
    app: AppContext,
    draft: str,
    start: Callable[[], FormState],
    above: ft.Control | None,
    leave_to: str | None = None,
    back_to: str = "",
) -> ft.Control:
    async def save(state: FormState) -> str:
        app.carried["hazard"] = state.to_save()
        return await (_join if state.joins else _save_new)(app, state, draft)

    title, below = app.texts.new_hazard, partial(_risk, app)
    return FormView(path, title, start, save, draft, leave_to or "/", above, back_to=back_to, below=below)


def _risk(app: AppContext, state: FormState) -> list[ft.Control]:
    """The risk by what is filled in so far; nothing while some of it cannot be read."""
    try:
        return [RiskCard(app.profile.read_hazard(filling.record_fields(state.form, state.fields)))]
    except ValueError:
        return []


async def _save_new(app: AppContext, state: FormState, draft: str) -> str:
    told_apart = {"distinct_from": state.distinct_from} if state.distinct_from else {}
    fields, photos = {**state.to_save(), **told_apart}, _photos(state, state.form)
    saved = await app.open.save_hazard(fields, photos, None, draft, _visit_draft(state))
    app.just_saved.saved(saved)
    return app.texts.saved_offline


async def _join(app: AppContext, state: FormState, draft: str) -> str:
    """同一处: what was entered becomes a 巡查 of the hazard that is there, with photos of the site."""
    hazard, model = state.joins, app.profile.hazard
    fields = {name: value for name, value in state.to_save().items() if name in state.fields}
    words = app.texts.same_place
    said = {
        name: words.entered.format(
            label=app.profile.label(name, app.texts.language), value=value_words(app, model, name, value)
        )
        for name, value in fields.items()
    }
    photos = _photos(state, app.profile.step_forms[EventType.PATROL])
    await app.open.same_places.join(hazard, fields, said, photos, draft, _visit_draft(state))
    app.just_saved.saved(hazard)
    card = app.find_hazard(hazard)
    return words.joined.format(title=(card and app.profile.title(card.hazard)) or app.texts.unnamed)


def _photos(state: FormState, form: Form) -> "Photos":
    """The photos that were taken, as those of another `form`, or of the same."""
    field = form.photos() or state.form.photos()
    return [(photo, field.shows) for photo in state.photos] if field and field.shows else []


def _visit_draft(state: FormState) -> str:
    return str(state.about.get("visit_draft") or "")


def _empty(app: AppContext) -> FormState:
    profile = app.profile
    form, title = profile.hazard_form.with_kit(app.kit), profile.title_field
    return FormState(
        form,
        filling.initial(form, app.carried.get("hazard", {})),
        new_hazard=True,
        locates=True,
        places_photos=True,
        fallbacks=lambda fields: {title: name} if (name := profile.suggested_title(fields)) else {},
        same_places=lambda state: app.open.same_places.candidates(state.to_save(), state.distinct_from),
    )


def _filled(app: AppContext, hazard: str, card: "HazardCard") -> FormState:
    form = app.profile.hazard_form.with_kit(app.kit)
    values: dict[str, Any] = card.hazard.model_dump(mode="json", exclude_none=True)
    fields = {name: value for name, value in values.items() if name in form.names()}
    return FormState(
        form,
        fields,
        editing=True,
        known_photos=card.originals,
        number=card.row.number or "",
        places_photos=True,
        about={"hazard": hazard, "title": app.profile.title(card.hazard)},
    )
