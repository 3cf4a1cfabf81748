"""The list of visits of safety education: what was done today from door to door, drafts, and every visit."""

from functools import partial
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.access import use_access
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import part, screen
from mobile_app.screens.hooks import use_part
from mobile_app.screens.keyed import keyed
from mobile_app.screens.records import draft_card
from mobile_app.screens.records.list_view import ListWords, list_view
from mobile_app.screens.records.open_record import visit_address
from mobile_app.screens.records.record_list import Listing, inset, narrowings, use_listing
from mobile_app.screens.sync.sync_bar import records_changed
from mobile_app.screens.visits.visit_line import VisitLine
from mobile_app.screens.visits.visit_words import number_words
from mobile_app.store.queries.upload_states import UploadState
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons, labels
from shared.operations import RecordType
from shared.permissions import Action
from shared.vocabulary import EducationVisitType

if TYPE_CHECKING:
    from mobile_app.store.queries.visits import Only, VisitRow

_ALL = "all"
_NARROWINGS: "dict[str, Only]" = {
    _ALL: None,
    "in-conflict": "in_conflict",
    "waiting": UploadState.WAITING,
    **{kind.value: kind for kind in EducationVisitType},
}


@screen
def Visits() -> ft.Control:
    """What was done today from door to door stands first."""
    app = use_app()
    listing: Listing[VisitRow, str] = use_listing(
        app,
        app.visit_search,
        _ALL,
        lambda text, only, limit: app.open.visits.listed(text, _NARROWINGS[only], limit=limit),
    )
    may_record = use_access().may(Action.EDIT_RECORDS)
    texts, type = app.texts, RecordType.EDUCATION_VISIT
    words = ListWords(texts.tab_visits, texts.new_visit, texts.visits_search_hint)
    drafts = draft_card.cards(app, type)
    lines = [*drafts, *_lines(texts, listing, may_record)]
    chips = [narrowings(listing, _names(texts))]
    new = partial(open_form, app, "/visits/new")
    return list_view(type, words, listing, chips, lines, new, first=[DoorToDoor()])


@part
def DoorToDoor() -> ft.Control:
    """The sum of the person's household visits of today, and the way to the next one: first, so that it is in
    reach with large text too."""
    app = use_app()
    may_record = use_access().may(Action.EDIT_RECORDS)
    texts = app.texts
    changed = use_part(app.open.sync, records_changed)
    day = app.today.isoformat()
    sums = ft.use_memo(lambda: app.open.visits.door_to_door(day), [day, changed])
    if not sums.visits:
        return ft.Container(visible=False)
    card = labels.card(
        [
            labels.heading(texts.door_to_door),
            ft.Text(
                number_words(texts, None, sums.households, sums.leaflets),
                size=20,
                weight=ft.FontWeight.W_700,
                color=theme.INK,
                key="door-to-door",
            ),
            *([next_household(app)] if may_record else []),
        ]
    )
    return inset(card, top=10)


def next_household(app: AppContext) -> ft.Control:
    """下一户: the form of a household with everything filled in."""
    return buttons.main_button(
        app.texts.next_household,
        ft.Icons.NAVIGATE_NEXT,
        lambda _event: open_form(app, "/visits/next"),
        key="next-household",
    )


def open_form(app: AppContext, route: str) -> None:
    """Open a form in which a second fast tap on the button that led to it chooses nothing."""
    app.opened.led_on()
    ft.context.page.navigate(route)


def _names(texts: Texts) -> list[tuple[str, str]]:
    first = [
        (_ALL, texts.filter_all),
        ("in-conflict", texts.has_conflicts),
        ("waiting", texts.filter_waiting),
    ]
    return [*first, *((kind.value, texts.of(kind)) for kind in EducationVisitType)]


def _lines(texts: Texts, listing: "Listing[VisitRow, str]", may_record: bool) -> list[ft.Control]:
    """The visits, or why there are none."""
    page = ft.context.page
    if listing.rows:
        return [keyed(row.id, VisitLine)(row, texts, partial(_open, page)) for row in listing.rows]
    if not listing.everything:
        return [labels.empty(texts.visits_none_found, texts.none_found_hint, ft.Icons.SEARCH_OFF)]
    hint = texts.visits_none_hint if may_record else ""
    return [labels.empty(texts.visits_none, hint, ft.Icons.CAMPAIGN_OUTLINED)]


def _open(page: ft.Page, visit: str) -> None:
    page.navigate(visit_address(visit))
