"""Rounds with a server that misbehaves: nothing is lost, believed too early, or stored twice."""

import asyncio
import json
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from mobile_app.device.disk import FolderDisk
from mobile_app.device.photos import PickedPhoto, PreparedPhoto
from mobile_app.services import Services
from mobile_app.store.database import meta
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.queries.upload_states import PhotoState, UploadState
from mobile_app.sync.server import read_code
from mobile_app.sync.sync_loop import IDLE_SECONDS
from shared.operations import canonical
from shared.sync.link_quality import Network
from shared.vocabulary import PhotoRole, PhotoSource
from tests.mobile_app.enrolled_store import DEVICE, POND, enrolled, on_folder, operation
from tests.mobile_app.scripted_server import CUT_AFTER, ScriptedServer
from tests.support import drawn

SUCCESSOR = f"{1:016x}"

pytestmark = pytest.mark.anyio


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    scripted = ScriptedServer()
    yield scripted
    scripted.close()


@pytest.fixture
async def phone(tmp_path: Path, server: ScriptedServer) -> AsyncIterator[Services]:
    database = await enrolled(tmp_path, server.url)
    services = on_folder(database, tmp_path)
    yield services
    await services.close()


async def photo(phone: Services, size: int = 400, *, noise: bool = False) -> PreparedPhoto:
    picked = PickedPhoto(drawn.photo(size, size, noise=noise), "a.jpg", PhotoSource.CAMERA)
    return await phone.prepare_photo(picked)


async def saved(phone: Services, size: int = 400, *, noise: bool = False) -> str:
    return await phone.save_hazard(POND, [(await photo(phone, size, noise=noise), PhotoRole.BEFORE)])


def outcome(phone: Services) -> str | None:
    return phone.sync.last_problem.code if phone.sync.last_problem else None


async def test_a_round_brings_records_then_photos(phone: Services, server: ScriptedServer) -> None:
    hazard = await saved(phone)
    await phone.sync_now()
    assert outcome(phone) is None
    row = phone.hazard(hazard).row
    assert (row.upload, row.number, row.photos_done) == (UploadState.UPLOADED, "DG-00001", 1)
    assert phone.sync.last_success is not None
    assert (phone.sync.ops_waiting, phone.sync.photos_waiting, phone.sync.bytes_waiting) == (0, 0, 0)
    kinds = [line.split("/")[-1].split("?")[0] for line in server.asked]
    assert kinds == ["push", "snapshot", "pull", "photos", "u0", "pull"]


async def test_each_contact_says_what_still_waits(phone: Services, server: ScriptedServer) -> None:
    await saved(phone)
    server.fault("PATCH", "broken")
    await phone.sync_now()
    assert server.waiting == ["records=0, photos=1"] * 3  # push, snapshot, pull
    server.waiting.clear()
    await phone.sync_now()
    assert server.waiting == ["records=0, photos=1", "records=0, photos=0"]  # before the photo and after it


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("portal", "not_our_server"),
        ("broken", "not_our_server"),
        ("detour", "not_our_server"),
        ("busy", "overloaded"),
        ("unheard", "server_unreachable"),
        ("unanswered", "server_unreachable"),
    ],
)
@pytest.mark.parametrize("match", ["push", "pull", "POST /api/v1/photos", "PATCH"])
async def test_a_fault_anywhere_costs_only_another_round(
    phone: Services, server: ScriptedServer, match: str, fault: str, code: str
) -> None:
    hazard = await saved(phone)
    server.fault(match, fault)
    if (match, code) == ("PATCH", "server_unreachable"):
        server.fault("HEAD", "unheard")  # else the phone asks how far it came, and goes on at once
    await phone.sync_now()
    assert outcome(phone) == code
    assert phone.hazard(hazard).row.upload is UploadState.WAITING
    await phone.sync_now()
    assert outcome(phone) is None
    assert phone.hazard(hazard).row.upload is UploadState.UPLOADED
    assert len(server.log) == 2
    assert len(server.photos) == 1


async def test_an_upload_goes_on_at_once_where_it_was_cut(phone: Services, server: ScriptedServer) -> None:
    hazard = await saved(phone, 1400, noise=True)
    size = phone.hazard(hazard).photos[0].photo.bytes
    assert size is not None
    assert size > 4 * CUT_AFTER
    server.fault("PATCH", "cut", times=4)
    await phone.sync_now()
    assert outcome(phone) is None
    assert phone.hazard(hazard).row.upload is UploadState.UPLOADED
    assert [line.split()[0] for line in server.asked if "/photos/u0" in line] == ["PATCH", "HEAD"] * 4 + [
        "PATCH"
    ]
    assert server.received == size


async def test_an_upload_goes_on_on_another_day(phone: Services, server: ScriptedServer) -> None:
    hazard = await saved(phone, 1400, noise=True)
    server.fault("PATCH", "cut")
    server.fault("HEAD", "unheard")
    await phone.sync_now()
    assert outcome(phone) == "server_unreachable"
    [upload] = server.uploads.values()
    assert len(upload["data"]) == CUT_AFTER
    assert phone.hazard(hazard).photos[0].state is PhotoState.UPLOADING
    server.asked.clear()
    await phone.sync_now()
    assert phone.hazard(hazard).row.upload is UploadState.UPLOADED
    assert [line.split()[0] for line in server.asked if "photos" in line] == ["HEAD", "PATCH"]


async def test_a_cut_that_lets_nothing_through_ends_the_round(
    phone: Services, server: ScriptedServer
) -> None:
    await saved(phone, 1400, noise=True)
    server.fault("PATCH", "unheard")
    await phone.sync_now()
    assert outcome(phone) == "server_unreachable"
    assert [line.split()[0] for line in server.asked if "/photos/u0" in line] == ["PATCH", "HEAD"]


async def test_a_busy_server_that_is_asked_how_far_an_upload_came_is_no_fault_of_the_phone(
    phone: Services, server: ScriptedServer
) -> None:
    await saved(phone, 1400, noise=True)
    server.fault("PATCH", "cut")
    server.fault("HEAD", "busy")
    await phone.sync_now()
    assert outcome(phone) == "overloaded"
    await phone.sync_now()
    assert outcome(phone) is None


async def test_a_lost_upload_begins_anew(phone: Services, server: ScriptedServer) -> None:
    await saved(phone, 1400, noise=True)
    server.fault("PATCH", "cut")
    server.fault("HEAD", "unheard")
    await phone.sync_now()
    server.uploads.clear()
    await phone.sync_now()
    assert outcome(phone) is None
    assert len(server.photos) == 1


async def test_bytes_that_always_arrive_wrong_are_said_to_fail(
    phone: Services, server: ScriptedServer
) -> None:
    hazard = await saved(phone)
    sha256 = phone.hazard(hazard).photos[0].photo.sha256
    assert sha256 is not None
    photo_files = phone._ports.photo_files
    good = await photo_files.get(sha256)
    await photo_files.put(sha256, b"x" * len(good))
    await phone.sync_now()
    assert outcome(phone) == "photo_hash_mismatch"
    card = phone.hazard(hazard)
    assert card.row.upload is UploadState.FAILED
    assert card.photos[0].why is not None
    await photo_files.put(sha256, good)
    await phone.sync_now()
    assert phone.hazard(hazard).row.upload is UploadState.UPLOADED


async def test_a_refused_operation_does_not_hold_up_others(phone: Services, server: ScriptedServer) -> None:
    server.refuse["photo"] = "role_forbidden"
    first, second = await saved(phone), await phone.save_hazard(POND, [])
    await phone.sync_now()
    assert phone.hazard(first).row.upload is UploadState.FAILED
    assert phone.hazard(first).quarantined[0].code == "role_forbidden"
    assert phone.hazard(second).row.upload is UploadState.UPLOADED


async def test_others_news_come_page_by_page_and_ones_own_change_nothing(
    phone: Services, server: ScriptedServer
) -> None:
    mine = await saved(phone)
    for n in range(1, 8):
        server.store(json.loads(canonical(operation(n, {**POND, "water_name": f"塘{n}"}, hazard=n))))
    await phone.sync_now()
    assert phone.hazards_count() == 8
    assert phone._database.read(meta.progress).cursor == 9
    before = phone.hazard(mine)
    await phone.sync_now()
    assert phone.hazard(mine) == before


async def test_a_restored_server_gets_everything_again(phone: Services, server: ScriptedServer) -> None:
    hazard = await saved(phone)
    await phone.sync_now()
    server.epoch, server.log, server.photos = "second", [], {}
    await phone.sync_now()
    assert outcome(phone) is None
    assert phone.hazard(hazard).row.upload is UploadState.UPLOADED
    assert (len(server.log), len(server.photos)) == (2, 1)


async def test_a_number_that_the_server_knows_otherwise_is_given_up(
    phone: Services, server: ScriptedServer
) -> None:
    hazard = await saved(phone)
    server.store({**json.loads(canonical(operation(1, POND))), "device": DEVICE})
    await phone.sync_now()
    assert outcome(phone) is None
    assert phone.hazard(hazard).row.upload is UploadState.UPLOADED
    assert _keys(server) == [(DEVICE, 1), (SUCCESSOR, 1), (SUCCESSOR, 2)]
    assert server.log[1]["op"]["record"] == hazard
    assert phone.hazards_count() == 2


async def test_the_phone_learns_the_servers_clock(phone: Services, server: ScriptedServer) -> None:
    await saved(phone)
    await phone.sync_now()
    where = phone._database.read(meta.progress)
    there = 1_795_406_400_000
    assert abs(time.time() * 1000 + where.offset_ms - there) < 5_000


async def test_it_syncs_by_itself_on_opening_saving_and_regained_network(
    phone: Services, server: ScriptedServer
) -> None:
    server.fault("push", "unheard")
    first = await saved(phone)
    phone._sync_loop.start()
    await _until(lambda: outcome(phone) == "server_unreachable")
    phone._network(Network.NONE)
    phone._network(Network.WIFI)
    await _until(lambda: phone.hazard(first).row.upload is UploadState.UPLOADED)
    second = await phone.save_hazard(POND, [])
    await _until(lambda: phone.hazard(second).row.upload is UploadState.UPLOADED)


async def _until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.02)


def test_a_code_is_read_from_a_link_and_from_a_hand() -> None:
    assert read_code(" abcd 2345 ") == ("ABCD2345", "")
    assert read_code("https://a.example:8000/app/?code=ABCD2345") == ("ABCD2345", "https://a.example:8000")


async def test_a_phone_restored_from_a_copy_of_itself_loses_nothing(
    tmp_path: Path, server: ScriptedServer
) -> None:
    now, copy = tmp_path / "now", tmp_path / "copy"
    phone = await restored(now, server.url)
    first = await saved(phone)
    await phone.sync_now()
    await phone.close()
    shutil.copytree(now, copy)
    phone = await restored(now)
    second = [await phone.save_hazard({**POND, "water_name": name}, []) for name in ("二", "三", "四")]
    await phone.sync_now()
    await phone.close()

    phone = await restored(copy)  # counts on from an older number
    third = [await phone.save_hazard({**POND, "water_name": name}, []) for name in ("五", "六")]
    await phone.save_hazard({"description": "改"}, [], third[0])
    await phone.sync_now()
    assert outcome(phone) is None
    assert phone.sync.ops_waiting == 0
    assert {row.id for row in phone.hazards()} == {first, *second, *third}
    assert {row["op"]["record"] for row in server.log} >= {first, *second, *third}
    assert phone.hazard(third[0]).hazard.description == "改"
    keys = _keys(server)
    assert len(keys) == len(set(keys)) == 2 + 3 + 3
    assert all(row.upload is UploadState.UPLOADED for row in phone.hazards())
    await phone.close()


def _keys(server: ScriptedServer) -> list[tuple[str, int]]:
    return [(row["op"]["device"], row["op"]["n"]) for row in server.log]


async def restored(folder: Path, origin: str = "") -> Services:
    database = await (enrolled(folder, origin) if origin else PhoneDatabase.open(FolderDisk(folder)))
    return on_folder(database, folder)


@pytest.mark.parametrize("steps", range(5))
async def test_closing_right_after_a_waking_ends_at_once(phone: Services, steps: int) -> None:
    phone._sync_loop.start()
    await _until(lambda: phone.sync.last_success is not None and not phone.sync.running)
    phone._sync_loop.wake()
    for _ in range(steps):
        await asyncio.sleep(0)
    async with asyncio.timeout(IDLE_SECONDS / 10):
        await phone._sync_loop.close()
