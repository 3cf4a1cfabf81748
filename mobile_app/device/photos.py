"""Makes a picked photo ready to keep: upright, small, without EXIF, with both hashes and a preview.

Two hands do the drawing, Pillow where there is one and the browser's own decoder where Python runs in a
browser; everything around them is the same.
"""

import asyncio
import hashlib
import io
import struct
import warnings
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mobile_app.device.browser import IN_BROWSER, js_bytes, js_object
from mobile_app.device.exif import read_exif
from mobile_app.device.image_header import Header, read_header
from mobile_app.device.photo_files import PhotoFiles
from shared import problems
from shared.problems import Problem
from shared.records.fix import CLOCK_TOLERANCE
from shared.records.models import Position
from shared.vocabulary import PhotoRole, PhotoSource

PREVIEW_SIDE = 320
MIME = "image/jpeg"
_SHRINK_ABOVE = 16_000_000
"""Pixels above which a browser shrinks while it decodes. So large a picture is never long and thin: a width
can be asked for before it is known which way up it is."""
_CAMERA_FORMATS = {"image/heic": "HEIC", "image/avif": "AVIF"}

Bytes = bytes


@dataclass(frozen=True, slots=True)
class PickedPhoto:
    """A photo as the camera or the picker gave it."""

    data: bytes = field(repr=False)
    name: str
    source: PhotoSource


@dataclass(frozen=True, slots=True)
class PreparedPhoto:
    """A photo ready to be attached; its bytes and its preview (JPEG, ≤ 320 px) are stored already.

    `sha256` is of the bytes kept and sent, `original_sha256` of those that came. `bytes` counts the kept
    ones. `taken_at` and `position` are what the photo said before that was stripped.
    """

    sha256: str
    original_sha256: str
    mime: str
    width: int
    height: int
    bytes: int
    taken_at: str | None
    position: Position | None
    source: PhotoSource
    preview: Bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Drawing:
    """An upright JPEG without metadata, its size in pixels."""

    data: bytes = field(repr=False)
    width: int
    height: int


Draw = Callable[[bytes, Header, int, int], Awaitable[Drawing]]
"""(image bytes, what they are, longest side in pixels, JPEG quality 1–100) → drawing.

Problems: photo_not_an_image; photo_format_unsupported {format} for what is one, but not for this device.
"""


def fields_of(
    photo: PreparedPhoto, role: PhotoRole, mock_location: bool = False, clock_skewed: bool = False
) -> dict[str, Any]:
    """The fields of a `records.Photo`, JSON-ready, but for those that say whose it is.

    Doubts are written only where there are any; that of the place, for what the camera took there.
    """
    mocked = mock_location and photo.source is PhotoSource.CAMERA
    return {
        "role": role.value,
        "sha256": photo.sha256,
        "original_sha256": photo.original_sha256,
        "mime": photo.mime,
        "width": photo.width,
        "height": photo.height,
        "bytes": photo.bytes,
        "source": photo.source.value,
        **({"taken_at": photo.taken_at} if photo.taken_at else {}),
        **({"position": photo.position.model_dump(mode="json")} if photo.position else {}),
        **({"mock_location": True} if mocked else {}),
        **({"clock_skewed": True} if clock_skewed else {}),
    }


def attachments(
    photos: Sequence[tuple[PreparedPhoto, PhotoRole]], record: Mapping[str, Any], clock_off_ms: int
) -> list[dict[str, Any]]:
    """The fields of a record's photos, with the doubts that its position and the device's clock raise.

    `clock_off_ms` is what must be added to that clock.
    """
    place = record.get("position") or {}
    off = timedelta(milliseconds=abs(clock_off_ms)) > CLOCK_TOLERANCE
    mock, skewed = bool(place.get("mock_location")), off or bool(place.get("clock_skewed"))
    return [fields_of(photo, role, mock, skewed) for photo, role in photos]


def preview_name(sha256: str) -> str:
    """The name under which a photo's preview is stored."""
    return f"{sha256}.preview"


async def prepare(
    picked: PickedPhoto,
    photo_files: PhotoFiles,
    *,
    longest: int,
    quality: int,
    now: datetime | None = None,
    draw: Draw | None = None,
) -> PreparedPhoto:
    """Make `picked` ready and store it in `photo_files`.

    `longest` side in pixels, JPEG `quality` 1–100. `now`: when it was taken, if the camera took it and it does
    not say so itself. Problems: those of `read_header` and of `Draw`,
    device_storage_full.
    """
    draw = draw or (draw_in_browser if IN_BROWSER else draw_with_pillow)
    header = read_header(picked.data)
    taken = read_exif(picked.data)
    full = await draw(picked.data, header, longest, quality)
    preview = await draw(full.data, Header(MIME, full.width, full.height), PREVIEW_SIDE, quality)
    sha256 = hashlib.sha256(full.data).hexdigest()
    await photo_files.put(sha256, full.data)
    await photo_files.put(preview_name(sha256), preview.data)
    return PreparedPhoto(
        sha256=sha256,
        original_sha256=hashlib.sha256(picked.data).hexdigest(),
        mime=MIME,
        width=full.width,
        height=full.height,
        bytes=len(full.data),
        taken_at=taken.at or _moment_of_shot(picked, now),
        position=taken.position,
        source=picked.source,
        preview=preview.data,
    )


def _moment_of_shot(picked: PickedPhoto, now: datetime | None) -> str | None:
    shot = now if picked.source is PhotoSource.CAMERA else None
    return shot.isoformat(timespec="seconds") if shot else None


def fitted(width: int, height: int, longest: int) -> tuple[int, int]:
    """The size of a `width` × `height` picture shrunk to `longest`; never enlarged, never 0."""
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _undecodable(header: Header) -> Problem:
    """Why a picture that says it is `header` could not be decoded."""
    name = _CAMERA_FORMATS.get(header.mime)
    return problems.photo_format_unsupported(format=name) if name else problems.photo_not_an_image()


async def draw_with_pillow(data: bytes, header: Header, longest: int, quality: int) -> Drawing:
    """`Draw` by Pillow, in a thread."""
    return await asyncio.to_thread(_pillow, data, header, longest, quality)


def _pillow(data: bytes, header: Header, longest: int, quality: int) -> Drawing:
    from PIL import Image, ImageOps
    from PIL.JpegImagePlugin import JpegImageFile

    kind = header.mime.removeprefix("image/")
    if kind == "heic":
        raise _undecodable(header)
    try:
        with (
            warnings.catch_warnings(action="ignore"),  # damaged EXIF is no matter here, nor is a known size
            # `Image.open` would refuse 180 megapixels; of a JPEG only the small picture is ever in memory.
            JpegImageFile(io.BytesIO(data))
            if kind == "jpeg"
            else Image.open(io.BytesIO(data), formats=[kind]) as opened,
        ):
            opened.draft("RGB", (longest, longest))
            upright = ImageOps.exif_transpose(opened)
            with_alpha = upright.convert("RGBA") if upright.has_transparency_data else None
            small = (with_alpha or upright.convert("RGB")).resize(
                fitted(*upright.size, longest), Image.Resampling.LANCZOS
            )
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError):
        raise _undecodable(header) from None
    if with_alpha:  # what is transparent becomes white, as on paper
        paper = Image.new("RGB", small.size, "white")
        paper.paste(small, mask=small.getchannel("A"))
        small = paper
    written = io.BytesIO()
    small.save(written, "JPEG", quality=quality, optimize=True)
    return Drawing(written.getvalue(), *small.size)


async def draw_in_browser(data: bytes, header: Header, longest: int, quality: int) -> Drawing:
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
        raise _undecodable(header) from None
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
    written = await canvas.convertToBlob(js_object(type=MIME, quality=quality / 100))
    return Drawing((await written.arrayBuffer()).to_bytes(), width, height)


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
