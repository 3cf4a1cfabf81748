"""The routes to the form of a visit: a new one, the next household, a kept draft, a saved one."""

from collections.abc import Callable
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
from mobile_app.screens.hooks import use_box
from mobile_app.screens.records.draft_card import DraftCard, NewDrafts
from mobile_app.screens.records.open_record import visit_address
from mobile_app.store.queries import drafts
from shared.forms import filling
from shared.forms.visits import VISIT_FORM, next_household
from shared.operations import RecordType
from shared.vocabulary import EducationVisitType

if TYPE_CHECKING:
    from mobile_app.store.queries.visits import VisitCard

_TYPE = RecordType.EDUCATION_VISIT


@screen
def NewVisit() -> ft.Control:
    """新增安全教育: place and people as last time, the rest empty; begun ones above it."""
    path, app = ft.use_view_path(), use_app()
    mark = use_box(lambda: token_hex(6)).value
    above = NewDrafts(drafts.new_visit(mark), drafts.visit_mark_of)
    return _new(path, app, mark, lambda: filling.initial(VISIT_FORM, app.open.visits.last()), None, above)


@screen
def NextHousehold() -> ft.Control:
    """下一户: everything as at the household before, one household more."""
    path, app = ft.use_view_path(), use_app()
    mark = use_box(lambda: token_hex(6)).value

    def values() -> dict[str, Any]:
        return next_household(app.open.visits.last(EducationVisitType.FAMILY))

    return _new(path, app, mark, values, None, None)


@screen
def NewVisitDraft() -> ft.Control:
    """The form of a new visit as it was left, or as it was when the app was killed."""
    path, app = ft.use_view_path(), use_app()
    mark = ft.use_route_params().get("draft", "")
    draft = drafts.new_visit(mark)
    kept = ft.use_memo(lambda: app.open.drafts().get(draft), [draft])
    page = ft.context.page

    async def drop() -> None:
        await discard(app, draft)
        page.navigate("/visits")

    card = DraftCard(kept, drop) if kept else None
    return _new(path, app, mark, dict, kept, card)


@screen
def EditVisit() -> ft.Control:
    """修改 of a visit."""
    app, visit = use_app(), ft.use_route_params()["visit"]

    async def save(state: FormState) -> str:
        return await _save(app, state, visit)

    def fill(card: "VisitCard") -> FormState:
        return _filled(visit, card)

    return edit_form(_TYPE, visit, app.texts.edit_visit, app.find_visit, fill, save)


def _new(
    path: str,
    app: AppContext,
    mark: str,
    values: Callable[[], dict[str, Any]],
    kept: dict[str, Any] | None,
    above: ft.Control | None,
) -> ft.Control:
    draft = drafts.new_visit(mark)

    def start() -> FormState:
        fields = {**values(), "date": app.today.isoformat()}
        state = FormState(
            VISIT_FORM, fields, about={"type": _TYPE.value}, linking=f"/visits/draft/{mark}/hazard"
        )
        return restore(state, kept) if kept else state

    async def save(state: FormState) -> str:
        return await _save(app, state, None, draft)

    return FormView(path, app.texts.new_visit, start, save, draft, "/visits", above)


async def _save(app: AppContext, state: FormState, visit: str | None, draft: str = "") -> str:
    field = state.form.photos()
    photos = [(photo, field.shows) for photo in state.photos] if field else []
    await app.open.visits.save(state.to_save(), photos, visit, draft)
    return app.texts.saved_offline


def _filled(visit: str, card: "VisitCard") -> FormState:
    return FormState(
        VISIT_FORM,
        card.visit.model_dump(mode="json", exclude_none=True),
        editing=True,
        known_photos=card.originals,
        about={"visit": visit, "type": _TYPE.value, "title": card.visit.place or ""},
        linking=f"{visit_address(visit)}/hazard",
    )
