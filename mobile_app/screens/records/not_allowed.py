"""Instead of a form that the person's roles do not allow: why, with the draft of it still to be read."""

from collections.abc import Callable

import flet as ft

from mobile_app.screens.access import cannot_record
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.hooks import use_box
from mobile_app.screens.keyed import keyed
from mobile_app.screens.records.gone import KeptDraft
from mobile_app.store.queries import drafts
from mobile_app.widgets import bars
from shared.permissions import Action


@screen
def IfAllowed(action: Action, form: Callable[[], ft.Control]) -> ft.Control:
    """The form, where the person may save it; decided when it is opened, as nobody loses what they write."""
    path, app = ft.use_view_path(), use_app()
    allowed = use_box(lambda: app.open.access.may(action)).value
    return form() if allowed else NotAllowed(path)


@screen
def NotAllowed(path: str) -> ft.Control:
    """Instead of a form: why there is none, and the draft that was to be continued."""
    app = use_app()
    texts, page = app.texts, ft.context.page
    _, redraw = ft.use_state(0)
    visit = path.startswith("/visits")
    mark = ft.use_route_params().get("draft", "")
    name = drafts.new_visit(mark) if visit else drafts.new(mark)
    kept = app.open.drafts().get(name)

    def dropped() -> None:
        redraw(lambda count: count + 1)

    return ft.View(
        route=path,
        padding=0,
        appbar=bars.title_bar(
            texts.new_visit if visit else texts.new_hazard,
            back=(texts.back, lambda _event: page.navigate("/visits" if visit else "/")),
        ),
        controls=[
            ft.ListView(
                [
                    cannot_record(app),
                    *([keyed(name, KeptDraft)(name, kept, dropped)] if kept else []),
                ],
                expand=True,
                spacing=14,
                padding=14,
            )
        ],
    )
