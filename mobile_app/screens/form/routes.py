"""The routes to the form of a hazard: a new one, its kept draft, a saved one to be edited."""

from typing import Any, cast

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.form.draft import restore
from mobile_app.screens.form.form_state import FormState
from mobile_app.screens.form.form_view import FormView
from mobile_app.screens.hazards.draft_card import DraftCard
from mobile_app.store.queries import drafts
from mobile_app.widgets import bars
from shared.forms import filling


@screen
def NewHazard() -> ft.Control:
    """新增隐患; where a draft is kept, what to do with it comes first."""
    path, app = ft.use_view_path(), use_app()
    kept = ft.use_memo(lambda: app.open.drafts().get(drafts.NEW), [])
    fresh, set_fresh = ft.use_state(False)
    texts, page = app.texts, ft.context.page

    async def drop() -> None:
        await app.open.drop_draft(drafts.NEW)
        set_fresh(True)

    if kept is None or fresh:
        return _new(path, app, lambda: _empty(app))
    return ft.View(
        route=path,
        padding=theme.EDGE,
        appbar=bars.title_bar(texts.new_hazard, back=(texts.back, lambda _event: page.navigate("/"))),
        controls=[DraftCard(kept, lambda: page.navigate("/draft"), drop)],
    )


@screen
def NewHazardDraft() -> ft.Control:
    """The form of a new hazard as it was when the app was left or killed."""
    path, app = ft.use_view_path(), use_app()
    kept = ft.use_memo(lambda: app.open.drafts().get(drafts.NEW), [])
    return _new(path, app, lambda: restore(_empty(app), kept) if kept else _empty(app))


@screen
def EditHazard() -> ft.Control:
    """修改: the form with the values that are shown, or as it was left unsaved; `at` a field, if named."""
    path, app = ft.use_view_path(), use_app()
    params = ft.use_route_params()
    hazard = params["hazard"]
    name = drafts.editing(hazard)
    kept, set_kept = ft.use_state(cast(Any, lambda: app.open.drafts().get(name)))

    async def drop() -> None:
        await app.open.drop_draft(name)
        set_kept(None)

    async def save(state: FormState) -> str:
        return await _save(app, state, hazard)

    def start() -> FormState:
        state = _filled(app, hazard)
        return restore(state, kept) if kept else state

    return FormView(  # type: ignore[call-arg]  # every component takes a key
        path,
        app.texts.edit_hazard,
        start,
        save,
        name,
        f"/hazards/{hazard}",
        DraftCard(kept, on_drop=drop) if kept else None,
        params.get("at", ""),
        key="resumed" if kept else "fresh",
    )


def _new(path: str, app: AppContext, start: Any) -> ft.Control:
    async def save(state: FormState) -> str:
        app.carried["hazard"] = state.to_save()
        return await _save(app, state, None)

    return FormView(path, app.texts.new_hazard, start, save, drafts.NEW, "/")


async def _save(app: AppContext, state: FormState, hazard: str | None) -> str:
    field = state.form.photos()
    photos = [(photo, field.shows) for photo in state.photos] if field else []
    await app.open.save_hazard(state.to_save(), photos, hazard)
    return app.texts.saved_offline


def _empty(app: AppContext) -> FormState:
    form = app.profile.hazard_form.with_kit(app.kit)
    return FormState(form, filling.initial(form, app.carried.get("hazard", {})), new_hazard=True)


def _filled(app: AppContext, hazard: str) -> FormState:
    form = app.profile.hazard_form.with_kit(app.kit)
    card = app.open.hazard(hazard)
    values: dict[str, Any] = card.hazard.model_dump(mode="json", exclude_none=True)
    fields = {name: value for name, value in values.items() if name in form.names()}
    return FormState(form, fields, editing=True, known_photos=card.originals, about={"hazard": hazard})
