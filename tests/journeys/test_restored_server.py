"""A server restored from an older copy gets everything back from the phones, nothing twice."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mobile_app.device.photos import PickedPhoto
from mobile_app.services import Services, open_services
from mobile_app.store.queries.upload_states import PhotoState, UploadState
from shared.vocabulary import EventType, PhotoRole, PhotoSource
from tests.support import drawn
from tests.support.served import Served

pytestmark = pytest.mark.anyio

FIELDS = {"water_name": "石井塘", "water_type": "pond", "town_code": "441900003"}


@pytest.fixture
def served(data_dir: Path, free_port: int) -> Iterator[Served]:
    server = Served(data_dir, free_port)
    server.start()
    yield server
    server.kill()


async def _enrolled(folder: Path, served: Served, name: str) -> Services:
    phone = await open_services(folder)
    await phone.enrol(f"{served.url}/app/?code={served.code()}", name)
    return phone


async def _save(phone: Services, name: str, seed: int) -> str:
    picked = PickedPhoto(drawn.photo(600, 400, seed=seed, noise=True), "a.jpg", PhotoSource.CAMERA)
    photo = await phone.prepare_photo(picked)
    return await phone.save_hazard({**FIELDS, "water_name": name}, [(photo, PhotoRole.BEFORE)])


async def _sync(*phones: Services) -> None:
    for phone in phones:
        await phone.sync_now()
        assert phone.sync.last_problem is None, phone.sync.last_problem


def _log(served: Served) -> list[tuple[str, str, str]]:
    """(device, record, kind) of all that is on the log, in order."""
    with closing(sqlite3.connect(served.data / "anlan.sqlite3")) as database:
        return database.execute("SELECT device, record, kind FROM operation ORDER BY seq").fetchall()


def _epoch(served: Served) -> str:
    with closing(sqlite3.connect(served.data / "anlan.sqlite3")) as database:
        found: str = database.execute("SELECT epoch FROM campaign").fetchone()[0]
        return found


def _copy(served: Served, into: Path) -> None:
    served.kill()
    shutil.copytree(served.data, into)
    served.start()


def _put_back(served: Served, kept: Path) -> None:
    served.kill()
    shutil.rmtree(served.data)
    shutil.copytree(kept, served.data)
    served.start()


async def test_a_server_put_back_unannounced_has_everything_of_all_phones_again(
    tmp_path: Path, served: Served
) -> None:
    one = await _enrolled(tmp_path / "one", served, "一号手机")
    two = await _enrolled(tmp_path / "two", served, "二号手机")
    hazards = [await _save(one, "一", 1), await _save(two, "二", 2)]
    await _sync(one, two, one)
    kept = tmp_path / "kept"
    _copy(served, kept)
    epoch = _epoch(served)

    hazards += [await _save(one, "三", 3), await _save(two, "四", 4)]
    await one.save_hazard({"description": "无护栏"}, [], hazards[1])
    await two.add_event(hazards[0], EventType.PATROL, {}, [])
    await _sync(one, two, one)
    before = _log(served)
    _put_back(served, kept)
    assert len(_log(served)) < len(before)

    hazards.append(await _save(two, "五", 5))  # saved while nobody knew
    await _sync(two, one, two, one)
    assert _epoch(served) != epoch
    after = _log(served)
    assert not Counter(before) - Counter(after)
    assert len(after) == len(before) + 2
    for phone in (one, two):
        rows = phone.hazards()
        assert {row.id for row in rows} == set(hazards)
        assert {row.upload for row in rows} == {UploadState.UPLOADED}
        assert {row.conflicts for row in rows} == {0}
        assert phone.hazard(hazards[1]).hazard.description == "无护栏"
        assert len(phone.hazard(hazards[0]).events) == 1
        assert all(
            phone.hazard(hazard).photos[0].state in (PhotoState.DELIVERED, PhotoState.REMOTE)
            for hazard in hazards
        )
        for hazard in hazards:
            sha256 = phone.hazard(hazard).photos[0].photo.sha256
            assert sha256 is not None
            assert await phone._sync_loop.preview(sha256)
        await phone.close()


async def test_two_copies_of_a_phone_go_on_side_by_side(tmp_path: Path, served: Served) -> None:
    one = await _enrolled(tmp_path / "one", served, "一号手机")
    first = await _save(one, "一", 1)
    await _sync(one)
    await one.close()
    shutil.copytree(tmp_path / "one", tmp_path / "copy")
    one, copy = await open_services(tmp_path / "one"), await open_services(tmp_path / "copy")
    second, third = await _save(one, "二", 2), await _save(copy, "三", 3)
    await copy.save_hazard({"description": "深"}, [], first)
    await _sync(one, copy, one)
    log = _log(served)
    assert len(log) == len(set(log)) == 2 + 2 + 2 + 1
    assert len({device for device, _, _ in log}) == 2
    for phone in (one, copy):
        assert {row.id for row in phone.hazards()} == {first, second, third}
        assert {row.upload for row in phone.hazards()} == {UploadState.UPLOADED}
        assert phone.hazard(first).hazard.description == "深"
        assert phone.hazard(first).row.conflicts == 0
        await phone.close()
    again = await open_services(tmp_path / "copy")
    await again.save_hazard({"description": "更深"}, [], first)
    await _sync(again)
    assert again.hazard(first).hazard.description == "更深"
    assert again.hazard(first).row.conflicts == 0
    await again.close()


async def test_a_phone_that_wants_one_town_gets_it_and_keeps_its_own(tmp_path: Path, served: Served) -> None:
    one = await _enrolled(tmp_path / "one", served, "一号手机")
    two = await _enrolled(tmp_path / "two", served, "二号手机")
    here = await _save(one, "一", 1)
    there = await one.save_hazard({**FIELDS, "town_code": "441900004"}, [])
    mine = await two.save_hazard({**FIELDS, "town_code": "441900005"}, [])
    await _sync(one, two, one)
    assert two.hazards_count() == 3
    await two.choose_towns(["441900003"])
    await _sync(two)
    assert {row.id for row in two.hazards()} == {here, mine}
    await one.save_hazard({"town_code": "441900003"}, [], there)  # comes into the scope with its past
    await one.save_hazard({"description": "别人的"}, [], mine)
    await _sync(one, two)
    assert {row.id for row in two.hazards()} == {here, mine, there}
    assert two.hazard(there).hazard.water_name == "石井塘"
    await two.save_hazard({"description": "自己的"}, [], mine)  # has not seen what the other wrote there
    await _sync(two, one)
    assert set(one.hazard(mine).conflicts) == {"description"}
    await two.choose_towns([])
    await _sync(two)
    assert set(two.hazard(mine).conflicts) == {"description"}
    await one.close()
    await two.close()
