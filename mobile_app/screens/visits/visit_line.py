"""One visit in the list: where and what it was, its numbers, whether the server has it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.error_boundary import part
from mobile_app.screens.formatting import photos_word
from mobile_app.screens.records.photo import Photo
from mobile_app.screens.records.state_badges import state_badges
from mobile_app.screens.visits.visit_words import number_words, title_words
from mobile_app.texts.words import Texts
from mobile_app.widgets import labels

if TYPE_CHECKING:
    from mobile_app.store.queries.visits import VisitRow


@part
def VisitLine(row: "VisitRow", texts: Texts, on_open: Callable[[str], None]) -> ft.Control:
    """A button whose name is everything that the line says."""
    numbers = number_words(texts, row.headcount, row.households, row.leaflets)
    return ft.Container(
        ft.Row(
            [
                Photo(row.thumb_sha256, "", 72, 72, ft.BoxFit.COVER),
                ft.Column(
                    [
                        ft.Text(
                            title_words(texts, row),
                            size=17,
                            weight=ft.FontWeight.W_600,
                            color=theme.INK,
                            max_lines=2,
                            overflow=ft.TextOverflow.ELLIPSIS,
                        ),
                        labels.quiet(" · ".join(filter(None, [row.date, texts.town(row.town_code)]))),
                        *([labels.quiet(numbers)] if numbers else []),
                        ft.Row(
                            state_badges(texts, row.upload, row.conflicts),
                            spacing=6,
                            run_spacing=4,
                            wrap=True,
                        ),
                        *([labels.quiet(photos_word(texts, row))] if row.photos_total else []),
                    ],
                    spacing=3,
                    expand=True,
                ),
            ],
            spacing=12,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        bgcolor=theme.CARD,
        border_radius=16,
        border=ft.Border.all(1, theme.LINE),
        padding=12,
        ink=True,
        on_click=lambda _event: on_open(row.id),
        key=f"visit-{row.id}",
    )
