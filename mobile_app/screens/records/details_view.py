"""The frame around a record's details: the way back to its list, the way to its form, and what scrolls."""

from collections.abc import Sequence

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.records.open_record import HOMES, address_of
from mobile_app.widgets import bars, buttons
from shared.operations import RecordType


def details_view(
    type: RecordType, record: str, title: str, parts: Sequence[ft.Control], may_edit: bool
) -> ft.View:
    """The screen of `record` with the `parts` of its details; `may_edit`: whether it leads to its form."""
    path, app, page = ft.use_view_path(), use_app(), ft.context.page
    texts, home = app.texts, app.last_list.route if type is RecordType.HAZARD else HOMES[type]
    edit = buttons.icon_button(
        texts.edit,
        ft.Icons.EDIT_OUTLINED,
        lambda _event: page.navigate(f"{address_of(type, record)}/edit"),
        key="edit",
        color=theme.ON_BAR,
    )
    back = (texts.back, lambda _event: page.navigate(home))
    details = ft.ListView(
        list(parts),
        expand=True,
        spacing=14,
        padding=ft.Padding.only(left=14, right=14, top=14, bottom=32),
        key="details",
    )
    return ft.View(
        route=path,
        padding=0,
        appbar=bars.title_bar(title, back=back, actions=[edit] if may_edit else []),
        controls=[details],
    )
