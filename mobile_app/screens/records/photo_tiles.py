"""The photos of a hazard or a visit: what each shows, how far it has come, and large when tapped."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.screens.formatting import photo_word, photos_word
from mobile_app.screens.hooks import use_back, use_maybe, use_part
from mobile_app.screens.records.photo import Photo
from mobile_app.widgets import buttons, labels
from shared import problems
from shared.problems import Problem

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import HazardCard
    from mobile_app.store.queries.photo_rows import PhotoRow
    from mobile_app.store.queries.visits import VisitCard

log = logging.getLogger(__name__)
_WIDTH = 150


@part
def RecordPhotos(card: "HazardCard | VisitCard") -> ft.Control:
    """Only this card is redrawn while a photo is on its way."""
    app = use_app()
    going = use_part(app.open.sync, lambda sync: sync.photo_progress)
    large, set_large = use_maybe()
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
                        set_large,
                    )
                    for index, row in enumerate(card.photos)
                ],
                wrap=True,
                spacing=10,
                run_spacing=12,
                vertical_alignment=ft.CrossAxisAlignment.START,
            ),
            *([LargePhoto(large, lambda: set_large(None))] if large else []),
        ]
    )


@part
def PhotoTile(row: "PhotoRow", index: int, going: int | None, enlarge: Callable[..., None]) -> ft.Control:
    """One photo, what it shows, and how far it has come."""
    app = use_app()
    texts, sha256 = app.texts, row.photo.sha256
    role = texts.of(row.photo.role) if row.photo.role else ""
    name = texts.photo_of.format(role=role, number=index + 1)

    async def again() -> None:
        await app.open.sending.retry(sha256)

    return ft.Column(
        [
            ft.Semantics(
                label=texts.photo_open.format(name=name),
                button=True,
                container=True,
                on_tap=lambda _event: enlarge(sha256),
                content=ft.Container(
                    Photo(sha256, name, _WIDTH, 112, ft.BoxFit.COVER),
                    border_radius=12,
                    ink=True,
                    on_click=lambda _event: enlarge(sha256),
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


@part
def LargePhoto(sha256: str, close: Callable[..., None]) -> ft.Control:
    """The photo over the whole screen, to be spread with two fingers; the server's where it is not here.

    Where that cannot be had, the small picture stands in for it.
    """
    app = use_app()
    texts = app.texts
    picture, set_picture = use_maybe()
    small, set_small = use_maybe()
    problem, set_problem = use_maybe()

    async def fetch() -> None:
        try:
            set_picture(await app.open.pictures.large(sha256))
        except Problem as found:
            with suppress(Problem):
                set_small(await app.open.pictures.small(sha256))
            set_problem(found)
        except Exception:
            log.exception("photo %s cannot be shown", sha256)
            set_problem(problems.photo_not_here(sha256=sha256))

    ft.use_effect(fetch, [sha256])
    use_back(lambda: close())
    if picture:
        shown: ft.Control = ft.InteractiveViewer(
            ft.Image(picture, fit=ft.BoxFit.CONTAIN, semantics_label=texts.photos), max_scale=6, key="large"
        )
    elif problem:
        away = problem.kind is problems.server_unreachable
        sentence = texts.photo_large_later if away else texts.problem(problem)
        shown = ft.Column(
            [
                *(
                    [ft.Image(small, fit=ft.BoxFit.CONTAIN, semantics_label=texts.photos, key="small")]
                    if small
                    else []
                ),
                labels.trouble(sentence, key="large-problem"),
            ],
            tight=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        )
    else:
        shown = ft.Row([ft.ProgressRing(width=24, height=24), ft.Text(texts.photo_fetching, size=16)])
    ft.use_dialog(
        ft.AlertDialog(
            content=ft.Container(shown, alignment=ft.Alignment.CENTER, expand=True),
            content_padding=8,
            inset_padding=8,
            semantics_label=texts.photos,
            bgcolor=theme.CARD,
            actions=[buttons.quiet_button(texts.close, lambda _event: close(), key="large-close")],
            on_dismiss=lambda _event: close(),
        )
    )
    return ft.Container(visible=False)
