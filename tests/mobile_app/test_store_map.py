"""Where the hazards of a phone lie: counted right at every zoom, and without reading more than needed."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert

from mobile_app.device.clock import Clock
from mobile_app.device.web.kept_tiles import KeptTiles
from mobile_app.hazard_map import HazardMap
from mobile_app.state.sync import SyncState
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.database.tables import ListedHazard
from mobile_app.store.map import map_cells
from mobile_app.store.map.map_cells import GeoBox
from shared.geo import EAST, NORTH, SOUTH, WEST
from shared.vocabulary import Status
from tests.mobile_app.enrolled_store import NOON, enrolled
from tests.support.sqlite_steps import steps_of

pytestmark = pytest.mark.anyio
CITY = GeoBox(SOUTH, NORTH, WEST, EAST)
SCREEN = GeoBox(22.95, 22.98, 113.80, 113.82)
"""What a phone shows of it at zoom 14."""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[PhoneDatabase]:
    opened = await enrolled(tmp_path)
    yield opened
    await opened.close()


def line(id: str, lat: float | None, lon: float | None, **more: Any) -> dict[str, Any]:
    plain = {
        **{"water_name": "石井塘", "town_code": "441900003", "status": "assigned", "conflicts": 0},
        **{"deleted": False, "upload": "uploaded", "photos_done": 0, "photos_total": 0, "saved_at": NOON},
        **{"touched": id, "search": "", "sent_back": False, "folded": 2, "lat": lat, "lon": lon},
    }
    return {"id": id, **plain, **more}


async def put(database: PhoneDatabase, lines: list[dict[str, Any]]) -> None:
    await database.write(lambda session: session.execute(insert(ListedHazard), lines))


async def scattered(database: PhoneDatabase, count: int) -> None:
    """So many hazards all over the city."""
    random = Random(count)
    await put(
        database,
        [
            line(f"{n:05}", random.uniform(SOUTH, NORTH), random.uniform(WEST, EAST), status=status.value)
            for n in range(count)
            for status in [random.choice(list(Status))]
        ],
    )


async def test_hazards_that_lie_close_together_are_counted_as_one(database: PhoneDatabase) -> None:
    await put(
        database,
        [
            line("a", 23.0210, 113.7520, status="returned"),
            line("b", 23.0212, 113.7522, status="closed"),
            line("far", 22.8, 114.1),
            line("unplaced", None, None),
            line("deleted", 23.0211, 113.7521, deleted=True),
        ],
    )
    both, far = sorted(database.read(lambda session: map_cells.cells(session, 12)), key=lambda cell: -cell.n)
    assert (both.n, both.settled, both.sent_back, both.first) == (2, 1, 1, "a")
    assert (both.lat, both.lon) == pytest.approx((23.0211, 113.7521))
    assert both.box == pytest.approx(GeoBox(23.0210, 23.0212, 113.7520, 113.7522))
    assert (far.n, far.first) == (1, "far")
    near = database.read(lambda session: map_cells.cells(session, 19, both.box))
    assert [cell.n for cell in near] == [1, 1]
    assert database.read(lambda session: map_cells.inside(session, both.box)) == ["a", "b"]
    assert database.read(map_cells.extent) == pytest.approx(GeoBox(22.8, 23.0212, 113.7520, 114.1))


@pytest.mark.parametrize("zoom", range(8, 20))
async def test_no_hazard_is_lost_or_counted_twice_at_any_zoom(database: PhoneDatabase, zoom: int) -> None:
    await scattered(database, 500)
    cells = database.read(lambda session: map_cells.cells(session, zoom))
    assert sum(cell.n for cell in cells) == 500
    high, wide = map_cells.cell_degrees(zoom)
    for cell in cells:
        assert cell.box.holds(cell.lat, cell.lon)
        assert cell.box.north - cell.box.south < 4 * high
        assert cell.box.east - cell.box.west < 4 * wide


async def test_without_hazards_there_is_nothing_to_show(database: PhoneDatabase) -> None:
    await put(database, [line("unplaced", None, None)])
    shown = HazardMap(database, SyncState(), (Clock(), KeptTiles()))
    assert shown.extent() is None
    assert shown.marks(CITY, 10).rows == []


async def test_what_is_in_view_stays_as_the_map_moves(database: PhoneDatabase) -> None:
    await scattered(database, 500)
    shown = HazardMap(database, SyncState(), (Clock(), KeptTiles()))
    for zoom in (11, 14):
        wide = shown.marks(GeoBox(22.9, 23.0, 113.7, 113.9), zoom)
        moved = shown.marks(GeoBox(22.92, 23.02, 113.73, 113.93), zoom)
        inner = GeoBox(22.94, 22.98, 113.76, 113.86)  # away from the edges of both
        for one, other in ((wide, moved), (moved, wide)):
            here = {(cell.first, cell.n) for cell in one.cells if inner.holds(cell.lat, cell.lon)}
            assert here <= {(cell.first, cell.n) for cell in other.cells}


async def test_what_changed_is_counted_again(database: PhoneDatabase) -> None:
    state = SyncState()
    shown = HazardMap(database, state, (Clock(), KeptTiles()))
    assert shown.marks(CITY, 10).rows == []
    await put(database, [line("new", 22.9, 113.9)])
    state.changed(0, 0, 0)
    assert [row.id for row in shown.marks(CITY, 10).rows] == ["new"]


async def test_a_screen_reads_little_of_ten_thousand_hazards(database: PhoneDatabase) -> None:
    """Zoomed in, what lies in a strip of the city is read by the index alone."""
    await scattered(database, 10_000)
    assert steps_of(database, lambda session: map_cells.cells(session, 14, SCREEN)) < 20_000


async def test_the_whole_city_is_counted_once(
    database: PhoneDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scattered(database, 10_000)
    shown = HazardMap(database, SyncState(), (Clock(), KeptTiles()))
    assert 0 < len(shown.marks(CITY, 9).cells) < 100
    first = steps_of(database, lambda session: map_cells.cells(session, 9))
    assert first < 100 * 10_000  # a hundred instructions for each hazard

    def counts_again(*_given: Any) -> None:
        raise AssertionError("it counts again although nothing changed")

    monkeypatch.setattr(map_cells, "cells", counts_again)
    assert shown.marks(GeoBox(22.7, 23.1, 113.5, 114.2), 9).cells


async def test_one_hazard_at_the_end_of_the_earth_hides_no_other(database: PhoneDatabase) -> None:
    await put(database, [line("pole", 90.0, -180.0)])
    assert database.read(map_cells.extent) == GeoBox(90.0, 90.0, -180.0, -180.0)
    await put(database, [line("a", 23.0, 113.7), line("b", 23.1, 113.8)])
    assert database.read(map_cells.extent) == pytest.approx(GeoBox(23.0, 23.1, 113.7, 113.8))
