"""Instead of a form that the person's roles do not allow: why, with the draft of it still to be read."""

from collections.abc import Callable

import flet as ft

from mobile_app.screens.access import cannot_record
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.hooks import use_box
from mobile_app.screens.keyed import keyed
from mobile_app.screens.records.gone import KeptDraft
from mobile_app.screens.records.open_record import HOMES, address_of
from mobile_app.store.queries import drafts
from mobile_app.widgets import bars
from shared.operations import RecordType
from shared.permissions import Action


@screen
def IfAllowed(action: Action, form: Callable[[], ft.Control]) -> ft.Control:
    """The form, if the person may save it: decided once, so that nobody loses it while writing."""
    path, app = ft.use_view_path(), use_app()
    allowed = use_box(lambda: app.open.access.may(action)).value
    return form() if allowed else NotAllowed(path)


@screen
def NotAllowed(path: str) -> ft.Control:
    """Why there is no form, and the draft that was to be continued: of a new record, or of a saved one."""
    app, params = use_app(), ft.use_route_params()
    texts, page = app.texts, ft.context.page
    _, redraw = ft.use_state(0)
    visit = path.startswith("/visits")
    type = RecordType.EDUCATION_VISIT if visit else RecordType.HAZARD
    record, mark = params.get("hazard") or params.get("visit"), params.get("draft", "")
    if record:
        name, leave_to = drafts.editing(record), address_of(type, record)
        title = texts.edit_visit if visit else texts.edit_hazard
    else:
        name, leave_to = drafts.new_visit(mark) if visit else drafts.new(mark), HOMES[type]
        title = texts.new_visit if visit else texts.new_hazard
    kept = app.open.drafts().get(name)

    def dropped() -> None:
        redraw(lambda count: count + 1)

    draft = [keyed(name, KeptDraft)(name, kept, dropped)] if kept else []
    return ft.View(
        route=path,
        padding=0,
        appbar=bars.title_bar(title, back=(texts.back, lambda _event: page.navigate(leave_to))),
        controls=[ft.ListView([cannot_record(app), *draft], expand=True, spacing=14, padding=14)],
    )
