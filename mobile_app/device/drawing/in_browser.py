"""Draws photos with the browser's own decoder and canvas."""

from collections.abc import Sequence
from typing import Any

from mobile_app.device.browser import js_bytes, js_object
from mobile_app.device.drawing.drawing import MIME, Drawing, band, fitted, undecodable
from mobile_app.device.image_header import Header

_SHRINK_ABOVE = 16_000_000
"""Pixels above which a browser shrinks while it decodes. So large a picture is never long and thin: a width
can be asked for before it is known which way up it is."""
_SHADE, _LETTERS = "rgba(0, 0, 0, 0.55)", "white"
_FONT = "{size}px sans-serif"  # the device's own, which has the characters that its people write


async def draw_in_browser(
    data: bytes, header: Header, longest: int, quality: int, stamp: Sequence[str] = ()
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
        _stamp(pen, width, height, stamp)
    finally:
        image.close()
    written = await canvas.convertToBlob(js_object(type=MIME, quality=quality / 100))
    return Drawing((await written.arrayBuffer()).to_bytes(), width, height)


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
