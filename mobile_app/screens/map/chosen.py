"""What was tapped on the map: a card for each hazard, which opens it, with its risk and the way to it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext
from mobile_app.screens.formatting import distance_words
from mobile_app.screens.hazards.hazard_line import HazardLine
from mobile_app.screens.keyed import keyed
from mobile_app.screens.map.directions import way_to
from mobile_app.widgets import buttons, labels
from shared.plural import plural
from shared.profiles.risk import settled_level

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import HazardCard, HazardRow


def chosen_cards(
    app: AppContext,
    cards: "Sequence[HazardCard]",
    on_open: Callable[[str], None],
    on_close: Callable[[], None],
    most_px: float,
) -> ft.Control:
    """The cards of some hazards, one below the other and scrolled within `most_px`; of a single one also
    风险等级 and 导航."""
    lines = [_line(app, card.row, on_open) for card in cards]
    only = cards[0] if len(cards) == 1 else None
    close = buttons.icon_button(
        app.texts.close, ft.Icons.CLOSE, lambda _event: on_close(), key="close-chosen"
    )
    head = _risk(app, only) if only else labels.heading(plural(app.texts.map.here, len(cards)))
    return ft.Container(
        ft.Column(
            [
                ft.Row([ft.Container(head, expand=True), close]),
                *lines,
                *(way_to(app.texts, only.row) if only else []),
            ],
            spacing=8,
            tight=True,
            scroll=None if only else ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        height=None if only else most_px,
        bgcolor=theme.PAPER,
        border=ft.Border.all(1, theme.LINE),
        border_radius=ft.BorderRadius.only(top_left=16, top_right=16),
        padding=ft.Padding.only(left=12, right=12, top=4, bottom=12),
        key="chosen",
    )


def _line(app: AppContext, row: "HazardRow", on_open: Callable[[str], None]) -> ft.Control:
    away = distance_words(app.texts, app.open.today.bearing(row))
    return keyed(f"{row.id}-map", HazardLine)(row, app.texts, app.today, on_open, away=away)


def _risk(app: AppContext, card: "HazardCard") -> ft.Control:
    """风险等级, or that it cannot be told yet; only that it is one where the programme knows none."""
    risk = app.profile.assess(card.hazard)
    if risk is None:
        return labels.heading(plural(app.texts.map.here, 1))
    level, _reason = settled_level(card.hazard, risk)
    said = app.texts.of(level) if level else app.texts.map.risk_unrated
    return labels.heading(app.texts.map.risk.format(level=said))
