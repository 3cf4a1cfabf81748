"""隐患: the hazards on this phone, searched, narrowed, and the way to a new one."""

from functools import partial
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import keyed, screen
from mobile_app.screens.field import Field
from mobile_app.screens.formatting import TO_RECTIFY
from mobile_app.screens.hazards import draft_card
from mobile_app.screens.hazards.hazard_line import HazardLine
from mobile_app.screens.hooks import use_part
from mobile_app.screens.sync.sync_bar import SyncBar, hazards_changed
from mobile_app.store.queries.upload_states import UploadState
from mobile_app.widgets import bars, buttons, labels, segments
from shared.vocabulary import Status

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import Only

_PAGE = 30
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
    """Asks the store for as many lines as have been scrolled to, never for all."""
    app = use_app()
    text, set_text = ft.use_state("")
    cleared, set_cleared = ft.use_state(0)
    narrowed, set_narrowed = ft.use_state("all")
    amount, set_amount = ft.use_state(_PAGE)
    _, redraw = ft.use_state(0)
    changed = use_part(app.open.sync, hazards_changed)
    rows = ft.use_memo(
        lambda: app.open.hazards(text, dict(_NARROWINGS)[narrowed], limit=amount),
        [text, narrowed, amount, changed],
    )
    texts, page = app.texts, ft.context.page
    names = {
        "all": texts.filter_all,
        "in-conflict": texts.has_conflicts,
        "waiting": texts.filter_waiting,
        "to-rectify": texts.filter_to_rectify,
        "pending-acceptance": texts.of(Status.PENDING_ACCEPTANCE),
        "closed": texts.of(Status.CLOSED),
    }

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

    lines: list[ft.Control] = [keyed(row.id, HazardLine)(row, texts, _open) for row in rows]
    if not lines:
        lines = [
            labels.empty(texts.none_found, texts.none_found_hint, ft.Icons.SEARCH_OFF)
            if text or narrowed != "all"
            else labels.empty(texts.none_yet, texts.none_yet_hint, ft.Icons.WATER_DROP_OUTLINED)
        ]
    lines = [*draft_card.cards(app, lambda: redraw(lambda count: count + 1)), *lines]
    return ft.View(
        route="/",
        padding=0,
        spacing=0,
        appbar=bars.title_bar(texts.tab_hazards),
        navigation_bar=bars.tab_bar(texts, "/", page.navigate),
        floating_action_button=ft.FloatingActionButton(
            texts.new_hazard,
            icon=ft.Icons.ADD,
            bgcolor=theme.PRIMARY,
            foreground_color=theme.ON_PRIMARY,
            on_click=lambda _event: page.navigate("/new"),
            key="new-hazard",
        ),
        controls=[
            SyncBar(app.open.sync),
            ft.Container(
                ft.Column(
                    [
                        Field(
                            texts.search,
                            text,
                            search,
                            name="search",
                            prefix_icon=ft.Icons.SEARCH,
                            suffix_icon=buttons.icon_button(
                                texts.clear_search,
                                ft.Icons.CLOSE,
                                clear,
                                key="clear-search",
                            )
                            if text
                            else None,
                            dense=True,
                            key=f"search-{cleared}",
                        ),
                        ft.Row(
                            [
                                segments.chip(
                                    names[code], code == narrowed, partial(narrow, code), key=f"only-{code}"
                                )
                                for code, _ in _NARROWINGS
                            ],
                            scroll=ft.ScrollMode.HIDDEN,
                            spacing=8,
                        ),
                    ],
                    spacing=8,
                    horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                ),
                padding=ft.Padding.only(left=14, right=14, top=10, bottom=4),
            ),
            ft.ListView(
                lines,
                expand=True,
                spacing=10,
                padding=ft.Padding.only(left=14, right=14, top=6, bottom=96),
                scroll_interval=200,
                on_scroll=scrolled,
                key="hazards",
            ),
        ],
    )


def _open(hazard: str) -> None:
    ft.context.page.navigate(f"/hazards/{hazard}")
