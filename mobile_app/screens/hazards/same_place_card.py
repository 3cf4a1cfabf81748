"""A hazard that may be the one somebody is about to save, with 同一处."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.error_boundary import handled
from mobile_app.screens.formatting import number_word
from mobile_app.screens.records.photo import Photo
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons, labels

if TYPE_CHECKING:
    from mobile_app.store.queries.same_place import SamePlace


def same_place_card(
    texts: Texts, found: "SamePlace", on_join: Callable[[str], Awaitable[None]]
) -> ft.Control:
    """What is known of it, and the button that adds to it what was entered."""
    row, words = found.row, texts.same_place
    title = row.title or texts.unnamed

    async def join() -> None:
        await on_join(row.id)

    kind = texts.of(row.type) if row.type else ""
    about: list[ft.Control] = [
        ft.Text(title, size=16, weight=ft.FontWeight.W_600, color=theme.INK),
        labels.quiet(" · ".join(filter(None, [kind, texts.town(row.town_code)]))),
        labels.quiet(distance_words(texts, found.why.metres)),
        labels.quiet(number_word(row)),
        labels.badge(texts.of(row.status), theme.status_colours(row.status.value)),
    ]
    return ft.Container(
        ft.Column(
            [
                ft.Row(
                    [
                        Photo(row.thumb_sha256, "", 64, 64, ft.BoxFit.COVER),
                        ft.Column(about, spacing=3, expand=True),
                    ],
                    spacing=10,
                    vertical_alignment=ft.CrossAxisAlignment.START,
                ),
                buttons.tonal_button(
                    words.join,
                    None,
                    handled(texts, join),
                    key=f"join-{row.id}",
                    name=words.name.format(title=title),
                ),
            ],
            spacing=8,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            tight=True,
        ),
        border=ft.Border.all(1, theme.LINE),
        border_radius=16,
        padding=10,
        key=f"same-{row.id}",
    )


def distance_words(texts: Texts, metres: float | None) -> str:
    """相距约 120 米, 相距约 1.2 公里; that it is unknown where one of the two has no position."""
    words = texts.same_place
    if metres is None:
        return words.no_distance
    if metres < 1000:
        return words.metres.format(metres=round(metres))
    return words.kilometres.format(kilometres=f"{metres / 1000:.1f}")
