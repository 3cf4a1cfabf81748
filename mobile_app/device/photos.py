"""Makes a picked photo ready to keep: upright, small, without EXIF, with both hashes and a preview.

Two hands do the drawing, Pillow where there is one and the browser's own decoder where Python runs in a
browser; everything around them is the same.
"""

import asyncio
import hashlib
import io
import struct
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from mobile_app.device.browser import IN_BROWSER, js_bytes, js_object
from mobile_app.device.exif import read_exif
from mobile_app.device.image_header import read_header
from mobile_app.device.photo_files import PhotoFiles
from shared import problems
from shared.records.models import Position
from shared.vocabulary import PhotoRole, PhotoSource

PREVIEW_SIDE = 320
MIME = "image/jpeg"

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


Draw = Callable[[bytes, str, int, int], Awaitable[Drawing]]
"""(image bytes, mime, longest side in pixels, JPEG quality 1–100) → drawing. Problem: photo_not_an_image."""


def fields_of(photo: PreparedPhoto, role: PhotoRole) -> dict[str, Any]:
    """The fields of a `records.Photo`, JSON-ready, but for those that say whose it is."""
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
    }


def preview_name(sha256: str) -> str:
    """The name under which a photo's preview is stored."""
    return f"{sha256}.preview"


async def prepare(
    picked: PickedPhoto, photo_files: PhotoFiles, *, longest: int, quality: int, draw: Draw | None = None
) -> PreparedPhoto:
    """Make `picked` ready and store it in `photo_files`.

    `longest` side in pixels, JPEG `quality` 1–100. Problems: those of `read_header`, photo_not_an_image,
    device_storage_full.
    """
    draw = draw or (draw_in_browser if IN_BROWSER else draw_with_pillow)
    header = read_header(picked.data)
    taken = read_exif(picked.data)
    full = await draw(picked.data, header.mime, longest, quality)
    preview = await draw(full.data, MIME, PREVIEW_SIDE, quality)
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
        taken_at=taken.at,
        position=taken.position,
        source=picked.source,
        preview=preview.data,
    )


def fitted(width: int, height: int, longest: int) -> tuple[int, int]:
    """The size of a `width` × `height` picture shrunk to `longest`; never enlarged, never 0."""
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


async def draw_with_pillow(data: bytes, mime: str, longest: int, quality: int) -> Drawing:
    """`Draw` by Pillow, in a thread."""
    return await asyncio.to_thread(_pillow, data, mime, longest, quality)


def _pillow(data: bytes, mime: str, longest: int, quality: int) -> Drawing:
    from PIL import Image, ImageOps

    try:
        with (
            warnings.catch_warnings(action="ignore", category=UserWarning),  # damaged EXIF is no matter here
            Image.open(io.BytesIO(data), formats=[mime.removeprefix("image/")]) as opened,
        ):
            opened.draft("RGB", (longest, longest))
            upright = ImageOps.exif_transpose(opened)
            with_alpha = upright.convert("RGBA") if upright.has_transparency_data else None
            small = (with_alpha or upright.convert("RGB")).resize(
                fitted(*upright.size, longest), Image.Resampling.LANCZOS
            )
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError):
        raise problems.photo_not_an_image() from None
    if with_alpha:  # what is transparent becomes white, as on paper
        paper = Image.new("RGB", small.size, "white")
        paper.paste(small, mask=small.getchannel("A"))
        small = paper
    written = io.BytesIO()
    small.save(written, "JPEG", quality=quality, optimize=True)
    return Drawing(written.getvalue(), *small.size)


async def draw_in_browser(data: bytes, mime: str, longest: int, quality: int) -> Drawing:
    """`Draw` by createImageBitmap and an OffscreenCanvas."""
    import js
    from pyodide.ffi import JsException, to_js

    blob = js.Blob.new(to_js([js_bytes(data)]), js_object(type=mime))
    try:
        bitmap = await js.createImageBitmap(blob, js_object(imageOrientation="from-image"))
    except JsException:
        raise problems.photo_not_an_image() from None
    try:
        width, height = fitted(int(bitmap.width), int(bitmap.height), longest)
        canvas = js.OffscreenCanvas.new(width, height)
        pen = canvas.getContext("2d")
        pen.fillStyle = "white"
        pen.fillRect(0, 0, width, height)
        pen.imageSmoothingQuality = "high"
        pen.drawImage(bitmap, 0, 0, width, height)
    finally:
        bitmap.close()
    written = await canvas.convertToBlob(js_object(type=MIME, quality=quality / 100))
    return Drawing((await written.arrayBuffer()).to_bytes(), width, height)
