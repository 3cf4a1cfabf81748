"""A photo before it is kept: turned, pointed at, what must not be recognised blurred, then used or not."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.screens.hooks import use_box, use_maybe
from mobile_app.screens.photos.faces import faces_line, use_faces
from mobile_app.screens.photos.picture_area import PictureArea
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons, segments
from shared.records.photo_edits import UNEDITED, Edits, MarkKind, Point

if TYPE_CHECKING:
    from mobile_app.services import OpenPhoto


@part
def PhotoReview(
    photo: "OpenPhoto",
    taken: bool,
    left: int,
    on_use: "Callable[[OpenPhoto, Edits], Awaitable[None]]",
    on_all: "Callable[[OpenPhoto, Edits], Awaitable[None]]",
    on_skip: Callable[[], Awaitable[None]],
) -> ft.Control:
    """`on_use` gets what was done to the photo, `on_all` does the same and uses those `left` behind it as
    they are; `on_skip` leaves it out. `taken`: it comes from the camera, and another can be taken."""
    app = use_app()
    texts, words = app.texts, app.texts.photo
    history = use_box(lambda: [UNEDITED]).value
    edits, set_edits = ft.use_state(UNEDITED)
    shown, set_shown = ft.use_state(photo.copy.data)
    tool, set_tool = use_maybe()
    busy, set_busy = ft.use_state(False)
    faces = use_faces(photo)
    whole = faces.over(edits, faces.found)
    latest = use_box(lambda: UNEDITED)
    latest.value = whole

    async def draw() -> None:
        drawn = await app.open.editor.show(photo, whole)
        if whole == latest.value:
            set_shown(drawn)

    ft.use_effect(handled(texts, draw), [whole])

    def change(new: Edits) -> None:
        history.append(new)
        set_edits(new)

    def mark(kind: MarkKind, start: Point, end: Point) -> None:
        change(history[-1].marked(kind, start, end))

    def undo(_event: object = None) -> None:
        if len(history) > 1:
            history.pop()
            set_edits(history[-1])

    def choose(kind: MarkKind) -> None:
        set_tool(None if tool is kind else kind)

    def leading(use: "Callable[[OpenPhoto, Edits], Awaitable[None]]") -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            set_busy(True)
            try:
                await use(photo, faces.over(history[-1], await faces.settled()))
            finally:
                set_busy(False)

        return handled(texts, run)

    size = (photo.copy.width, photo.copy.height)
    return ft.Container(
        ft.Column(
            [
                PictureArea(
                    shown,
                    size[::-1] if edits.turns % 2 else size,
                    words.edited,
                    tool,
                    mark,
                    tuple(edits.seen(face) for face in faces.found or ()),
                    faces.spared,
                    faces.toggle,
                ),
                *faces_line(texts, faces, words.draw_hint if tool else ""),
                _tools(texts, tool, choose, lambda _event: change(history[-1].turned()), undo),
                _actions(texts, taken, left, leading(on_use), leading(on_all), handled(texts, on_skip), busy),
            ],
            spacing=8,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        bgcolor=theme.PHOTO_GROUND,
        padding=ft.Padding.symmetric(horizontal=12, vertical=8),
        expand=True,
    )


def _tools(
    texts: Texts,
    tool: MarkKind | None,
    choose: Callable[[MarkKind], None],
    turn: Callable[..., None],
    undo: Callable[..., None],
) -> ft.Control:
    """One row, which scrolls where large texts need it: the picture keeps its room."""
    words = texts.photo

    def chip(kind: MarkKind, word: str) -> ft.Control:
        return segments.chip(word, kind is tool, lambda: choose(kind), key=f"tool-{kind}")

    return ft.Row(
        [
            chip(MarkKind.BLUR, words.blur),
            chip(MarkKind.ARROW, words.arrow),
            chip(MarkKind.CIRCLE, words.circle),
            buttons.tonal_button(words.turn, ft.Icons.ROTATE_RIGHT, turn, key="photo-turn"),
            buttons.tonal_button(texts.undo, ft.Icons.UNDO, undo, key="photo-undo"),
        ],
        spacing=8,
        scroll=ft.ScrollMode.AUTO,
    )


def _actions(
    texts: Texts,
    taken: bool,
    left: int,
    use: Callable[..., Awaitable[None]],
    use_all: Callable[..., Awaitable[None]],
    skip: Callable[..., Awaitable[None]],
    busy: bool,
) -> ft.Control:
    retake = (texts.retake, ft.Icons.REPLAY) if taken else (texts.photo.skip, ft.Icons.CLOSE)
    return buttons.row(
        buttons.tonal_button(*retake, skip, key="retake" if taken else "skip-photo", disabled=busy),
        buttons.main_button(texts.use_photo, ft.Icons.CHECK, use, key="use-photo", busy=busy),
        *(
            [
                buttons.tonal_button(
                    texts.photo.use_all.format(all=left + 1),
                    ft.Icons.DONE_ALL,
                    use_all,
                    key="use-all-photos",
                    disabled=busy,
                )
            ]
            if left
            else []
        ),
    )
