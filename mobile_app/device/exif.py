"""Reads when and where a photo was taken, before that is stripped from it."""

import io
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, TypeVar

import exifread

from shared.records.models import Position
from shared.vocabulary import CoordSource

log = logging.getLogger(__name__)
T = TypeVar("T")
logging.getLogger("exifread").setLevel(logging.ERROR)  # it warns of every file without EXIF


@dataclass(frozen=True, slots=True)
class Taken:
    """When (ISO 8601 with offset) and where a photo says it was taken."""

    at: str | None = None
    position: Position | None = None


def read_exif(data: bytes, zone: tzinfo | None = None) -> Taken:
    """What the EXIF of a photo says; nothing where it has none or where it is damaged.

    A time without an offset is taken in `zone` (default: the device's).
    """
    try:
        tags = exifread.process_file(io.BytesIO(data), details=False)
    except Exception:  # a foreign file's metadata may be damaged in any way; the photo counts nevertheless
        log.info("unreadable EXIF", exc_info=True)
        return Taken()
    return Taken(_readable(lambda: _moment(tags, zone)), _readable(lambda: _position(tags)))


def _readable(read: Callable[[], T | None]) -> T | None:
    """What `read` finds; None where that part is damaged, so that it spoils no other."""
    try:
        return read()
    except Exception:
        log.info("unreadable EXIF", exc_info=True)
        return None


def _moment(tags: dict[str, Any], zone: tzinfo | None) -> str | None:
    written = str(tags.get("EXIF DateTimeOriginal", "")).strip()
    try:
        local = datetime.strptime(written, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007, its zone follows
    except ValueError:
        return None
    if not 2000 <= local.year <= 2100:
        return None
    offset = re.fullmatch(r"([+-])(\d\d):(\d\d)", str(tags.get("EXIF OffsetTimeOriginal", "")).strip())
    if offset:
        sign = -1 if offset[1] == "-" else 1
        zone = timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3])))
    moment = local.replace(tzinfo=zone) if zone else local.astimezone()
    return moment.isoformat(timespec="seconds")


def _position(tags: dict[str, Any]) -> Position | None:
    lat = _degrees(tags.get("GPS GPSLatitude"), str(tags.get("GPS GPSLatitudeRef", "")) == "S")
    lon = _degrees(tags.get("GPS GPSLongitude"), str(tags.get("GPS GPSLongitudeRef", "")) == "W")
    if lat is None or lon is None or not -90 <= lat <= 90 or not -180 <= lon <= 180 or (lat, lon) == (0, 0):
        return None
    return Position(lat=round(lat, 6), lon=round(lon, 6), source=CoordSource.PHOTO_EXIF)


def _degrees(tag: Any, negative: bool) -> float | None:
    if tag is None or len(tag.values) != 3:
        return None
    degrees, minutes, seconds = (float(part) for part in tag.values)
    return (degrees + minutes / 60 + seconds / 3600) * (-1 if negative else 1)
