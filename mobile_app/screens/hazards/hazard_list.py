"""隐患: the hazards on this phone, searched, narrowed, and the way to a new one."""

from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.formatting import TO_RECTIFY
from mobile_app.screens.hazards.hazard_line import HazardLine
from mobile_app.screens.home_visits.home_visit_list import HomeVisitsEntry
from mobile_app.screens.keyed import keyed
from mobile_app.screens.records import draft_card
from mobile_app.screens.records.record_list import (
    Listing,
    inset,
    narrowings,
    search_field,
    use_listing,
)
from mobile_app.screens.sync.sync_bar import SyncBar
from mobile_app.store.queries.upload_states import UploadState
from mobile_app.texts.words import Texts
from mobile_app.widgets import bars, labels
from shared.vocabulary import Status

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import HazardRow, Only

_NARROWINGS: "tuple[tuple[str, Only], ...]" = (
    ("all", None),
    ("in-conflict", "in_conflict"),
    ("waiting", UploadState.WAITING),
    ("to-rectify", frozenset(TO_RECTIFY)),
    ("pending-acceptance", frozenset({Status.PENDING_ACCEPTANCE})),
    ("closed", frozenset({Status.CLOSED})),
)


@screen
def Hazards() -> ft.Control:
    """Everything scrolls, so that a phone on its side or with large text still shows the hazards."""
    app = use_app()
    listing = use_listing(
        app, lambda text, only, limit: app.open.hazards(text, dict(_NARROWINGS)[only], limit=limit)
    )
    _, redraw = ft.use_state(0)
    texts, page = app.texts, ft.context.page
    return ft.View(
        route="/",
        padding=0,
        spacing=0,
        appbar=bars.title_bar(texts.tab_hazards),
        navigation_bar=bars.tab_bar(texts, "/", page.navigate, app.late_taps.is_late),
        floating_action_button=ft.FloatingActionButton(
            texts.new_hazard,
            icon=ft.Icons.ADD,
            bgcolor=theme.PRIMARY,
            foreground_color=theme.ON_PRIMARY,
            on_click=lambda _event: page.navigate("/new"),
            key="new-hazard",
        ),
        controls=[
            ft.ListView(
                [
                    SyncBar(app.open.sync),
                    HomeVisitsEntry(),
                    inset(search_field(texts, listing, texts.search_hint), top=10),
                    inset(narrowings(listing, _narrowed_names(texts)), top=8, bottom=10),
                    *map(inset, draft_card.cards(app, lambda: redraw(lambda count: count + 1))),
                    *map(inset, _lines(texts, listing)),
                ],
                expand=True,
                padding=ft.Padding.only(bottom=96),
                scroll_interval=200,
                on_scroll=listing.scrolled,
                key="hazards",
            )
        ],
    )


def _narrowed_names(texts: Texts) -> list[tuple[str, str]]:
    names = {
        "all": texts.filter_all,
        "in-conflict": texts.has_conflicts,
        "waiting": texts.filter_waiting,
        "to-rectify": texts.filter_to_rectify,
        "pending-acceptance": texts.of(Status.PENDING_ACCEPTANCE),
        "closed": texts.of(Status.CLOSED),
    }
    return [(code, names[code]) for code, _ in _NARROWINGS]


def _lines(texts: Texts, listing: "Listing[HazardRow]") -> list[ft.Control]:
    """The hazards, or why there are none."""
    if listing.rows:
        return [keyed(row.id, HazardLine)(row, texts, _open) for row in listing.rows]
    if not listing.everything:
        return [labels.empty(texts.none_found, texts.none_found_hint, ft.Icons.SEARCH_OFF)]
    return [labels.empty(texts.none_yet, texts.none_yet_hint, ft.Icons.WATER_DROP_OUTLINED)]


def _open(hazard: str) -> None:
    ft.context.page.navigate(f"/hazards/{hazard}")
