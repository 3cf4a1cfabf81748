"""Draws photos with the browser's own decoder and canvas."""

import math
from collections.abc import Sequence
from typing import Any

from mobile_app.device.browser import js_bytes, js_object
from mobile_app.device.drawing.drawing import MIME, Drawing, band, fitted, undecodable
from mobile_app.device.drawing.marks import PENS, Blur, blurs, outlines, stroke
from mobile_app.device.image_header import Header
from shared.records.photo_edits import UNEDITED, Edits, Mark

_SHRINK_ABOVE = 16_000_000
"""Pixels above which a browser shrinks while it decodes. So large a picture is never long and thin: a width
can be asked for before it is known which way up it is."""
_SHADE, _LETTERS = "rgba(0, 0, 0, 0.55)", "white"
_FONT = "{size}px sans-serif"  # the device's own, which has the characters that its people write


async def draw_in_browser(
    data: bytes,
    header: Header,
    longest: int,
    quality: int,
    stamp: Sequence[str] = (),
    edits: Edits = UNEDITED,
) -> Drawing:
    """`Draw` by an OffscreenCanvas; which formats there are is the browser's affair."""
    import js
    from pyodide.ffi import JsException

    try:
        if header.width * header.height <= _SHRINK_ABOVE:
            image, size = await _bitmap(data, header)
        elif header.mime == MIME and _turns_frames():
            image, size = await _frame(data, header, longest)
        else:
            wish = {"resizeWidth": fitted(header.width, header.height, longest)[0], "resizeQuality": "high"}
            image, size = await _bitmap(data, header, **wish)
    except JsException:
        raise undecodable(header) from None
    try:
        width, height = fitted(*size, longest)
        canvas = js.OffscreenCanvas.new(width, height)
        pen = canvas.getContext("2d")
        pen.fillStyle = "white"
        pen.fillRect(0, 0, width, height)
        pen.imageSmoothingQuality = "high"
        pen.drawImage(image, 0, 0, width, height)
    finally:
        image.close()
    _mark(canvas, edits.marks)
    canvas = _turned(canvas, edits.turns)
    width, height = int(canvas.width), int(canvas.height)
    _stamp(canvas.getContext("2d"), width, height, stamp)
    written = await canvas.convertToBlob(js_object(type=MIME, quality=quality / 100))
    return Drawing((await written.arrayBuffer()).to_bytes(), width, height)


def _mark(canvas: Any, marks: tuple[Mark, ...]) -> None:
    """Draw `marks` into a canvas, what points at something over what is blurred."""
    width, height, pen = int(canvas.width), int(canvas.height), canvas.getContext("2d")
    for blur in blurs(marks, width, height):
        _blur(canvas, blur)
    pen.lineJoin = pen.lineCap = "round"
    for colour, strokes in PENS:
        pen.strokeStyle, pen.lineWidth = colour, strokes * stroke(width, height)
        for first, *others in outlines(marks, width, height):
            pen.beginPath()
            pen.moveTo(*first)
            for point in others:
                pen.lineTo(*point)
            pen.stroke()


def _blur(canvas: Any, blur: Blur) -> None:
    """Put a few blocks in the place of a rectangle; nothing else of it is left."""
    import js

    place = blur.left, blur.top, blur.width, blur.height
    small = js.OffscreenCanvas.new(blur.columns, blur.rows)
    shrink, pen = small.getContext("2d"), canvas.getContext("2d")
    shrink.imageSmoothingQuality = "high"
    shrink.drawImage(canvas, *place, 0, 0, blur.columns, blur.rows)
    pen.imageSmoothingEnabled = False
    pen.drawImage(small, 0, 0, blur.columns, blur.rows, *place)
    pen.imageSmoothingEnabled = True


def _turned(canvas: Any, turns: int) -> Any:
    """What is on a canvas, turned clockwise by quarters."""
    import js

    if not turns:
        return canvas
    size = int(canvas.width), int(canvas.height)
    other = js.OffscreenCanvas.new(*(reversed(size) if turns % 2 else size))
    pen = other.getContext("2d")
    pen.translate(other.width / 2, other.height / 2)
    pen.rotate(turns * math.pi / 2)
    pen.drawImage(canvas, -size[0] / 2, -size[1] / 2)
    return other


def _stamp(pen: Any, width: int, height: int, lines: Sequence[str]) -> None:
    """Write `lines` over the foot of what was drawn."""

    def widest(size: int) -> float:
        pen.font = _FONT.format(size=size)
        return max(float(pen.measureText(line).width) for line in lines)

    place = band(width, height, len(lines), widest)
    if place is None:
        return
    pen.fillStyle = _SHADE
    pen.fillRect(0, place.top, width, place.height)
    pen.font, pen.fillStyle, pen.textBaseline = _FONT.format(size=place.font), _LETTERS, "middle"
    for number, line in enumerate(lines):
        pen.fillText(line, place.margin, place.top + place.line * number + place.line // 2)


async def _bitmap(data: bytes, header: Header, **wish: Any) -> tuple[Any, tuple[int, int]]:
    """An upright ImageBitmap and its size in pixels."""
    import js
    from pyodide.ffi import to_js

    blob = js.Blob.new(to_js([js_bytes(data)]), js_object(type=header.mime))
    bitmap = await js.createImageBitmap(blob, js_object(imageOrientation="from-image", **wish))
    return bitmap, (int(bitmap.width), int(bitmap.height))


def _turns_frames() -> bool:
    """Whether this browser has VideoFrames that know which way up they are."""
    import js

    return hasattr(js, "VideoFrame") and bool(js.Reflect.has(js.VideoFrame.prototype, "rotation"))


async def _frame(data: bytes, header: Header, longest: int) -> tuple[Any, tuple[int, int]]:
    """A VideoFrame, upright when drawn, of between one and two times the size that is wanted.

    A JPEG decoder that is given a size never has the whole picture in memory; createImageBitmap does,
    whatever size it is given (measured in decision 27).
    """
    import js

    width, height = fitted(header.width, header.height, 2 * longest)
    decoder = js.ImageDecoder.new(
        js_object(data=js_bytes(data), type=header.mime, desiredWidth=width, desiredHeight=height)
    )
    try:
        frame = (await decoder.decode()).image
    finally:
        decoder.close()
    return frame, (int(frame.displayWidth), int(frame.displayHeight))
