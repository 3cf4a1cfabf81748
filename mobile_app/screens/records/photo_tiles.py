"""The photos of a hazard or a visit: what each shows, how far it has come, and large when tapped."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.screens.formatting import photo_word, photos_word, writer_word
from mobile_app.screens.hooks import use_maybe, use_part
from mobile_app.screens.photos.photo_facts import photo_facts
from mobile_app.screens.photos.viewer import PhotoViewer, ViewedPhoto
from mobile_app.screens.records.photo import Photo
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons, labels

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import HazardCard
    from mobile_app.store.queries.photo_rows import PhotoRow
    from mobile_app.store.queries.visits import VisitCard

_WIDTH = 150


@part
def RecordPhotos(card: "HazardCard | VisitCard") -> ft.Control:
    """Only this card is redrawn while a photo is on its way."""
    app = use_app()
    going = use_part(app.open.sync, lambda sync: sync.photo_progress)
    viewed, set_viewed = use_maybe()
    texts = app.texts
    return labels.card(
        [
            ft.Row(
                [
                    labels.heading(texts.photos),
                    ft.Text(photos_word(texts, card.row), size=15, key="photos-delivered"),
                ],
                alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
                wrap=True,
            ),
            ft.Row(
                [
                    PhotoTile(
                        row,
                        index,
                        going.sent if going and going.sha256 == row.photo.sha256 else None,
                        set_viewed,
                    )
                    for index, row in enumerate(card.photos)
                ],
                wrap=True,
                spacing=10,
                run_spacing=12,
                vertical_alignment=ft.CrossAxisAlignment.START,
            ),
            *(
                [PhotoViewer(_viewed(app, card), viewed, lambda: set_viewed(None))]
                if viewed is not None
                else []
            ),
        ]
    )


@part
def PhotoTile(row: "PhotoRow", index: int, going: int | None, view: Callable[[int], None]) -> ft.Control:
    """One photo, what it shows, and how far it has come; `view` opens it large."""
    app = use_app()
    texts, sha256 = app.texts, row.photo.sha256
    role = texts.of(row.photo.role) if row.photo.role else ""
    name = _name(texts, row, index)

    async def again() -> None:
        await app.open.sending.retry(sha256)

    return ft.Column(
        [
            ft.Semantics(
                label=texts.photo_open.format(name=name),
                button=True,
                container=True,
                on_tap=lambda _event: view(index),
                content=ft.Container(
                    Photo(sha256, name, _WIDTH, 112, ft.BoxFit.COVER),
                    border_radius=12,
                    ink=True,
                    on_click=lambda _event: view(index),
                    key=f"photo-{index}",
                ),
            ),
            ft.Text(
                f"{role} · {photo_word(texts, row, going)}",
                size=14,
                color=theme.BAD if row.why else theme.QUIET,
                key=f"photo-state-{index}",
            ),
            *(
                [
                    ft.Text(texts.why(row.why.code, row.why.details), size=14, color=theme.BAD),
                    buttons.tonal_button(
                        texts.retry, ft.Icons.REFRESH, handled(texts, again), key=f"photo-retry-{index}"
                    ),
                ]
                if row.why
                else []
            ),
        ],
        spacing=4,
        width=_WIDTH,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _viewed(app: AppContext, card: "HazardCard | VisitCard") -> list[ViewedPhoto]:
    """The photos of `card` as they are looked at large."""
    place = getattr(getattr(card, "hazard", None), "position", None)
    who = app.open.identity
    return [
        ViewedPhoto(
            row.photo.sha256 or "",
            _name(app.texts, row, index),
            row.photo.role,
            photo_facts(
                app.texts,
                row.photo,
                place,
                writer_word(app.texts, who, row.author, card.writers.get(row.device)),
            ),
        )
        for index, row in enumerate(card.photos)
    ]


def _name(texts: Texts, row: "PhotoRow", index: int) -> str:
    role = texts.of(row.photo.role) if row.photo.role else ""
    return texts.photo_of.format(role=role, number=index + 1)
