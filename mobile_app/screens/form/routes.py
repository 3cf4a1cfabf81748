"""The routes to the form: a new hazard, its kept draft, a saved hazard to be edited."""

from typing import Any, cast

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.form.draft import from_draft
from mobile_app.screens.form.model import HazardForm
from mobile_app.screens.form.screen import HazardFormView
from mobile_app.screens.form.sections import places
from mobile_app.screens.hazards.draft_card import DraftCard
from mobile_app.store.queries import drafts
from mobile_app.widgets import bars


@screen
def NewHazard() -> ft.Control:
    """新增隐患; where a draft is kept, what to do with it comes first."""
    path, phone = ft.use_view_path(), use_app()
    kept = ft.use_memo(lambda: phone.open.drafts().get(drafts.NEW), [])
    fresh, set_fresh = ft.use_state(False)
    texts, page = phone.texts, ft.context.page

    async def drop() -> None:
        await phone.open.drop_draft(drafts.NEW)
        set_fresh(True)

    if kept is None or fresh:
        return HazardFormView(path, texts.new_hazard, HazardForm, "/", drafts.NEW)
    return ft.View(
        route=path,
        padding=theme.EDGE,
        appbar=bars.title_bar(texts.new_hazard, back=(texts.back, lambda _event: page.navigate("/"))),
        controls=[DraftCard(kept, lambda: page.navigate("/draft"), drop)],
    )


@screen
def KeptDraft() -> ft.Control:
    """The form of a new hazard as it was when the app was left or killed."""
    path, phone = ft.use_view_path(), use_app()
    kept = ft.use_memo(lambda: phone.open.drafts().get(drafts.NEW) or {}, [])
    return HazardFormView(path, phone.texts.new_hazard, lambda: from_draft(kept), "/", drafts.NEW)


@screen
def EditHazard() -> ft.Control:
    """修改: the form with the values that are shown, or as it was left unsaved; `at` a field, if named."""
    path, phone = ft.use_view_path(), use_app()
    params = ft.use_route_params()
    hazard, at = params["hazard"], places(phone).get(params.get("at", ""), "")
    name = drafts.editing(hazard)
    kept, set_kept = ft.use_state(cast(Any, lambda: phone.open.drafts().get(name)))

    async def drop() -> None:
        await phone.open.drop_draft(name)
        set_kept(None)

    return HazardFormView(  # type: ignore[call-arg]  # every component takes a key
        path,
        phone.texts.edit_hazard,
        lambda: from_draft(kept) if kept else _form_of(phone, hazard),
        f"/hazards/{hazard}",
        name,
        DraftCard(kept, on_drop=drop) if kept else None,
        at,
        key="resumed" if kept else "fresh",
    )


def _form_of(phone: AppContext, hazard: str) -> HazardForm:
    values: dict[str, Any] = phone.open.hazard(hazard).hazard.model_dump(mode="json", exclude_none=True)
    return HazardForm(
        fields={name: value for name, value in values.items() if name in places(phone)},
        hazard=hazard,
    )
