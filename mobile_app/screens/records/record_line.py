"""A record as a line of a list: its photo, its name, what else there is to say, the badges of its state."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.formatting import photos_word
from mobile_app.screens.records.photo import Photo
from mobile_app.texts.words import Texts
from mobile_app.widgets import labels

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import HazardRow
    from mobile_app.store.queries.visits import VisitRow


def record_line(
    row: "HazardRow | VisitRow",
    texts: Texts,
    name: str,
    said: Sequence[ft.Control],
    badges: Sequence[ft.Control],
    *,
    kind: str,
    on_open: Callable[[str], None],
) -> ft.Container:
    """A button; `said` stands between the name and the badges. Its key is the `kind` and the record's id."""
    return ft.Container(
        ft.Row(
            [
                Photo(row.thumb_sha256, "", 72, 72, ft.BoxFit.COVER),
                ft.Column(
                    [
                        ft.Text(
                            name,
                            size=17,
                            weight=ft.FontWeight.W_600,
                            color=theme.INK,
                            max_lines=2,
                            overflow=ft.TextOverflow.ELLIPSIS,
                        ),
                        *said,
                        ft.Row(list(badges), spacing=6, run_spacing=4, wrap=True),
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
        key=f"{kind}-{row.id}",
    )
