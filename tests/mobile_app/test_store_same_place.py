"""Hazards on the phone that may be the new one: who is found, and how little of the store is read."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.database.tables import ListedHazard
from mobile_app.store.queries import same_place
from shared.vocabulary import Status
from tests.mobile_app.enrolled_store import NOON, enrolled
from tests.support.sqlite_steps import steps_of

pytestmark = pytest.mark.anyio
TOWNS = [f"4419{number:05}" for number in range(33)]
NEW = {
    "water_name": "横坑鱼塘",
    "town_code": TOWNS[0],
    "position": {"lat": 23.021, "lon": 113.752},
}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[PhoneDatabase]:
    opened = await enrolled(tmp_path)
    yield opened
    await opened.close()


def line(id: str, name: str | None = "石井", town: str = TOWNS[1], **more: Any) -> dict[str, Any]:
    plain = {
        **{"water_name": name, "town_code": town, "status": "reported", "conflicts": 0, "deleted": False},
        **{"upload": "uploaded", "photos_done": 0, "photos_total": 0, "saved_at": NOON, "touched": ""},
        **{"search": "", "sent_back": False, "folded": 1, "lat": None, "lon": None},
    }
    return {"id": id, **plain, **more}


async def found(database: PhoneDatabase, lines: list[dict[str, Any]], *told_apart: str) -> list[str]:
    await database.write(lambda session: session.execute(insert(ListedHazard), lines))
    some = database.read(lambda session: same_place.candidates(session, NEW, told_apart))
    return [one.row.id for one in some]


async def test_those_near_by_and_those_of_the_same_name_in_town_are_found(database: PhoneDatabase) -> None:
    lines = [
        line("near", lat=23.0211, lon=113.7521),
        line("in the box only", lat=23.0232, lon=113.7543),
        line("far", lat=23.031, lon=113.752),
        line("name", "横坑魚塘", TOWNS[0]),
        line("name elsewhere", "横坑鱼塘"),
        line("no name", None, TOWNS[0]),
    ]
    assert await found(database, lines) == ["near", "name"]


async def test_who_is_gone_or_was_told_apart_is_not_asked_about(database: PhoneDatabase) -> None:
    here: dict[str, Any] = {"lat": 23.021, "lon": 113.752}
    lines = [
        line("deleted", deleted=True, **here),
        line("merged", status=Status.MERGED.value, **here),
        line("unfounded", status=Status.INVALID.value, **here),
        line("told apart", **here),
        line("closed", status=Status.CLOSED.value, **here),
    ]
    assert await found(database, lines, "told apart") == ["closed"]


async def test_only_the_likeliest_are_shown(database: PhoneDatabase) -> None:
    lines = [line(f"{place:02}", lat=23.021 + place / 10_000, lon=113.752) for place in range(20)]
    assert await found(database, lines) == [f"{place:02}" for place in range(same_place.MOST)]


async def test_the_indexes_spare_a_scan_of_ten_thousand(database: PhoneDatabase) -> None:
    lines = [
        line(f"{n}", f"塘{n}", TOWNS[n % 33], lat=22.63 + n % 100 * 0.0054, lon=113.5 + n // 100 * 0.0078)
        for n in range(10_000)
    ]
    await found(database, lines)
    # A scan takes several instructions for each row.
    assert steps_of(database, lambda session: same_place.candidates(session, NEW)) < 10_000
