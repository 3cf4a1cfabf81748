"""Where the hazards here lie: counted by the cells of a grid that is fixed on the earth."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, hypot, radians
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, case, cast, func, select
from sqlmodel import Session, col

from mobile_app.store.database.tables import ListedHazard
from mobile_app.store.queries.hazards import HazardRow
from shared import geo
from shared.vocabulary import Status

LISTED = 50
"""So many hazards that cannot be told apart are listed."""
SETTLED = frozenset({Status.CLOSED, Status.INVALID, Status.MERGED})
SENT_BACK = frozenset({Status.RETURNED, Status.RELAPSED})
_TILE_PX, _CELL_PX = 256, 72
_APART = 0.75  # of a cell: marks are 48 to 56 pixels wide, a cell 72 or more
_LATITUDE = cos(radians(23))

GridPlace = tuple[int, int]
"""(row, column) of a cell."""


class GeoBox(NamedTuple):
    """A rectangle of the earth, in degrees WGS-84."""

    south: float
    north: float
    west: float
    east: float

    def holds(self, lat: float, lon: float) -> bool:
        """Whether a point lies in it."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east

    def with_box(self, other: "GeoBox") -> "GeoBox":
        """The smallest one around both."""
        return GeoBox(
            min(self.south, other.south),
            max(self.north, other.north),
            min(self.west, other.west),
            max(self.east, other.east),
        )


CITY = GeoBox(geo.SOUTH, geo.NORTH, geo.WEST, geo.EAST)


@dataclass(frozen=True, slots=True)
class HazardCell:
    """Hazards that are drawn as one: their middle, the box that they fill, how many, and one of them.

    `settled`: how many of them need nothing more; `sent_back`: how many came back.
    """

    lat: float
    lon: float
    box: GeoBox
    n: int
    settled: int
    sent_back: int
    first: str

    def with_cell(self, other: "HazardCell") -> "HazardCell":
        """Both as one."""
        n = self.n + other.n
        return HazardCell(
            (self.lat * self.n + other.lat * other.n) / n,
            (self.lon * self.n + other.lon * other.n) / n,
            self.box.with_box(other.box),
            n,
            self.settled + other.settled,
            self.sent_back + other.sent_back,
            min(self.first, other.first),
        )


@dataclass(frozen=True, slots=True)
class MapMarks:
    """What is drawn in a view: hazards that are counted together, and those that stand alone."""

    cells: Sequence[HazardCell] = ()
    rows: Sequence[HazardRow] = ()


def cell_degrees(zoom: int) -> tuple[float, float]:
    """(latitude, longitude) degrees of one cell: 72 pixels of a Web Mercator map at `zoom`."""
    wide = _CELL_PX * 360 / (_TILE_PX * 2**zoom)
    return wide * _LATITUDE, wide


def cells(session: Session, zoom: int, box: GeoBox | None = None) -> list[HazardCell]:
    """The cells of the grid for `zoom` with hazards in them, or those that touch `box`.

    Cells whose marks would overlap are one. The index on places finds those of a box.
    """
    high, wide = cell_degrees(zoom)
    lat, lon = col(ListedHazard.lat), col(ListedHazard.lon)
    found = session.execute(
        _placed(
            select(
                *(func.avg(lat), func.avg(lon)),
                *(func.min(lat), func.max(lat), func.min(lon), func.max(lon)),
                *(func.count(), _among(SETTLED), _among(SENT_BACK), func.min(col(ListedHazard.id))),
            ),
            grown(box, zoom) if box else None,
        ).group_by(_whole((lat + 90) / high), _whole((lon + 180) / wide))
    )
    some = [
        HazardCell(middle_lat, middle_lon, GeoBox(south, north, west, east), *rest)
        for middle_lat, middle_lon, south, north, west, east, *rest in found
    ]
    return joined(some, zoom)


def inside(session: Session, box: GeoBox) -> list[str]:
    """The ids of the hazards inside `box`, at most `LISTED`."""
    found = _placed(select(col(ListedHazard.id)), box).order_by(col(ListedHazard.id)).limit(LISTED)
    return list(session.execute(found).scalars())


def extent(session: Session) -> GeoBox | None:
    """The box that all hazards here fill; None where none has a position.

    Those outside the city only count where there are no others: one that was placed at the pole, by mistake
    or on purpose, would let nobody see anything.
    """
    lat, lon = col(ListedHazard.lat), col(ListedHazard.lon)
    sides = select(func.min(lat), func.max(lat), func.min(lon), func.max(lon))
    for box in (CITY, None):
        south, north, west, east = session.execute(_placed(sides, box)).one()
        if south is not None:
            return GeoBox(south, north, west, east)
    return None


def grown(box: GeoBox, zoom: int) -> GeoBox:
    """The box with the whole of every cell that it touches, so that what is counted stays as a map moves."""
    high, wide = cell_degrees(zoom)
    return GeoBox(
        floor((box.south + 90) / high) * high - 90,
        (floor((box.north + 90) / high) + 1) * high - 90,
        floor((box.west + 180) / wide) * wide - 180,
        (floor((box.east + 180) / wide) + 1) * wide - 180,
    )


def joined(some: list[HazardCell], zoom: int) -> list[HazardCell]:
    """`some`, with those whose middles lie so close that their marks would overlap made one.

    The larger takes in the smaller; each is compared with its neighbours in the grid alone.
    """
    high, wide = cell_degrees(zoom)
    kept: dict[GridPlace, list[HazardCell]] = {}
    for cell in sorted(some, key=lambda one: (-one.n, one.first)):
        row, column = floor((cell.lat + 90) / high), floor((cell.lon + 180) / wide)
        near = (
            (place, index, other)
            for place in ((row + up, column + right) for up in (-1, 0, 1) for right in (-1, 0, 1))
            for index, other in enumerate(kept.get(place, ()))
        )
        for place, index, other in near:
            if hypot((cell.lat - other.lat) / high, (cell.lon - other.lon) / wide) < _APART:
                kept[place][index] = other.with_cell(cell)
                break
        else:
            kept.setdefault((row, column), []).append(cell)
    return [cell for those in kept.values() for cell in those]


def _placed(found: Any, box: GeoBox | None) -> Any:
    """Of the hazards that are not deleted, those with a position, or in a box."""
    lat, lon = col(ListedHazard.lat), col(ListedHazard.lon)
    # Asked for `deleted` itself, SQLite would look through all that are not deleted instead.
    found = found.where(col(ListedHazard.deleted).op("+")(0) == 0, lon.is_not(None))
    if box is None:
        return found.where(lat.is_not(None))
    return found.where(lat.between(box.south, box.north), lon.between(box.west, box.east))


def _whole(number: ColumnElement[Any]) -> ColumnElement[int]:
    """The whole part of a number that is not negative."""
    return cast(number, Integer)


def _among(statuses: frozenset[Status]) -> ColumnElement[int]:
    """How many have one of these statuses."""
    codes = sorted(status.value for status in statuses)
    return func.sum(case((col(ListedHazard.status).in_(codes), 1), else_=0))
