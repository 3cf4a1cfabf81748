"""Coordinates that somebody typed or pasted, in the datum of the map they came from."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from shared import problems
from shared.geo import Point, degrees_text, plausible, to_wgs
from shared.problems import Problem
from shared.vocabulary import CoordSource, Datum

_LONGEST = 200  # characters of what can be a position
_MARKS = {
    "北纬": "N", "南纬": "S", "东经": "E", "西经": "W", "纬度": "N", "经度": "E",
    "″": '"', "”": '"', "“": '"', "秒": '"',
    "′": "'", "’": "'", "‘": "'", "´": "'", "`": "'", "分": "'",
    "º": "°", "˚": "°", "度": "°",
    "−": "-", "–": "-", "。": ".", "、": ",",
}  # fmt: skip
_WORDS = re.compile(r"\b(latitude|longitude|lat|lng|lon)\b", re.IGNORECASE)
_SECONDS = r"(?:\s*\d{1,2}(?:\.\d{0,15})?\s*(?:\"|''))?"
_MINUTES = rf"(?:\s*\d{{1,2}}(?:\.\d{{0,15}})?\s*'{_SECONDS})?"
_ANGLE = rf"[+-]?\d{{1,3}}(?:\.\d{{0,15}})?(?:\s*°{_MINUTES})?"
_ONE = rf"(?:[NSEW]\s*[:=]?\s*{_ANGLE}|{_ANGLE}\s*[NSEW]?)"
_BETWEEN = r"(?:\s*[,;/|]\s*|\s+|(?=[NSEW])|(?<=[NSEW°'\"])\s*)"
_SINGLE = re.compile(_ONE, re.ASCII)
_PAIR = re.compile(f"({_ONE}){_BETWEEN}({_ONE})", re.ASCII)
_PIECES = re.compile(r"\d+(?:\.\d*)?", re.ASCII)


def typed_position(text: str, datum: Datum) -> dict[str, Any] | None:
    """The position register in WGS-84, with the original if it was in another datum; None without one."""
    point = parse_point(text)
    if point is None:
        return None
    if datum not in (Datum.GCJ02, Datum.BD09):
        return {"lat": round(point[0], 6), "lon": round(point[1], 6), "source": CoordSource.TYPED.value}
    wgs = to_wgs(point, datum)
    return {
        "lat": round(wgs[0], 6),
        "lon": round(wgs[1], 6),
        "source": CoordSource.TYPED.value,
        "raw": f"{round(point[0], 8)},{round(point[1], 8)}",
        "raw_datum": datum.value,
    }


def swapped_point(text: str) -> Point | None:
    """The intended position if latitude and longitude were swapped, else None.

    That is so if the position lies outside Dongguan and the swapped one inside.
    """
    found = _pair(text)
    return exchanged(*found) if found else None


def exchanged(lat: float, lon: float) -> Point | None:
    """`swapped_point` of two numbers."""
    return (lon, lat) if not plausible(lat, lon) and plausible(lon, lat) else None


def position_doubt(position: Any) -> Problem | None:
    """What is doubtful about a position register that somebody typed, None where nothing is or it is none.

    Problem position_swapped with what was probably meant in its details, position_doubtful for a place that
    is possible but not near Dongguan.
    """
    place = position if isinstance(position, Mapping) else {}
    lat, lon = place.get("lat"), place.get("lon")
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return None
    if meant := exchanged(lat, lon):
        return problems.position_swapped(lat=degrees_text(meant[0]), lon=degrees_text(meant[1]))
    possible = abs(lat) <= 90 and abs(lon) <= 180
    return problems.position_doubtful() if possible and not plausible(lat, lon) else None


def parse_point(text: str) -> Point | None:
    """Latitude and longitude in degrees from one text: decimal degrees, or degrees, minutes and seconds.

    N, S, E and W say which is which; without them a number that can be no latitude is the longitude (all of
    Dongguan lies beyond 90° E), else the latitude comes first. None for anything else.
    """
    found = _pair(text)
    return found if found and abs(found[0]) <= 90 and abs(found[1]) <= 180 else None


def _pair(text: str) -> Point | None:
    """(latitude, longitude) as `text` calls them, possible or not."""
    found = _PAIR.fullmatch(_normal(text))
    if found is None:
        return None
    first, second = _angle(found[1]), _angle(found[2])
    axes = _axis(found[1]), _axis(found[2])
    if first is None or second is None or axes in (("lat", "lat"), ("lon", "lon")):
        return None
    swapped = axes[0] == "lon" or axes[1] == "lat" if any(axes) else abs(first) > 90
    return (second, first) if swapped else (first, second)


def parse_degrees(text: str) -> float | None:
    """One coordinate in degrees, written in any of the ways of `parse_point`; None for anything else."""
    normal = _normal(text)
    return _angle(normal) if _SINGLE.fullmatch(normal) else None


def _normal(text: str) -> str:
    """`text` in ASCII, with one sign for each mark and without the punctuation around it."""
    if len(text) > _LONGEST:
        return ""
    for mark, plain in _MARKS.items():
        text = text.replace(mark, plain)
    text = _WORDS.sub(lambda word: "N" if word[0].lower().startswith("la") else "E", text)
    text = unicodedata.normalize("NFKC", text).strip(" \t\r\n.,;()[]")
    return re.sub("[nsew]", lambda letter: letter[0].upper(), text)


def _axis(text: str) -> str:
    """Which coordinate its letter says it is: "lat", "lon", or "" without a letter."""
    if "N" in text or "S" in text:
        return "lat"
    return "lon" if "E" in text or "W" in text else ""


def _angle(text: str) -> float | None:
    """The degrees of one coordinate; None where minutes or seconds are impossible."""
    pieces: list[str] = _PIECES.findall(text)
    degrees, *parts = map(float, pieces)
    if any("." in piece for piece in pieces[:-1]) or any(part >= 60 for part in parts):
        return None
    value = degrees + sum(part / 60.0**place for place, part in enumerate(parts, 1))
    return -value if "-" in text or "S" in text or "W" in text else value
