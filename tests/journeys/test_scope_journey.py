"""Two phones and a real server: what a person was granted decides what their phone holds."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mobile_app.services import Services, open_services
from mobile_app.store.queries.upload_states import UploadState
from shared.problems import Problem
from shared.vocabulary import EventType, Role, Status, WaterType
from sync_server.maintenance import people_access, setup
from sync_server.maintenance.people_access import GrantRequest
from sync_server.settings import Settings
from tests.support.served import Served

pytestmark = pytest.mark.anyio

A, B = "441900003", "441900101"
CITY, TOWN = "市级手机", "镇街手机"


@pytest.fixture
def served(data_dir: Path, free_port: int) -> Iterator[Served]:
    server = Served(data_dir, free_port)
    server.start()
    yield server
    server.kill()


async def enrolled(folder: Path, served: Served, name: str) -> Services:
    phone = await open_services(folder)
    await phone.enrol(f"{served.url}/app/?code={served.code()}", name)
    return phone


def grant(served: Served, name: str, *towns: str, role: Role = Role.INSPECTOR) -> None:
    """Give a person a role in these towns, or in all."""
    engine = setup.open_database(Settings.from_environment(served.data, os.environ))
    people_access.change(engine, name, GrantRequest(role, tuple(towns)))
    engine.dispose()


def fields(town: str) -> dict[str, object]:
    return {"water_name": f"水域{town}", "water_type": WaterType.POND, "town_code": town}


async def synced(*phones: Services) -> None:
    for phone in phones:
        await phone.sync_now()
        assert phone.sync.last_problem is None


def held(phone: Services) -> set[str]:
    rows = {row.id for row in phone.hazards()}
    assert len(rows) == phone.hazards_count()
    return rows


async def test_what_leaves_a_phones_towns_leaves_the_phone_and_comes_back_whole(
    tmp_path: Path, served: Served
) -> None:
    city = await enrolled(tmp_path / "city", served, CITY)
    town = await enrolled(tmp_path / "town", served, TOWN)
    grant(served, TOWN, A)
    grant(served, CITY, role=Role.REVIEWER)  # who may move what others have worked on
    stays, moves, elsewhere = [await city.save_hazard(fields(code), []) for code in (A, A, B)]
    await synced(city, town)
    assert held(town) == {stays, moves}
    await town.add_event(moves, EventType.CONTROL, {"comment": "已管控"}, [])
    await synced(town, city)

    await city.save_hazard({"town_code": B}, [], moves)
    await synced(city, town)
    assert held(town) == {stays}
    with pytest.raises(Problem, match="hazard_unknown"):
        town.hazard(moves)
    assert held(city) == {stays, moves, elsewhere}

    await city.save_hazard({"town_code": A}, [], moves)
    await synced(city, town)
    assert held(town) == {stays, moves}
    assert town.hazard(moves).row.status is city.hazard(moves).row.status is Status.CONTROLLED
    assert len(town.hazard(moves).events) == len(city.hazard(moves).events) == 1
    for phone in (city, town):
        await phone.close()


async def test_a_grant_that_changes_changes_what_a_phone_holds_and_loses_no_unsent_work(
    tmp_path: Path, served: Served
) -> None:
    city = await enrolled(tmp_path / "city", served, CITY)
    town = await enrolled(tmp_path / "town", served, TOWN)
    here, there = [await city.save_hazard(fields(code), []) for code in (A, B)]
    mine = await town.save_hazard(fields(B), [])
    await synced(city, town)
    assert held(town) == {here, there, mine}

    await town.save_hazard({"description": "还没有上传"}, [], there)
    grant(served, TOWN, A)
    await synced(town)
    assert held(town) == {here, there}
    assert town.hazard(there).row.upload is not None
    assert town.hazard(there).hazard.description == "还没有上传"
    assert town.hazard(there).hazard.water_name is None

    grant(served, TOWN)
    await synced(town, city)
    assert held(town) == held(city) == {here, there, mine}
    assert town.hazard(there).hazard.water_name == city.hazard(there).hazard.water_name
    for phone in (city, town):
        await phone.close()


async def test_what_is_edited_while_it_moves_out_of_a_phones_towns_is_kept_and_says_why_it_waits(
    tmp_path: Path, served: Served
) -> None:
    city = await enrolled(tmp_path / "city", served, CITY)
    town = await enrolled(tmp_path / "town", served, TOWN)
    grant(served, TOWN, A)
    grant(served, CITY, role=Role.REVIEWER)
    moves = await city.save_hazard(fields(A), [])
    await synced(city, town)
    await city.save_hazard({"town_code": B}, [], moves)
    await synced(city)
    await town.save_hazard({"description": "没有网络时写的"}, [], moves)
    for _ in range(2):
        await synced(town)
        card = town.hazard(moves)
        assert (card.hazard.description, card.row.upload) == ("没有网络时写的", UploadState.FAILED)
        assert [reason.code for reason in card.quarantined] == ["out_of_scope"]
    await synced(city)
    assert city.hazard(moves).hazard.description is None
    for phone in (city, town):
        await phone.close()
