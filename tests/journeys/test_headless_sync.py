"""Two phones without screens and a real server: what one saved in the field, the other rectifies."""

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from mobile_app.device.photos import PickedPhoto, PreparedPhoto
from mobile_app.services import Services, open_services
from mobile_app.store.queries.upload_states import PhotoState, UploadState
from shared.vocabulary import KitState, PhotoRole, PhotoSource, Status, WaterType
from tests.support import drawn
from tests.support.faulty_link import Faults, FaultyLink
from tests.support.served import Served

pytestmark = pytest.mark.anyio

FIELDS = {
    "water_name": "石井塘",
    "water_type": WaterType.HILL_POND,
    "town_code": "441900003",
    "address": "村口向东两百米",
    "description": "无护栏,岸坡陡",
    "position": {"lat": 23.03, "lon": 113.78, "accuracy_m": 6.0},
    "kit_ring": {"state": KitState.MISSING},
}


@pytest.fixture
def served(data_dir: Path, free_port: int) -> Iterator[Served]:
    server = Served(data_dir, free_port)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def link(served: Served) -> Iterator[FaultyLink]:
    """The way of a phone to the server."""
    with FaultyLink(served.port) as made:
        yield made


async def _photo(phone: Services, seed: int) -> PreparedPhoto:
    return await phone.prepare_photo(
        PickedPhoto(drawn.photo(2600, 1900, seed=seed, noise=True), "a.jpg", PhotoSource.CAMERA)
    )


async def _enrolled(folder: Path, served: Served, name: str) -> Services:
    phone = await open_services(folder)
    await phone.enrol(f"{served.url}/app/?code={served.code()}", name)
    return phone


def _original(served: Served, phone: Services, sha256: str) -> bytes:
    assert phone.identity is not None
    answer = requests.get(
        f"{served.url}/api/v1/photos/{sha256}/original",
        headers={"Authorization": f"Bearer {phone.identity.token}"},
        timeout=10,
    )
    assert answer.status_code == 200
    return answer.content


def _received(served: Served) -> int:
    """How many bytes of uploads under way the server has on its disk."""
    return sum(part.stat().st_size for part in served.data.glob("photos/partial/*"))


async def test_saved_without_a_server_then_synced_and_rectified_by_another(
    tmp_path: Path, served: Served
) -> None:
    first = await _enrolled(tmp_path / "first", served, "一号手机")
    served.kill()

    photo = await _photo(first, 1)
    assert max(photo.width, photo.height) == 2048
    hazard = await first.save_hazard(FIELDS, [(photo, PhotoRole.BEFORE)])
    await first.sync_now()
    assert first.sync.last_problem is not None
    assert first.sync.last_problem.code == "server_unreachable"
    await first.close()

    first = await open_services(tmp_path / "first")
    [row] = first.hazards("石井")
    assert (row.id, row.upload, row.number) == (hazard, UploadState.WAITING, None)
    assert (row.photos_done, row.photos_total) == (0, 1)
    assert await first.pictures.small(photo.sha256)

    served.start()
    await first.sync_now()
    assert first.sync.last_problem is None
    [row] = first.hazards()
    assert row.upload is UploadState.UPLOADED
    assert (row.photos_done, row.photos_total) == (1, 1)
    assert row.number is not None
    assert row.number.startswith("DG-441900003-")
    assert hashlib.sha256(_original(served, first, photo.sha256)).hexdigest() == photo.sha256

    second = await _enrolled(tmp_path / "second", served, "二号手机")
    await second.sync_now()
    assert second.sync.last_problem is None
    card = second.hazard(hazard)
    assert card.row.number == row.number
    assert card.hazard.water_name == "石井塘"
    assert card.hazard.kit_ring is not None
    assert card.photos[0].state is PhotoState.REMOTE
    assert (await second.pictures.small(photo.sha256))[:3] == b"\xff\xd8\xff"

    after = await _photo(second, 2)
    await second.rectify(hazard, {"measures_done": "已加装护栏"}, [(after, PhotoRole.AFTER)], submit=True)
    await second.sync_now()
    assert second.sync.last_problem is None
    assert second.hazard(hazard).row.upload is UploadState.UPLOADED

    await first.sync_now()
    card = first.hazard(hazard)
    assert card.row.status is Status.PENDING_ACCEPTANCE
    assert [photo.photo.role for photo in card.photos] == [PhotoRole.BEFORE, PhotoRole.AFTER]
    assert card.row.conflicts == 0
    await first.close()
    await second.close()


async def test_an_upload_outlives_the_servers_and_the_phones_death(
    tmp_path: Path, served: Served, link: FaultyLink
) -> None:
    phone = await open_services(tmp_path / "phone")
    await phone.enrol(f"{link.url}/app/?code={served.code()}", "一号手机")
    link.turn(Faults(up_rate=400_000, cut_up=300_000))
    photo = await _photo(phone, 3)
    hazard = await phone.save_hazard(FIELDS, [(photo, PhotoRole.BEFORE)])
    exchange = asyncio.create_task(phone.sync_now())
    while not (link.carried.did["cut"] and _received(served)) or (
        phone.hazard(hazard).row.upload is not UploadState.UPLOADING
    ):
        assert phone.hazard(hazard).row.upload is not UploadState.UPLOADED
        if exchange.done():  # it gives up where the server has not seen the cut when it is asked again
            exchange = asyncio.create_task(phone.sync_now())
        await asyncio.sleep(0.01)
    served.kill()
    await exchange
    await phone.close()

    phone = await open_services(tmp_path / "phone")
    before = phone.hazard(hazard).photos[0]
    assert before.state is PhotoState.UPLOADING
    assert before.sent < photo.bytes
    assert phone.hazard(hazard).row.upload is UploadState.WAITING
    served.start()
    link.turn(Faults())
    carried = link.carried.bodies["PATCH photos"]
    await phone.sync_now()
    assert link.carried.bodies["PATCH photos"] - carried < photo.bytes  # it went on where it was
    assert phone.sync.last_problem is None
    assert phone.hazard(hazard).row.upload is UploadState.UPLOADED
    assert hashlib.sha256(_original(served, phone, photo.sha256)).hexdigest() == photo.sha256
    await phone.close()
