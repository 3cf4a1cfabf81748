"""What part of the earth a map shows, and what the ground looks like there: names, lines, a scale.

A Web Mercator map of 256-pixel tiles, as Flutter's: sizes in logical pixels, places in degrees WGS-84.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import asinh, atan, ceil, cos, degrees, floor, log2, log10, radians, sinh, tan

from mobile_app.store.map.map_cells import GeoBox
from shared.geo import Point, plausible
from shared.towns import TOWNS, Town, short_name

MIN_ZOOM, MAX_ZOOM = 8, 19
NEAR_ZOOM = 15
"""To see where one stands, and what fits all is no nearer."""
_TILE_PX = 256
_MOST_NORTH = 85.05  # a square map of the earth ends there
_EQUATOR_M = 40_075_017
_LINES_APART_PX = 90
_DEGREES = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
_LETTER_PX, _LINE_PX = 18, 28  # of a town's name, with room for larger texts; a Latin letter is narrower
Spread = tuple[float, float, float, float]
"""Middle, half a width and half a height of what is drawn, in pixels: (x, y, half wide, half high)."""


@dataclass(frozen=True, slots=True)
class MapView:
    """The middle of a map, its zoom, and its size."""

    lat: float
    lon: float
    zoom: float
    width: float
    height: float

    @property
    def pixels_per_degree(self) -> float:
        """From west to east."""
        return float(_TILE_PX * 2**self.zoom / 360)

    @property
    def metres_per_pixel(self) -> float:
        """In the middle."""
        return _EQUATOR_M * cos(radians(self.lat)) / 360 / self.pixels_per_degree

    def pixel(self, place: Point) -> tuple[float, float]:
        """Where a place is drawn, from the upper left corner."""
        east = (place[1] - self.lon) * self.pixels_per_degree
        south = (_stretched(self.lat) - _stretched(place[0])) * self.pixels_per_degree
        return self.width / 2 + east, self.height / 2 + south

    def box(self, margin: float = 0.0) -> GeoBox:
        """What it shows; `margin`: and so much of its size more on each side."""
        wide = self.width * (0.5 + margin) / self.pixels_per_degree
        high = self.height * (0.5 + margin) / self.pixels_per_degree
        middle = _stretched(self.lat)
        return GeoBox(_flat(middle - high), _flat(middle + high), self.lon - wide, self.lon + wide)


def fitting(box: GeoBox, size: MapView, nearest: float = NEAR_ZOOM, edge: float = 44) -> MapView:
    """The view of this `size` in which `box` fits, `edge` pixels away from the edges; no nearer than
    `nearest`."""
    south, north = _stretched(box.south), _stretched(box.north)
    zoom = float(nearest)
    for pixels, across in ((size.width, box.east - box.west), (size.height, north - south)):
        if across > 0:
            zoom = min(zoom, log2(max(1.0, pixels - 2 * edge) * 360 / across / _TILE_PX))
    middle = _flat((south + north) / 2)
    return replace(size, lat=middle, lon=(box.west + box.east) / 2, zoom=max(MIN_ZOOM, zoom))


def around_all(places: Sequence[Point]) -> GeoBox | None:
    """The smallest box with all places, or with those in the city if any are; None where there is none."""
    if not places:
        return None
    lats, lons = zip(*([one for one in places if plausible(*one)] or places), strict=True)
    return GeoBox(min(lats), max(lats), min(lons), max(lons))


def scale_bar(view: MapView, most_px: float = 110) -> tuple[int, float]:
    """A round number of metres, and how many pixels they are in the middle of the map, at most `most_px`."""
    most = most_px * view.metres_per_pixel
    power = 10 ** floor(log10(most))
    metres = next(figure * power for figure in (5, 2, 1) if figure * power <= most)
    return int(metres), metres / view.metres_per_pixel


def graticule(view: MapView) -> tuple[list[float], list[float]]:
    """The latitudes and longitudes, round ones, at which lines cross what the map shows and its margin."""
    box = view.box(0.5)
    step = next((one for one in reversed(_DEGREES) if one * view.pixels_per_degree >= _LINES_APART_PX), 1.0)
    return _between(box.south, box.north, step), _between(box.west, box.east, step)


def town_labels(view: MapView, language: str, taken: Sequence[Spread] = ()) -> list[tuple[str, Town]]:
    """The short names of towns that are in view and cover neither each other nor what is `taken`."""
    shown: list[tuple[str, Town]] = []
    spreads = list(taken)
    box = view.box(0.5)
    for town in TOWNS:
        if not box.holds(town.lat, town.lon):
            continue
        name = short_name(town, language)
        wide = _LETTER_PX * sum(0.6 if letter.isascii() else 1 for letter in name)
        spread = (*view.pixel((town.lat, town.lon)), wide / 2, _LINE_PX / 2)
        if not any(_overlap(spread, other) for other in spreads):
            spreads.append(spread)
            shown.append((name, town))
    return shown


def _overlap(one: Spread, other: Spread) -> bool:
    return abs(one[0] - other[0]) < one[2] + other[2] and abs(one[1] - other[1]) < one[3] + other[3]


def _between(low: float, high: float, step: float) -> list[float]:
    return [round(place * step, 6) for place in range(ceil(low / step), floor(high / step) + 1)]


def _stretched(lat: float) -> float:
    """A latitude as Mercator stretches it, in degrees of the equator; maps end before the poles."""
    return degrees(asinh(tan(radians(max(-_MOST_NORTH, min(_MOST_NORTH, lat))))))


def _flat(stretched: float) -> float:
    """The latitude that Mercator stretches to `stretched`."""
    return degrees(atan(sinh(radians(stretched))))
