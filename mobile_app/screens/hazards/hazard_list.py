"""隐患: the hazards on this phone, searched, narrowed, and the way to a new one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.field import Field
from mobile_app.screens.formatting import TO_RECTIFY
from mobile_app.screens.hazards import draft_card
from mobile_app.screens.hazards.hazard_line import HazardLine
from mobile_app.screens.hooks import use_part
from mobile_app.screens.keyed import keyed
from mobile_app.screens.sync.sync_bar import SyncBar, hazards_changed
from mobile_app.store.queries.upload_states import UploadState
from mobile_app.texts.words import Texts
from mobile_app.widgets import bars, buttons, labels, segments
from shared.vocabulary import Status

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import HazardRow, Only

_PAGE = 30
_NARROWINGS: "tuple[tuple[str, Only], ...]" = (
    ("all", None),
    ("in-conflict", "in_conflict"),
    ("waiting", UploadState.WAITING),
    ("to-rectify", frozenset(TO_RECTIFY)),
    ("pending-acceptance", frozenset({Status.PENDING_ACCEPTANCE})),
    ("closed", frozenset({Status.CLOSED})),
)


@dataclass(frozen=True)
class _Listing:
    """What is looked for, and the rows found so far; `cleared` counts how often the search was emptied."""

    text: str
    narrowed: str
    cleared: int
    rows: "list[HazardRow]"
    search: Callable[[str], None]
    clear: Callable[..., None]
    narrow: Callable[[str], None]
    scrolled: Callable[[ft.OnScrollEvent], None]


@screen
def Hazards() -> ft.Control:
    """Everything scrolls, so that a phone on its side or with large text still shows the hazards."""
    app = use_app()
    listing = _use_listing(app)
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
                    _inset(_search(texts, listing), top=10),
                    _inset(_narrowings(texts, listing), top=8, bottom=10),
                    *map(_inset, draft_card.cards(app, lambda: redraw(lambda count: count + 1))),
                    *map(_inset, _lines(texts, listing)),
                ],
                expand=True,
                padding=ft.Padding.only(bottom=96),
                scroll_interval=200,
                on_scroll=listing.scrolled,
                key="hazards",
            )
        ],
    )


def _use_listing(app: AppContext) -> _Listing:
    """Asks the store for as many rows as have been scrolled to, never for all."""
    text, set_text = ft.use_state("")
    cleared, set_cleared = ft.use_state(0)
    narrowed, set_narrowed = ft.use_state("all")
    amount, set_amount = ft.use_state(_PAGE)
    changed = use_part(app.open.sync, hazards_changed)
    rows = ft.use_memo(
        lambda: app.open.hazards(text, dict(_NARROWINGS)[narrowed], limit=amount),
        [text, narrowed, amount, changed],
    )

    def search(wanted: str) -> None:
        set_text(wanted)
        set_amount(_PAGE)

    def clear(_event: object = None) -> None:
        search("")
        set_cleared(cleared + 1)

    def narrow(code: str) -> None:
        set_narrowed(code)
        set_amount(_PAGE)

    def scrolled(event: ft.OnScrollEvent) -> None:
        if event.extent_after < 600 and len(rows) == amount:
            set_amount(amount + _PAGE)

    return _Listing(text, narrowed, cleared, rows, search, clear, narrow, scrolled)


def _search(texts: Texts, listing: _Listing) -> ft.Control:
    clear = buttons.icon_button(texts.clear_search, ft.Icons.CLOSE, listing.clear, key="clear-search")
    return Field(
        texts.search,
        listing.text,
        listing.search,
        name="search",
        hint=texts.search_hint,
        prefix_icon=ft.Icons.SEARCH,
        suffix_icon=clear if listing.text else None,
        dense=True,
        key=f"search-{listing.cleared}",
    )


def _narrowings(texts: Texts, listing: _Listing) -> ft.Control:
    names = {
        "all": texts.filter_all,
        "in-conflict": texts.has_conflicts,
        "waiting": texts.filter_waiting,
        "to-rectify": texts.filter_to_rectify,
        "pending-acceptance": texts.of(Status.PENDING_ACCEPTANCE),
        "closed": texts.of(Status.CLOSED),
    }
    chips: list[ft.Control] = [
        segments.chip(
            names[code], code == listing.narrowed, partial(listing.narrow, code), key=f"only-{code}"
        )
        for code, _ in _NARROWINGS
    ]
    return ft.Row(chips, scroll=ft.ScrollMode.HIDDEN, spacing=8)


def _lines(texts: Texts, listing: _Listing) -> list[ft.Control]:
    """The hazards, or why there are none."""
    if listing.rows:
        return [keyed(row.id, HazardLine)(row, texts, _open) for row in listing.rows]
    if listing.text or listing.narrowed != "all":
        return [labels.empty(texts.none_found, texts.none_found_hint, ft.Icons.SEARCH_OFF)]
    return [labels.empty(texts.none_yet, texts.none_yet_hint, ft.Icons.WATER_DROP_OUTLINED)]


def _inset(control: ft.Control, top: float = 0, bottom: float = 10) -> ft.Control:
    """Away from the edges of the screen, and from what follows."""
    return ft.Container(control, padding=ft.Padding.only(left=14, right=14, top=top, bottom=bottom))


def _open(hazard: str) -> None:
    ft.context.page.navigate(f"/hazards/{hazard}")
