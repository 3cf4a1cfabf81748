"""Makes a picked photo ready to keep: upright, small, without EXIF, with both hashes and a preview.

Two hands do the drawing, Pillow where there is one and the browser's own decoder where Python runs in a
browser; everything around them is the same.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mobile_app.device.browser import IN_BROWSER
from mobile_app.device.drawing.drawing import MIME, Draw, Drawing
from mobile_app.device.exif import read_exif
from mobile_app.device.image_header import Header, read_header
from mobile_app.device.photo_files import PhotoFiles
from shared.records.fix import CLOCK_TOLERANCE
from shared.records.models import Position
from shared.records.photo_edits import UNEDITED, Edits
from shared.vocabulary import PhotoRole, PhotoSource

PREVIEW_SIDE = 320

Bytes = bytes


@dataclass(frozen=True, slots=True)
class PickedPhoto:
    """A photo as the camera or the picker gave it."""

    data: bytes = field(repr=False)
    name: str
    source: PhotoSource


@dataclass(frozen=True, slots=True)
class OpenPhoto:
    """A photo that is not kept yet, and a small upright copy of it to look at and to draw on."""

    picked: PickedPhoto
    copy: Drawing


@dataclass(frozen=True, slots=True)
class PreparedPhoto:
    """A photo ready to be attached; its bytes and its preview (JPEG, ≤ 320 px) are stored already.

    `sha256` is of the bytes kept and sent, `original_sha256` of those that came, which have no stamp and
    were not drawn on. `bytes` counts the kept ones. `taken_at` and `position` are what the photo said before
    that was stripped, or what the device knew when its camera took it. `faces_unchecked`: no program looked
    for faces in it.
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
    faces_unchecked: bool = False


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
        **({"faces_unchecked": True} if photo.faces_unchecked else {}),
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
    stamp: Sequence[str] = (),
    edits: Edits = UNEDITED,
    now: datetime | None = None,
    draw: Draw | None = None,
) -> PreparedPhoto:
    """Make `picked` ready and store it in `photo_files`.

    `longest` side in pixels, JPEG `quality` 1–100. `stamp`: lines to write over its foot. `edits`: what was
    done to it by hand; nothing of what they hide is stored. `now`: when it was taken, if the camera took it
    and it does not say so itself. Problems: those of `read_header` and of `Draw`, device_storage_full.
    """
    draw = draw or drawer()
    header = read_header(picked.data)
    taken = read_exif(picked.data)
    full = await draw(picked.data, header, longest, quality, stamp, edits)
    of_full = Header(MIME, full.width, full.height)
    preview = await draw(full.data, of_full, PREVIEW_SIDE, quality, (), UNEDITED)
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
        faces_unchecked=not edits.faces_checked,
    )


def drawer() -> Draw:
    """What draws on this device."""
    if IN_BROWSER:
        from mobile_app.device.drawing.in_browser import draw_in_browser

        return draw_in_browser
    from mobile_app.device.drawing.with_pillow import draw_with_pillow

    return draw_with_pillow


def _moment_of_shot(picked: PickedPhoto, now: datetime | None) -> str | None:
    shot = now if picked.source is PhotoSource.CAMERA else None
    return shot.isoformat(timespec="seconds") if shot else None
