"""Photos over the whole screen, one after another, or 整改前 and 整改后 side by side."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import part
from mobile_app.screens.hooks import use_back, use_maybe
from mobile_app.screens.keyed import keyed
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons, labels
from shared import problems
from shared.problems import Problem
from shared.vocabulary import PhotoRole

log = logging.getLogger(__name__)
_WHOLE = 4000  # logical pixels, more than any screen has: a dialog would be as narrow as what is in it
_OPPOSITE = {PhotoRole.BEFORE: PhotoRole.AFTER, PhotoRole.AFTER: PhotoRole.BEFORE}


@dataclass(frozen=True, slots=True)
class ViewedPhoto:
    """`name`: what it is called; `about`: when, where and by whom it was taken, a line for each."""

    sha256: str
    name: str
    role: PhotoRole | None
    about: tuple[str, ...] = ()


def counterpart(photos: Sequence[ViewedPhoto], place: int) -> int | None:
    """The place of the photo to compare one with: the last 整改前 for a 整改后, or the other way round."""
    role = photos[place].role
    wanted = _OPPOSITE.get(role) if role else None
    return max((at for at, photo in enumerate(photos) if wanted and photo.role is wanted), default=None)


@part
def PhotoViewer(photos: Sequence[ViewedPhoto], start: int, close: Callable[[], None]) -> ft.Control:
    """Opens at the place `start` of `photos`. Only what is shown is in memory."""
    texts, page = use_app().texts, ft.context.page
    chosen, set_chosen = ft.use_state(start)
    comparing, set_comparing = ft.use_state(False)
    use_back(close)
    place = min(chosen, len(photos) - 1)
    other = counterpart(photos, place)
    shown = [photos[place]]
    if comparing and other is not None:
        shown = sorted([photos[place], photos[other]], key=lambda photo: photo.role is PhotoRole.AFTER)
    pictures: list[ft.Control] = [
        _captioned(photo, len(shown) > 1, "large" if photo == photos[place] else "large-other")
        for photo in shown
    ]
    wide = (page.width or 0) > (page.height or 0)
    words, last = texts.photo, len(photos) - 1
    where = words.place_in_row.format(number=place + 1, all=len(photos))
    compare = buttons.tonal_button(
        words.compare_end if comparing else words.compare,
        ft.Icons.COMPARE,
        lambda _event: set_comparing(not comparing),
        key="photo-compare",
    )

    def to_previous() -> None:
        set_chosen(place - 1)

    def to_next() -> None:
        set_chosen(place + 1)

    steps = ft.Row(
        [
            _step(words.previous, ft.Icons.CHEVRON_LEFT, to_previous if place else None, "photo-previous"),
            *([compare] if other is not None else []),
            _step(words.next, ft.Icons.CHEVRON_RIGHT, to_next if place < last else None, "photo-next"),
        ],
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
    )
    head = _head(texts, f"{photos[place].name} · {where}", close)
    ft.use_dialog(
        ft.AlertDialog(
            content=ft.Container(
                ft.Column(
                    [head, (ft.Row if wide else ft.Column)(pictures, expand=True, spacing=4), steps],
                    spacing=0,
                    horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                ),
                width=_WHOLE,
                height=_WHOLE,
                padding=4,
            ),
            content_padding=0,
            inset_padding=0,
            shape=ft.RoundedRectangleBorder(radius=0),
            semantics_label=photos[place].name,
            bgcolor=theme.PHOTO_GROUND,
            on_dismiss=lambda _event: close(),
        )
    )
    return ft.Container(visible=False)


def _head(texts: Texts, name: str, close: Callable[[], None]) -> ft.Control:
    return ft.Row(
        [
            buttons.icon_button(
                texts.close,
                ft.Icons.CLOSE,
                lambda _event: close(),
                key="large-close",
                color=theme.ON_PHOTO,
            ),
            ft.Text(name, size=16, color=theme.ON_PHOTO, expand=True, key="photo-name"),
        ]
    )


def _step(name: str, icon: ft.IconData, go: Callable[[], None] | None, key: str) -> ft.Control:
    """The way to the next or the previous photo; room for it where there is none."""
    if go is None:
        return ft.Container(width=48, height=48)
    return buttons.icon_button(name, icon, lambda _event: go(), key=key, color=theme.ON_PHOTO)


def _captioned(photo: ViewedPhoto, named: bool, control: str) -> ft.Control:
    """The picture with what is known of it below; with its name, where two are shown."""
    lines = [*([photo.name] if named else []), *photo.about]
    picture = keyed(f"{control} {photo.sha256}", _Picture)(photo.sha256, photo.name, control)
    about = ft.Text("\n".join(lines), size=14, color=theme.ON_PHOTO, key=f"{control}-about")
    return ft.Column(
        [ft.Container(picture, expand=True), *([about] if lines else [])],
        expand=True,
        spacing=4,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@part
def _Picture(sha256: str, name: str, control: str) -> ft.Control:
    """The photo, a `control` to be spread with two fingers; the server's where it is not here.

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
    if picture:
        image = ft.Image(picture, fit=ft.BoxFit.CONTAIN, semantics_label=name)
        return ft.InteractiveViewer(image, max_scale=6, key=control)
    if problem:
        away = problem.kind is problems.server_unreachable
        sentence = texts.photo_large_later if away else texts.problem(problem)
        instead = ft.Image(small, fit=ft.BoxFit.CONTAIN, semantics_label=name, expand=True, key="small")
        note = labels.trouble(sentence, key="large-problem")
        return ft.Column(
            [
                *([instead] if small else []),
                ft.Container(note, bgcolor=theme.CARD, border_radius=12, padding=12),
            ],
            alignment=ft.MainAxisAlignment.CENTER,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    words = ft.Text(texts.photo_fetching, size=16, color=theme.ON_PHOTO)
    return ft.Row(
        [ft.ProgressRing(width=24, height=24), words],
        alignment=ft.MainAxisAlignment.CENTER,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
