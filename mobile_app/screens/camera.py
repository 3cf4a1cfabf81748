"""拍照: the camera over the whole screen, with a large shutter."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.screens.hooks import use_box
from mobile_app.screens.photos.reference import use_reference
from mobile_app.texts.words import Texts
from mobile_app.widgets import bars, buttons, labels
from shared.problems import Problem

if TYPE_CHECKING:
    from mobile_app.services import PickedPhoto


_CENTER = ft.CrossAxisAlignment.CENTER


def camera_view(path: str, title: str, back: str, on_close: Callable[[], None], body: ft.Control) -> ft.View:
    """The view that a form shows in place of itself while a photo is taken."""

    async def stay(event: ft.Event[ft.View]) -> None:
        await event.control.confirm_pop(False)
        on_close()

    return ft.View(
        route=path,
        padding=0,
        bgcolor=theme.PHOTO_GROUND,
        can_pop=False,
        on_confirm_pop=stay,
        appbar=bars.title_bar(title, back=(back, lambda _event: on_close())),
        controls=[body],
    )


@part
def Shooting(
    on_photo: "Callable[[PickedPhoto], Awaitable[None]]",
    on_pick: "Callable[[Sequence[PickedPhoto]], Awaitable[None]]",
    references: Sequence[str] = (),
    covered: bool = False,
) -> ft.Control:
    """`on_photo` gets each picture that is taken; `on_pick`, where there is no camera, those that are picked.
    `references`: the SHA-256 of photos to hold the camera by. `covered`: the camera goes on under something
    else."""
    app = use_app()
    camera = app.open.camera
    preview = use_box(lambda: ft.Ref[Any]()).value
    ready, set_ready = ft.use_state(False)
    problem, set_problem = ft.use_state("")
    busy, set_busy = ft.use_state(False)
    texts = app.texts
    reference, fading = use_reference(references)

    async def start() -> None:
        try:
            await camera.start(preview)
        except Problem as found:
            set_problem(texts.problem(found))
        else:
            set_ready(True)

    ft.use_effect(handled(texts, start), [])

    async def shoot() -> None:
        if busy:
            return
        set_busy(True)
        try:
            await on_photo(await camera.shoot(preview))
        finally:
            set_busy(False)

    if problem:
        return _picking(texts, problem, app.open.picker.action(handled(texts, on_pick)))
    pictures = [_filling(camera.control(preview)), reference]
    name = texts.shutter if ready else texts.camera_starting
    shutter = _shutter(name, handled(texts, shoot), ready and not busy)
    actions = ft.Column([fading, shutter], tight=True, horizontal_alignment=_CENTER) if fading else shutter
    return ft.Column(
        [
            ft.Stack(pictures, expand=True, fit=ft.StackFit.EXPAND),
            *([] if covered else [_at_the_foot(actions)]),
        ],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _at_the_foot(actions: ft.Control) -> ft.Control:
    return ft.Container(
        actions,
        bgcolor=theme.PHOTO_GROUND,
        alignment=ft.Alignment.CENTER,
        padding=ft.Padding.symmetric(horizontal=16, vertical=10),
    )


def _filling(picture: ft.Control) -> ft.Control:
    return ft.Container(picture, bgcolor=theme.PHOTO_GROUND, alignment=ft.Alignment.CENTER, expand=True)


def _picking(texts: Texts, problem: str, pick: ft.ClientAction) -> ft.Control:
    """What there is where the camera cannot be had: why, and the gallery."""
    return ft.Container(
        ft.Column(
            [
                labels.trouble(problem, key="camera-problem"),
                buttons.main_button(
                    texts.pick_photos,
                    ft.Icons.PHOTO_LIBRARY_OUTLINED,
                    None,
                    action=pick,
                    key="pick-instead",
                ),
            ],
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            alignment=ft.MainAxisAlignment.CENTER,
            spacing=20,
        ),
        bgcolor=theme.CARD,
        padding=24,
        expand=True,
    )


def _shutter(name: str, on_click: Any, ready: bool) -> ft.Control:
    return ft.Semantics(
        label=name,
        button=True,
        container=True,
        exclude_semantics=True,
        on_tap=on_click if ready else None,
        content=ft.Container(
            None if ready else ft.ProgressRing(width=30, height=30, color=theme.PRIMARY),
            width=68,
            height=68,
            bgcolor=theme.ON_PHOTO if ready else theme.SHUTTER_WAITING,
            border=ft.Border.all(5, theme.SHUTTER_EDGE),
            border_radius=34,
            alignment=ft.Alignment.CENTER,
            ink=True,
            on_click=on_click if ready else None,
            key="shutter",
        ),
    )
