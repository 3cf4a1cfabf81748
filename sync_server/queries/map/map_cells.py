"""What the map draws of hazards: counted by the cells of a grid, and alone where a cell holds one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import cos, floor, hypot, radians
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlmodel import Session

from shared import geo
from shared.vocabulary import Status
from sync_server.access.policy import Access
from sync_server.database.tables import HazardRow
from sync_server.queries.filters import Box, Filter, inside, placed, where

_HAZARD = HazardRow.metadata.tables["hazard"].c
CITY = Box(geo.WEST, geo.SOUTH, geo.EAST, geo.NORTH)

MAX_ZOOM = 22
LISTED = 100
_TILE = 256
_CELL_PIXELS, _FINE_CELL_PIXELS, _FINE_FROM = 72, 32, 16
_APART = 0.62  # of a cell: marks are 40 to 62 pixels wide, a cell 72
_LATITUDE = cos(radians(23))


class whole(GenericFunction[int]):
    """The whole part of a number that is not negative."""

    type = Integer()
    inherit_cache = True


@compiles(whole)
def _cut_off(element: whole, compiler: Any, **how: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **how)} AS INTEGER)"


@compiles(whole, "postgresql")
def _rounded_down(element: whole, compiler: Any, **how: Any) -> str:
    return f"FLOOR({compiler.process(element.clauses, **how)})"


@dataclass(frozen=True, slots=True)
class Cell:
    """The records of one cell: where their middle lies, the box they fill, and how many of each kind.

    The kinds are the statuses of hazards, or the kinds of visits.
    """

    lat: float
    lon: float
    box: Box
    counts: Mapping[Any, int]

    @property
    def n(self) -> int:
        return sum(self.counts.values())

    def with_cell(self, other: "Cell") -> "Cell":
        """Both as one."""
        n, more = self.n, other.n
        mine, theirs = self.box, other.box
        kinds = type(next(iter(self.counts)))
        return Cell(
            (self.lat * n + other.lat * more) / (n + more),
            (self.lon * n + other.lon * more) / (n + more),
            Box(
                min(mine.west, theirs.west),
                min(mine.south, theirs.south),
                max(mine.east, theirs.east),
                max(mine.north, theirs.north),
            ),
            {kind: k for kind in kinds if (k := self.counts.get(kind, 0) + other.counts.get(kind, 0))},
        )


@dataclass(frozen=True, slots=True)
class Spot:
    """One hazard on the map: what its popup shows."""

    id: str
    lat: float
    lon: float
    status: Status
    number: str | None
    name: str | None
    town_code: str | None
    due_date: str | None
    photo: str | None
    conflicts: int


def cell_degrees(zoom: int) -> tuple[float, float]:
    """(latitude, longitude) degrees of one cell: about 72 pixels of a Web Mercator map, later 32."""
    pixels = _FINE_CELL_PIXELS if zoom >= _FINE_FROM else _CELL_PIXELS
    wide = pixels * 360 / (_TILE * 2**zoom)
    return wide * _LATITUDE, wide


def grown(box: Box, zoom: int) -> Box:
    """The box with the whole of every cell that it touches."""
    high, wide = cell_degrees(zoom)
    return Box(
        floor(box.west / wide) * wide,
        floor(box.south / high) * high,
        (floor(box.east / wide) + 1) * wide,
        (floor(box.north / high) + 1) * high,
    )


def cell_of(
    lat: ColumnElement[Any], lon: ColumnElement[Any], zoom: int
) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """(row, column) of the cell of a point; counted from the corner of the world, so that cutting off the
    fraction rounds one way."""
    high, wide = cell_degrees(zoom)
    return whole((lat + 90) / high), whole((lon + 180) / wide)


def cells(
    session: Session, access: Access, campaign: str, asked: Filter, today: str, box: Box, zoom: int
) -> tuple[list[Cell], list[Spot]]:
    """What lies in `box` at `zoom` (0–22): cells with several hazards, and the hazards that are alone.

    The grid is fixed on the earth and the box grows to whole cells, so clusters stay as the map moves.
    The cost on the wire depends on the size of the box on the screen, not on the number of hazards.
    """
    row, column = cell_of(_HAZARD.lat, _HAZARD.lon, zoom)
    numbers = [
        func.sum(case((_HAZARD.status == status.value, 1), else_=0)).label(status.name) for status in Status
    ]
    found = session.execute(
        select(
            func.min(_HAZARD.id),
            func.avg(_HAZARD.lat),
            func.avg(_HAZARD.lon),
            func.min(_HAZARD.lon),
            func.min(_HAZARD.lat),
            func.max(_HAZARD.lon),
            func.max(_HAZARD.lat),
            *numbers,
        )
        .where(where(access, campaign, asked, today), placed(), inside(grown(box, zoom)))
        .group_by(row, column)
    )
    several: list[Cell] = []
    alone: list[str] = []
    for first, lat, lon, west, south, east, north, *by_status in found:
        counts = {status: n for status, n in zip(Status, by_status, strict=True) if n}
        if sum(counts.values()) == 1:
            alone.append(first)
        else:
            several.append(Cell(lat, lon, Box(west, south, east, north), counts))
    return joined(several, *cell_degrees(zoom)), _spots(session, campaign, alone)


def joined(several: Iterable[Cell], high: float, wide: float) -> list[Cell]:
    """`several`, with cells whose middles lie so close that their marks would overlap made one.

    The larger takes in the smaller; `high` and `wide` are the degrees of one cell of the grid.
    """
    kept: list[Cell] = []
    for cell in sorted(several, key=lambda one: (-one.n, one.lat, one.lon)):
        for place, near in enumerate(kept):
            if hypot((cell.lat - near.lat) / high, (cell.lon - near.lon) / wide) < _APART:
                kept[place] = near.with_cell(cell)
                break
        else:
            kept.append(cell)
    return kept


def listed(
    session: Session, access: Access, campaign: str, asked: Filter, today: str, box: Box
) -> list[Spot]:
    """The hazards inside `box`, at most 100, for a list where they lie too close to be told apart."""
    condition = and_(where(access, campaign, asked, today), placed(), inside(box))
    found = session.execute(
        select(_HAZARD.id)
        .where(condition)
        .order_by(func.coalesce(_HAZARD.ledger_no, ""), _HAZARD.id)
        .limit(LISTED)
    )
    return _spots(session, campaign, list(found.scalars()))


def extent(session: Session, access: Access, campaign: str, asked: Filter, today: str) -> Box | None:
    """The box that all hazards of a filter fill, None where none has a position.

    Those outside the city only count where there are no others: one that was placed at the pole, by mistake
    or on purpose, would let nobody see anything.
    """
    lat, lon = _HAZARD.lat, _HAZARD.lon
    sides = select(func.min(lon), func.min(lat), func.max(lon), func.max(lat))
    found = sides.where(where(access, campaign, asked, today), placed())
    for narrowed in (found.where(inside(CITY)), found):
        west, south, east, north = session.execute(narrowed).one()
        if west is not None:
            return Box(west, south, east, north)
    return None


def _spots(session: Session, campaign: str, ids: list[str]) -> list[Spot]:
    found: list[Spot] = []
    for start in range(0, len(ids), 500):
        rows = session.execute(
            select(
                _HAZARD.id,
                _HAZARD.lat,
                _HAZARD.lon,
                _HAZARD.status,
                _HAZARD.ledger_no,
                _HAZARD.water_name,
                _HAZARD.town_code,
                _HAZARD.due_date,
                func.coalesce(_HAZARD.after_photo, _HAZARD.before_photo),
                _HAZARD.conflicts,
            ).where(_HAZARD.campaign == campaign, _HAZARD.id.in_(ids[start : start + 500]))
        )
        found += [Spot(i, lat, lon, Status(status), *rest) for i, lat, lon, status, *rest in rows]
    return found
