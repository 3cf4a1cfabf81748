"""Places: distance, the datums used in China, what is plausible in Dongguan, nearest town.

A point is (latitude, longitude) in degrees, WGS-84 unless a name says otherwise. geopy and prcoords are
imported where they are used: loading geopy takes longer than most screens of the phone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, radians

from shared.towns import TOWNS, Town
from shared.vocabulary import Accuracy, Datum, Direction

Point = tuple[float, float]

SOUTH, NORTH, WEST, EAST = 22.63, 23.17, 113.50, 114.28
"""A box around Dongguan: positions outside it get a warning but are accepted."""

TOWN_REACH_M = 25_000
_METRES_PER_DEGREE = 111_320


def metres(a: Point, b: Point) -> float:
    """The distance on the WGS-84 ellipsoid in metres. Source: geopy's geodesic (Karney 2013)."""
    from geopy.distance import geodesic

    return float(geodesic(a, b).meters)


def about_metres(a: Point, b: Point) -> float:
    """The distance in metres on a flat map around `a`: within 1 % over a city, for sorting and filtering."""
    east = (b[1] - a[1]) * cos(radians(a[0]))
    return hypot(b[0] - a[0], east) * _METRES_PER_DEGREE


@dataclass(frozen=True, slots=True)
class Bearing:
    """How far away something is, in metres, and in which of eight directions."""

    metres: float
    direction: Direction


def bearing(a: Point, b: Point) -> Bearing:
    """Where `b` lies as seen from `a`, on a flat map around `a`."""
    east = (b[1] - a[1]) * cos(radians(a[0]))
    turn = degrees(atan2(east, b[0] - a[0]))
    return Bearing(about_metres(a, b), tuple(Direction)[round(turn / 45) % 8])


def around(point: Point, metres: float) -> tuple[float, float, float, float]:
    """South, north, west and east of a box with every point within `metres` of `point` by `about_metres`,
    whichever of the two it starts from."""
    high = metres / _METRES_PER_DEGREE
    wide = high / cos(radians(min(89.0, abs(point[0]) + high)))
    return point[0] - high, point[0] + high, point[1] - wide, point[1] + wide


def wgs_to_gcj(point: Point) -> Point:
    """WGS-84 → GCJ-02 (Amap, Tencent, Google CN tiles). Points outside China stay as they are."""
    import prcoords

    return _shifted(prcoords.wgs_gcj, point)


def gcj_to_wgs(point: Point) -> Point:
    """GCJ-02 → WGS-84, exact to well under a millimetre. Points outside China stay as they are."""
    import prcoords

    return _shifted(prcoords.gcj_wgs_bored, point)


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
