"""A field day of 28 records and 175 photos over a bad link, a shorter one over a worse: exactly that arrives,
and the phones show it."""

from pathlib import Path

import pytest

from tests.faults import field_day
from tests.support.faulty_link import Faults, FaultyLink
from tests.support.served import Served

pytestmark = pytest.mark.anyio

RECORDS, PHOTOS, FEW_PHOTOS = 28, 175, 60
CUT_EVERY = 300_000
CUTS = Faults(up_rate=4e6, cut_up=CUT_EVERY)
EVERYTHING = Faults(
    up_rate=8e6,
    down_rate=8e6,
    delay=0.002,
    cut_up=CUT_EVERY,
    cut_down=30_000,
    lost=0.05,
    truncated=0.05,
    doubled=0.05,
    portal=0.03,
)


async def _day(folder: Path, served: Served, faults: Faults, photos: int, *, outages: bool = False) -> float:
    with FaultyLink(served.port) as link:
        day = await field_day.save_day(folder, served, link, RECORDS, photos)
        link.turn(faults)
        await field_day.sync_all(day, link, outages=outages)
        print(field_day.figures(day, link))
        field_day.check(day, served)
        await day.close()
        return field_day.payload(day, link)


async def test_hardly_any_byte_is_sent_twice_over_a_link_that_is_cut_every_300_kb(
    tmp_path: Path, served: Served
) -> None:
    assert await _day(tmp_path, served, CUTS, PHOTOS) <= 1.1


async def test_nothing_is_lost_or_duplicated_over_a_link_with_every_fault(
    tmp_path: Path, served: Served
) -> None:
    await _day(tmp_path, served, EVERYTHING, FEW_PHOTOS, outages=True)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("faults", [CUTS, EVERYTHING])
async def test_two_thousand_photos_arrive(tmp_path: Path, served: Served, faults: Faults) -> None:
    payload = await _day(tmp_path, served, faults, 2_000, outages=faults is EVERYTHING)
    assert payload <= 1.1 or faults is EVERYTHING


async def test_messages_shrink_until_they_fit_a_link_that_is_cut_early(
    tmp_path: Path, served: Served
) -> None:
    with FaultyLink(served.port) as link:
        day = await field_day.save_day(tmp_path, served, link, 200, 0)
        link.turn(Faults(cut_up=5_000, cut_down=3_000))
        await field_day.sync_all(day, link)
        print(field_day.figures(day, link))
        field_day.check(day, served)
        await day.close()
