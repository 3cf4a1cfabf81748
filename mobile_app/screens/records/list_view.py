"""The screen around a list of records: search, narrowings, and below it the button for a new one.

Everything scrolls, so that a phone on its side or with large text still shows the records.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import flet as ft

from mobile_app.screens.access import cannot_record, use_access
from mobile_app.screens.app_context import use_app
from mobile_app.screens.home_visits.home_visit_list import HomeVisitsEntry
from mobile_app.screens.records.open_record import HOMES
from mobile_app.screens.records.record_list import Listing, inset, search_field
from mobile_app.screens.sync.sync_bar import SyncBar
from mobile_app.texts.words import Texts
from mobile_app.widgets import bars, segments
from shared.operations import RecordType
from shared.permissions import Action

_NEW_KEYS = {RecordType.HAZARD: "new-hazard", RecordType.EDUCATION_VISIT: "new-visit"}


@dataclass(frozen=True)
class ListWords:
    """What a list is called, its button, and the hint of its search."""

    title: str
    new: str
    search_hint: str


def list_view(
    type: RecordType,
    words: ListWords,
    listing: Listing[Any, Any],
    narrowing: Sequence[ft.Control],
    lines: Sequence[ft.Control],
    on_new: Callable[[], None],
    *,
    first: Sequence[ft.Control] = (),
    actions: Sequence[ft.Control] = (),
    scroller: ft.Ref[ft.ListView] | None = None,
) -> ft.View:
    """The list of a type: what comes `first`, the search, what it is narrowed to, `lines`; `on_new` opens the
    form.

    `actions` stand in the title bar.
    """
    app, route = use_app(), HOMES[type]
    may_record = use_access().may(Action.EDIT_RECORDS)
    texts, page = app.texts, ft.context.page
    shown = ft.ListView(
        [
            inset(_kinds(texts, type), top=10),
            *first,
            SyncBar(app.open.sync),
            HomeVisitsEntry(),
            *([] if may_record else [inset(cannot_record(app), top=10)]),
            inset(search_field(texts, listing, words.search_hint), top=10),
            *(inset(one, top=8) for one in narrowing),
            *map(inset, lines),
        ],
        expand=True,
        scroll_interval=200,
        on_scroll=listing.scrolled,
        ref=scroller,
        key="records",
    )
    new = bars.new_bar(words.new, lambda _event: on_new(), key=_NEW_KEYS[type])
    return ft.View(
        route=route,
        padding=0,
        spacing=0,
        appbar=bars.title_bar(words.title, actions=actions),
        navigation_bar=bars.tab_bar(texts, route, page.navigate, app.late_taps.is_late),
        controls=[shown, *([new] if may_record else [])],
    )


def _kinds(texts: Texts, type: RecordType) -> ft.Control:
    """隐患 and 安全教育, which share a tab."""
    page = ft.context.page
    names = {RecordType.HAZARD: texts.tab_hazards, RecordType.EDUCATION_VISIT: texts.tab_visits}

    def show(kind: str | None) -> None:
        if kind:
            page.navigate(HOMES[RecordType(kind)])

    choices = [(kind.value, name) for kind, name in names.items()]
    return segments.answers(texts.record_kinds, choices, type.value, show, key="kind")
