"""The photo that is drawn on: where in its area it lies, and what a finger on it draws."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import flet as ft
import flet.canvas as cv

from mobile_app import theme
from mobile_app.screens.error_boundary import part
from mobile_app.screens.hooks import use_box, use_maybe
from shared.records.photo_edits import MarkKind, Point

_LEAST = 12.0
"""Logical pixels: a shorter stroke was a tap."""
_OFTEN = 40
"""Milliseconds between two messages of a moving finger."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Where a picture lies that is shown whole in the middle of an area, in logical pixels."""

    left: float
    top: float
    width: float
    height: float

    def share(self, point: Point) -> Point:
        """A point of the area as one of the picture; what lies beside that is moved to its edge."""
        x, y = (point[0] - self.left) / self.width, (point[1] - self.top) / self.height
        return min(1.0, max(0.0, x)), min(1.0, max(0.0, y))


def fitted(area: tuple[float, float], picture: tuple[int, int]) -> Fitted:
    """`picture` (pixels) shown whole in `area` (logical pixels)."""
    scale = min(area[0] / picture[0], area[1] / picture[1])
    width, height = picture[0] * scale, picture[1] * scale
    return Fitted((area[0] - width) / 2, (area[1] - height) / 2, width, height)


@part
def PictureArea(
    shown: bytes,
    size: tuple[int, int],
    name: str,
    tool: MarkKind | None,
    on_mark: Callable[[MarkKind, Point, Point], None],
    faces: Sequence[tuple[Point, Point]],
    spared: frozenset[int],
    on_face: Callable[[int], None],
) -> ft.Control:
    """The picture `shown`, `size` in pixels and called `name`. With a `tool` a finger draws: `on_mark` gets
    where it began and ended, as shares of what is shown. `faces`: the corners of those that were found, with
    their numbers; a tap on one gives `on_face` its place. Those that are `spared` are not blurred."""
    area: Any
    area, set_area = use_maybe()
    drawn, set_drawn = use_maybe()
    stroke = use_box(lambda: [(0.0, 0.0), (0.0, 0.0)])

    def measured(event: cv.CanvasResizeEvent) -> None:
        set_area((event.width, event.height))

    def begin(event: ft.DragStartEvent[ft.GestureDetector]) -> None:
        stroke.value = [(event.local_position.x, event.local_position.y)] * 2

    def go_on(event: ft.DragUpdateEvent[ft.GestureDetector]) -> None:
        stroke.value = [stroke.value[0], (event.local_position.x, event.local_position.y)]
        set_drawn(tuple(stroke.value))

    def end(_event: object = None) -> None:
        start, stop = stroke.value
        set_drawn(None)
        if tool and area and max(abs(start[0] - stop[0]), abs(start[1] - stop[1])) >= _LEAST:
            place = fitted(area, size)
            on_mark(tool, place.share(start), place.share(stop))

    def tap(event: ft.TapEvent[ft.GestureDetector]) -> None:
        if area and event.local_position:
            x, y = fitted(area, size).share((event.local_position.x, event.local_position.y))
            for number, (one, other) in enumerate(faces):
                if min(one[0], other[0]) <= x <= max(one[0], other[0]) and (
                    min(one[1], other[1]) <= y <= max(one[1], other[1])
                ):
                    on_face(number)
                    return

    finger = ft.GestureDetector(
        on_tap_up=tap if faces else None,
        on_pan_start=begin if tool else None,
        on_pan_update=go_on if tool else None,
        on_pan_end=end if tool else None,
        drag_interval=_OFTEN,
        exclude_from_semantics=True,
        expand=True,
        key="photo-draw",
    )
    return ft.Stack(
        [
            ft.Image(
                shown, fit=ft.BoxFit.CONTAIN, semantics_label=name, gapless_playback=True, key="photo-edited"
            ),
            cv.Canvas(
                [
                    *(_frames(fitted(area, size), faces, spared) if area else ()),
                    *([_outline(tool, *drawn)] if tool and drawn else []),
                ],
                content=finger if tool or faces else None,
                on_resize=measured,
                expand=True,
                key="photo-canvas",
            ),
        ],
        expand=True,
        fit=ft.StackFit.EXPAND,
    )


def _frames(
    place: Fitted, faces: Sequence[tuple[Point, Point]], spared: frozenset[int]
) -> Iterator[cv.Shape]:
    """A frame around each face with its number, thin around one that is not blurred."""
    for number, corners in enumerate(faces):
        (left, right), (top, bottom) = (sorted(pair) for pair in zip(*corners, strict=True))
        x, y = place.left + left * place.width, place.top + top * place.height
        width, height = (right - left) * place.width, (bottom - top) * place.height
        stroke = 1 if number in spared else 3
        paint = ft.Paint(color=theme.ON_PHOTO, stroke_width=stroke, style=ft.PaintingStyle.STROKE)
        yield cv.Rect(x, y, width, height, paint=paint)
        style = ft.TextStyle(size=14, color=theme.ON_PHOTO, bgcolor=theme.PHOTO_SHADE)
        yield cv.Text(x, y, f" {number + 1} ", style=style)


def _outline(tool: MarkKind, start: Point, stop: Point) -> cv.Shape:
    """What is being drawn."""
    paint = ft.Paint(color=theme.MARK, stroke_width=3, style=ft.PaintingStyle.STROKE)
    if tool is MarkKind.ARROW:
        return cv.Line(*start, *stop, paint=paint)
    left, top = min(start[0], stop[0]), min(start[1], stop[1])
    width, height = abs(start[0] - stop[0]), abs(start[1] - stop[1])
    if tool is MarkKind.CIRCLE:
        return cv.Oval(left, top, width, height, paint=paint)
    return cv.Rect(left, top, width, height, paint=paint)
