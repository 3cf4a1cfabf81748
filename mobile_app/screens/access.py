"""What the person may do, for screens that offer it, and the sentence where they may not."""

import flet as ft

from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.hooks import use_part
from mobile_app.store.queries.access import PhoneAccess
from mobile_app.widgets import labels
from shared.plural import fill


def use_access() -> PhoneAccess:
    """What the person may do; redrawn when the server names other roles."""
    app = use_app()
    use_part(app.open.sync, lambda sync: sync.roles_revision)
    return app.open.access


def cannot_record(app: AppContext) -> ft.Control:
    """A card: which roles the person has, and that none of them may record hazards and visits."""
    roles = app.texts.listed(map(app.texts.of, app.open.access.roles()))
    said = fill(app.texts.cannot_record, {"roles": roles} if roles else {})
    return labels.card([ft.Text(said, size=16, key="cannot-record")])
