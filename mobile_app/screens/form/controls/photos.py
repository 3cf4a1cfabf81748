"""The photos of a form, shown small: the ways to take and pick them, and to take one away again."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.screens.hooks import use_maybe
from mobile_app.screens.photos.photo_facts import photo_facts
from mobile_app.screens.photos.viewer import PhotoViewer, ViewedPhoto
from mobile_app.screens.records.photo import Photo
from mobile_app.texts.words import Texts
from mobile_app.widgets import ask, buttons, labels
from shared.vocabulary import PhotoRole

if TYPE_CHECKING:
    from mobile_app.services import PickedPhoto, PreparedPhoto


@part
def PhotosSection(
    photos: "Sequence[PreparedPhoto]",
    role: PhotoRole,
    on_camera: Callable[[], None],
    on_pick: "Callable[[Sequence[PickedPhoto]], Awaitable[None]]",
    on_change: "Callable[[list[PreparedPhoto]], None]",
    preparing: bool,
    refused: str = "",
    same: Sequence[str] = (),
    closeness: str = "",
    doubtful: bool = False,
    error: str = "",
) -> ft.Control:
    """Photos that show `role`; `on_change` gets those that stay. `preparing`: one is on its way. `refused`:
    why one was not taken. `same`: what is said of those that the hazard has already. `closeness`: how near
    and recent they are, `doubtful` where that is not enough."""
    app = use_app()
    texts = app.texts
    ask_removal = _use_removal(photos, on_change)
    viewed, set_viewed = use_maybe()
    return labels.card(
        [
            labels.heading(f"{texts.photos} · {texts.of(role)}"),
            *([_thumbs(texts, role, photos, set_viewed, ask_removal)] if photos else []),
            *([_preparing(texts)] if preparing else []),
            _buttons(texts, on_camera, app.open.picker.action(handled(texts, on_pick)), preparing),
            *([labels.trouble(refused, key="photo-refused")] if refused else []),
            *([labels.trouble("\n".join(same), key="photo-same")] if same else []),
            *(_closeness(closeness, doubtful) if closeness else []),
            *([labels.trouble(error, key="photos-error")] if error else []),
            *(
                [PhotoViewer(_viewed(texts, role, photos), viewed, lambda: set_viewed(None))]
                if photos and viewed is not None
                else []
            ),
        ]
    )


def _closeness(words: str, doubtful: bool) -> list[ft.Control]:
    show = labels.trouble if doubtful else labels.quiet
    return [show(words, key="photo-closeness")]


def _use_removal(
    photos: "Sequence[PreparedPhoto]", on_change: "Callable[[list[PreparedPhoto]], None]"
) -> Callable[[int], None]:
    """Asks before the photo at a place is taken away."""
    texts = use_app().texts
    leaving, set_leaving = ft.use_state(-1)

    def remove(_event: object = None) -> None:
        set_leaving(-1)
        on_change([photo for index, photo in enumerate(photos) if index != leaving])

    ft.use_dialog(
        ask.question(
            texts.remove_photo,
            texts.remove_photo_ask,
            [
                buttons.quiet_button(texts.cancel, lambda _event: set_leaving(-1), key="remove-no"),
                buttons.quiet_button(texts.remove, remove, key="remove-yes", alarm=True),
            ],
            lambda _event: set_leaving(-1),
        )
        if 0 <= leaving < len(photos)
        else None
    )

    def ask_removal(place: int) -> None:
        set_leaving(place)

    return ask_removal


def _viewed(texts: Texts, role: PhotoRole, photos: "Sequence[PreparedPhoto]") -> list[ViewedPhoto]:
    """The photos as they are looked at large."""
    return [
        ViewedPhoto(photo.sha256, _name(texts, role, place), role, photo_facts(texts, photo, None))
        for place, photo in enumerate(photos)
    ]


def _name(texts: Texts, role: PhotoRole, place: int) -> str:
    return texts.photo_of.format(role=texts.of(role), number=place + 1)


def _thumbs(
    texts: Texts,
    role: PhotoRole,
    photos: "Sequence[PreparedPhoto]",
    view: Callable[[int], None],
    remove: Callable[[int], None],
) -> ft.Control:
    """The photos, small; `view` and `remove` are called with the place of one."""
    thumbs: list[ft.Control] = [
        _thumb(texts, role, place, one, view, remove) for place, one in enumerate(photos)
    ]
    return ft.Row(thumbs, wrap=True, spacing=10, run_spacing=10)


def _thumb(
    texts: Texts,
    role: PhotoRole,
    place: int,
    photo: "PreparedPhoto",
    view: Callable[[int], None],
    remove: Callable[[int], None],
) -> ft.Control:
    name = _name(texts, role, place)
    return ft.Stack(
        [
            ft.Semantics(
                label=texts.photo_open.format(name=name),
                button=True,
                container=True,
                on_tap=lambda _event: view(place),
                content=ft.Container(
                    Photo(photo.sha256, name, 104, 104, ft.BoxFit.COVER),
                    border_radius=12,
                    ink=True,
                    on_click=lambda _event: view(place),
                    key=f"view-photo-{place}",
                ),
            ),
            ft.Container(
                ft.Text(texts.of(role), size=12, color=theme.ON_PHOTO),
                bgcolor=theme.PHOTO_SHADE,
                border_radius=6,
                padding=ft.Padding.symmetric(horizontal=6, vertical=2),
                left=6,
                bottom=6,
            ),
            ft.Container(
                buttons.icon_button(
                    f"{texts.remove} {name}",
                    ft.Icons.CANCEL,
                    lambda _event: remove(place),
                    key=f"remove-photo-{place}",
                    color=theme.ON_PHOTO,
                ),
                right=0,
                top=0,
            ),
        ],
        width=104,
        height=104,
    )


def _preparing(texts: Texts) -> ft.Control:
    return ft.Row(
        [
            ft.ProgressRing(width=20, height=20, stroke_width=3, color=theme.PRIMARY),
            ft.Text(texts.preparing_photo, size=15, key="preparing-photo"),
        ]
    )


def _buttons(
    texts: Texts, on_camera: Callable[[], None], pick: ft.ClientAction, preparing: bool
) -> ft.Control:
    return buttons.row(
        buttons.tonal_button(
            texts.take_photo,
            ft.Icons.PHOTO_CAMERA_OUTLINED,
            lambda _event: on_camera(),
            key="take-photo",
            disabled=preparing,
        ),
        buttons.tonal_button(
            texts.pick_photos,
            ft.Icons.PHOTO_LIBRARY_OUTLINED,
            None,
            action=pick,
            key="pick-photos",
            disabled=preparing,
        ),
    )
