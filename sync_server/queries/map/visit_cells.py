"""What the map draws of visits of safety education: counted by the cells of the grid, alone where one is."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlmodel import Session

from shared.vocabulary import EducationVisitType
from sync_server.access.policy import VISIT, Access
from sync_server.queries import visits
from sync_server.queries.filters import Box
from sync_server.queries.map.map_cells import LISTED, Cell, cell_degrees, cell_of, grown, joined
from sync_server.queries.visits import VisitFilter

_VISIT = VISIT.c


@dataclass(frozen=True, slots=True)
class VisitSpot:
    """One visit on the map: what its popup shows."""

    id: str
    lat: float
    lon: float
    kind: EducationVisitType
    place: str | None
    town_code: str | None
    date: str | None
    headcount: int | None
    households: int | None


def cells(
    session: Session, access: Access, campaign: str, asked: VisitFilter, box: Box, zoom: int
) -> tuple[list[Cell], list[VisitSpot]]:
    """What lies in `box` at `zoom`, as `map_cells.cells`: cells with several visits, and those alone."""
    row, column = cell_of(_VISIT.lat, _VISIT.lon, zoom)
    numbers = [
        func.sum(case((_VISIT.visit_type == kind.value, 1), else_=0)).label(kind.name)
        for kind in EducationVisitType
    ]
    found = session.execute(
        select(
            func.min(_VISIT.id),
            func.count(),
            func.avg(_VISIT.lat),
            func.avg(_VISIT.lon),
            func.min(_VISIT.lon),
            func.min(_VISIT.lat),
            func.max(_VISIT.lon),
            func.max(_VISIT.lat),
            *numbers,
        )
        .where(_placed(access, campaign, asked, grown(box, zoom)))
        .group_by(row, column)
    )
    several: list[Cell] = []
    alone: list[str] = []
    for first, total, lat, lon, west, south, east, north, *by_kind in found:
        if total == 1:
            alone.append(first)
        else:
            counts = {kind: n for kind, n in zip(EducationVisitType, by_kind, strict=True) if n}
            several.append(Cell(lat, lon, Box(west, south, east, north), counts))
    return joined(several, *cell_degrees(zoom)), _spots(session, campaign, alone)


def listed(session: Session, access: Access, campaign: str, asked: VisitFilter, box: Box) -> list[VisitSpot]:
    """The visits inside `box`, the latest first, at most 100, where they lie too close to be told apart."""
    found = session.execute(
        select(_VISIT.id)
        .where(_placed(access, campaign, asked, box))
        .order_by(func.coalesce(_VISIT.date, "").desc(), _VISIT.id.desc())
        .limit(LISTED)
    )
    ids = list(found.scalars())
    spots = {spot.id: spot for spot in _spots(session, campaign, ids)}
    return [spots[visit] for visit in ids]


def _placed(access: Access, campaign: str, asked: VisitFilter, box: Box) -> ColumnElement[bool]:
    """The condition of a filter, and a position inside `box`. What has no kind cannot be drawn."""
    return and_(
        visits.where(access, campaign, asked),
        _VISIT.visit_type.is_not(None),
        _VISIT.lat.between(box.south, box.north),
        _VISIT.lon.between(box.west, box.east),
    )


def _spots(session: Session, campaign: str, ids: list[str]) -> list[VisitSpot]:
    found: list[VisitSpot] = []
    for start in range(0, len(ids), 500):
        rows = session.execute(
            select(
                _VISIT.id,
                _VISIT.lat,
                _VISIT.lon,
                _VISIT.visit_type,
                _VISIT.place,
                _VISIT.town_code,
                _VISIT.date,
                _VISIT.headcount,
                _VISIT.households,
            ).where(_VISIT.campaign == campaign, _VISIT.id.in_(ids[start : start + 500]))
        )
        found += [
            VisitSpot(i, lat, lon, EducationVisitType(kind), *rest) for i, lat, lon, kind, *rest in rows
        ]
    return found
