"""What drawing a photo anew is, and where its stamp lies."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from mobile_app.device.image_header import Header
from shared import problems
from shared.problems import Problem
from shared.records.photo_edits import Edits
from shared.records.stamp import STAMP_SHARE

MIME = "image/jpeg"
_CAMERA_FORMATS = {"image/heic": "HEIC", "image/avif": "AVIF"}
_LINE = 1.35
"""The height of a line, in heights of its letters."""
_LEAST_FONT = 9
"""Pixels; smaller letters cannot be read, so such a picture gets no stamp."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """An upright JPEG without metadata, its size in pixels."""

    data: bytes = field(repr=False)
    width: int
    height: int


Draw = Callable[[bytes, Header, int, int, Sequence[str], Edits], Awaitable[Drawing]]
"""(image bytes, what they are, longest side in pixels, JPEG quality 1–100, lines of the stamp, edits) →
drawing; the stamp is written last.

Problems: photo_not_an_image; photo_format_unsupported {format} for what is one, but not for this device.
"""


@dataclass(frozen=True, slots=True)
class Band:
    """The place of a stamp at the foot of a picture, in pixels: `top`, `height`, the size of its `font`, the
    `margin` at the left, and how far below one another its lines lie."""

    top: int
    height: int
    font: int
    margin: int
    line: int


def band(width: int, height: int, lines: int, widest: Callable[[int], float]) -> Band | None:
    """Where `lines` of a stamp fit into a picture; None where they would be too small to read.

    `widest`: size of the font → width of the widest line, in pixels.
    """
    if not lines:
        return None
    margin = max(4, width // 100)
    font = int(height * STAMP_SHARE / (lines * _LINE))
    if font >= _LEAST_FONT and (wide := widest(font)) > width - 2 * margin:
        font = int(font * (width - 2 * margin) / wide)
    if font < _LEAST_FONT:
        return None
    line = int(font * _LINE)
    return Band(height - line * lines, line * lines, font, margin, line)


def fitted(width: int, height: int, longest: int) -> tuple[int, int]:
    """The size of a `width` × `height` picture shrunk to `longest`; never enlarged, never 0."""
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def undecodable(header: Header) -> Problem:
    """Why a picture that says it is `header` could not be decoded."""
    name = _CAMERA_FORMATS.get(header.mime)
    return problems.photo_format_unsupported(format=name) if name else problems.photo_not_an_image()
