"""What the person may do, for screens that offer it, and the sentence where they may not."""

import flet as ft

from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.hooks import use_part
from mobile_app.store.queries.access import PhoneAccess
from mobile_app.widgets import labels


def use_access() -> PhoneAccess:
    """What the person may do; redrawn when the server names other roles."""
    app = use_app()
    use_part(app.open.sync, lambda sync: sync.roles_revision)
    return app.open.access


def cannot_record(app: AppContext) -> ft.Control:
    """Which roles the person has, and that none of them records hazards and visits."""
    roles = app.texts.listed(map(app.texts.of, app.open.access.roles()))
    return labels.card([ft.Text(app.texts.cannot_record.format(roles=roles), size=16, key="cannot-record")])
