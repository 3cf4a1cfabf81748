"""Places: distance, the datums used in China, what is plausible in Dongguan, nearest town, near duplicates.

A point is (latitude, longitude) in degrees, WGS-84 unless a name says otherwise. geopy and prcoords are
imported where they are used: loading geopy takes longer than most screens of the phone.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import cos, hypot, radians

from shared.towns import TOWNS, Town
from shared.vocabulary import Accuracy, Datum

Point = tuple[float, float]

SOUTH, NORTH, WEST, EAST = 22.63, 23.17, 113.50, 114.28
"""A box around Dongguan: positions outside it get a warning but are accepted."""

TOWN_REACH_M = 25_000
SAME_PLACE_M = 30
"""So near, two records are worth comparing whatever they are called."""
SAME_WATER_M = 300
"""So near, two records with similar names are worth comparing."""
SIMILAR = 0.6

_METRES_PER_DEGREE = 111_320
_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九两", "001234567892")


def metres(a: Point, b: Point) -> float:
    """The distance on the WGS-84 ellipsoid in metres. Source: geopy's geodesic (Karney 2013)."""
    from geopy.distance import geodesic

    return float(geodesic(a, b).meters)


def about_metres(a: Point, b: Point) -> float:
    """The distance in metres on a flat map around `a`: within 1 % over a city, for sorting and filtering."""
    east = (b[1] - a[1]) * cos(radians(a[0]))
    return hypot(b[0] - a[0], east) * _METRES_PER_DEGREE


def wgs_to_gcj(point: Point) -> Point:
    """WGS-84 → GCJ-02 (Amap, Tencent, Google CN tiles). Points outside China stay as they are."""
    import prcoords

    return _shifted(prcoords.wgs_gcj, point)


def gcj_to_wgs(point: Point) -> Point:
    """GCJ-02 → WGS-84, exact to well under a millimetre. Points outside China stay as they are."""
    import prcoords

    return _shifted(prcoords.gcj_wgs_bored, point)


def wgs_to_bd(point: Point) -> Point:
    """WGS-84 → BD-09 (Baidu). Points outside China stay as they are."""
    import prcoords

    return _shifted(prcoords.wgs_bd, point)


def bd_to_wgs(point: Point) -> Point:
    """BD-09 → WGS-84, exact to a few millimetres. Points outside China stay as they are."""
    import prcoords

    return _shifted(prcoords.bd_wgs_bored, point)


def _shifted(convert: Callable[..., Iterable[float]], point: Point) -> Point:
    lat, lon = point
    if not (0.8293 <= lat <= 55.8271 and 72.004 <= lon <= 137.8347):
        return point
    lat, lon = convert(point, False)  # no warnings from the library: checked above
    return lat, lon


def to_wgs(point: Point, datum: Datum) -> Point:
    """Convert a point from `datum` to WGS-84. CGCS2000 is within a metre; UNKNOWN is not converted."""
    match datum:
        case Datum.GCJ02:
            return gcj_to_wgs(point)
        case Datum.BD09:
            return bd_to_wgs(point)
        case _:
            return point


def plausible(lat: float, lon: float) -> bool:
    """Whether a position lies in the box around Dongguan."""
    return SOUTH <= lat <= NORTH and WEST <= lon <= EAST


def nearest_town(lat: float, lon: float) -> Town | None:
    """The town with the nearest central point, or None if none is within 25 km.

    Only a suggestion: near a border, the centre of the neighbouring town may be nearer.
    """
    here = (lat, lon)
    distance, town = min(((about_metres((town.lat, town.lon), here), town) for town in TOWNS), key=_first)
    return town if distance <= TOWN_REACH_M else None


def _first(pair: tuple[float, Town]) -> float:
    return pair[0]


def accuracy_class(accuracy_m: float | None) -> Accuracy:
    """The class of a position's accuracy: within 10 m, 30 m, 100 m, or worse; UNKNOWN for None."""
    if accuracy_m is None:
        return Accuracy.UNKNOWN
    if accuracy_m <= 10:
        return Accuracy.FINE
    if accuracy_m <= 30:
        return Accuracy.FAIR
    return Accuracy.COARSE if accuracy_m <= 100 else Accuracy.POOR


def degrees_text(degrees: float) -> str:
    """Degrees with 6 decimals (about 0.1 m), as shown and exported; never "-0.000000"."""
    return f"{round(degrees, 6) + 0.0:.6f}"


@dataclass(frozen=True, slots=True)
class Site:
    """A hazard as a neighbour sees it."""

    id: str
    name: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A site that may be the same water: how far away in metres, and how alike the names are, 0–1."""

    site: Site
    metres: float
    similarity: float


def near_duplicates(
    name: str, lat: float, lon: float, sites: Iterable[Site], *, ignoring: str | None = None
) -> list[Neighbour]:
    """Sites that may be the water `name` at (lat, lon), the nearest first; `ignoring` is its own id.

    Within 30 m every site counts, within 300 m those with a similar name. Nothing is decided here:
    a person compares and merges.
    """
    here = (lat, lon)
    found = []
    for site in sites:
        there = (site.lat, site.lon)
        if site.id == ignoring or about_metres(here, there) > SAME_WATER_M * 1.02:
            continue
        away = metres(here, there)
        alike = name_similarity(name, site.name)
        if away <= SAME_PLACE_M or (away <= SAME_WATER_M and alike >= SIMILAR):
            found.append(Neighbour(site, away, alike))
    return sorted(found, key=lambda neighbour: (neighbour.metres, neighbour.site.id))


def name_similarity(a: str, b: str) -> float:
    """How alike two names of waters are, 0–1. Other numbers mean another water (一号鱼塘, 2号鱼塘)."""
    left, right = _plain(a), _plain(b)
    if not left or not right or re.findall(r"\d+", left) != re.findall(r"\d+", right):
        return 0.0
    return max(
        SequenceMatcher(None, *pair, autojunk=False).ratio() for pair in ((left, right), (right, left))
    )


def _plain(name: str) -> str:
    """A name without width, case, spaces and punctuation, with Chinese digits as figures."""
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_CHINESE_DIGITS)
    return "".join(letter for letter in folded if letter.isalnum())
