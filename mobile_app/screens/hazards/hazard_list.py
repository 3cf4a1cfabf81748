"""隐患: the hazards on this phone, searched, narrowed, and the way to a new one."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import flet as ft

from mobile_app.screens.access import use_access
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import handled, screen
from mobile_app.screens.hazards.hazard_filters import above_list
from mobile_app.screens.hazards.hazard_line import HazardLine
from mobile_app.screens.hooks import use_box, use_part
from mobile_app.screens.keyed import keyed
from mobile_app.screens.late_answers import scroll
from mobile_app.screens.records import draft_card
from mobile_app.screens.records.list_view import ListWords, list_view
from mobile_app.screens.records.record_list import Listing, use_listing
from mobile_app.screens.scan.scan_button import scan_button
from mobile_app.screens.sync.sync_bar import records_changed
from mobile_app.store.queries.narrowing import EVERYTHING, Narrowing
from mobile_app.widgets import labels
from shared.operations import RecordType
from shared.permissions import Action

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import HazardRow


@screen
def Hazards() -> ft.Control:
    """The hazard that was saved just now stands first, whatever is looked for."""
    app = use_app()
    listing = use_listing(
        app,
        app.hazard_search,
        EVERYTHING,
        lambda text, only, limit: app.open.hazards(text, only, limit=limit),
        app.just_saved.seen,
        app.open.hazards_count,
    )
    may_record = use_access().may(Action.EDIT_RECORDS)
    texts, page = app.texts, ft.context.page
    saved = _use_just_saved(app)
    scroller: ft.Ref[ft.ListView] = use_box(lambda: ft.Ref[ft.ListView]()).value

    def go(route: str) -> None:
        app.just_saved.seen()
        app.last_list.route = "/"
        page.navigate(route)

    async def show_saved() -> None:
        if saved:
            await scroll(scroller, offset=0)

    ft.use_effect(handled(texts, show_saved), [saved and saved.id])
    words = ListWords(texts.tab_hazards, texts.new_hazard, texts.search_hint)
    lines = [
        *_first_line(app, saved, go),
        *draft_card.cards(app),
        *_lines(app, listing, saved, go, may_record),
    ]
    above, new, actions = above_list(app, listing), partial(go, "/new"), scan_button(app, "/")
    return list_view(RecordType.HAZARD, words, listing, above, lines, new, actions=actions, scroller=scroller)


def _use_just_saved(app: AppContext) -> "HazardRow | None":
    """The hazard that was saved just now: it stands first, whatever is looked for."""
    hazard = use_part(app.just_saved, lambda saving: saving.hazard)
    changed = use_part(app.open.sync, records_changed)
    card = ft.use_memo(lambda: app.find_hazard(hazard) if hazard else None, [hazard, changed])
    return card.row if card else None


def _first_line(app: AppContext, saved: "HazardRow | None", go: Callable[[str], None]) -> list[ft.Control]:
    if saved is None:
        return []
    return [keyed(f"{saved.id}-saved", HazardLine)(saved, app.texts, app.today, _opener(go), True)]


def _lines(
    app: AppContext,
    listing: "Listing[HazardRow, Narrowing]",
    saved: "HazardRow | None",
    go: Callable[[str], None],
    may_record: bool,
) -> list[ft.Control]:
    """The hazards but for the one that was saved just now, or why there are none."""
    texts, today, on_open = app.texts, app.today, _opener(go)
    rows = [row for row in listing.rows if saved is None or row.id != saved.id]
    if rows or saved:
        return [keyed(row.id, HazardLine)(row, texts, today, on_open) for row in rows]
    if not listing.everything:
        return [labels.empty(texts.none_found, texts.filters.hint, ft.Icons.SEARCH_OFF)]
    hint = texts.none_yet_hint if may_record else ""
    return [labels.empty(texts.none_yet, hint, ft.Icons.WATER_DROP_OUTLINED)]


def _opener(go: Callable[[str], None]) -> Callable[[str], None]:
    return lambda hazard: go(f"/hazards/{hazard}")
