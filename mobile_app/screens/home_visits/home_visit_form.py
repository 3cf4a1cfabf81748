"""新增家访: the form of a home visit, which is sealed when it is saved."""

import flet as ft

from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.form.form_state import FormState
from mobile_app.screens.form.form_view import FormView
from mobile_app.screens.form.keeping import NotKept
from mobile_app.screens.home_visits.home_visit_list import ROUTE, CannotRecord
from mobile_app.screens.home_visits.visit_state import HomeVisitState, carried_over, start
from mobile_app.widgets import labels

_HAZARDS = 500


@screen
def NewHomeVisit() -> ft.Control:
    """Purpose, legal basis and consent come first; nothing is kept before it is sealed."""
    path, app = ft.use_view_path(), use_app()
    texts, visits = app.texts, app.open.home_visits

    async def save(state: FormState) -> str:
        await visits.save(state.to_save())
        if isinstance(state, HomeVisitState):
            app.carried["home_visit"] = carried_over(state)
        return texts.home_visits.sealed

    if not visits.can_seal or not visits.places():
        return CannotRecord(path)
    card = labels.card([ft.Text(texts.home_visits.sealing, size=16), labels.quiet(texts.home_visits.photos)])
    return FormView(path, texts.home_visits.new, lambda: _empty(app), save, NotKept, ROUTE, card)


def _empty(app: AppContext) -> HomeVisitState:
    rows = app.open.hazards(limit=_HAZARDS)
    hazards = [
        ("", app.texts.home_visits.no_hazard),
        *((row.id, row.title or app.texts.unnamed) for row in rows),
    ]
    return start(
        app.open.home_visits.places(),
        hazards if rows else [],
        app.carried.get("home_visit", {}),
        app.today.isoformat(),
    )
