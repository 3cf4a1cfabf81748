"""Photos on their way by choice and chance: held for Wi-Fi, failed and sent again, freed and fetched back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flet as ft
import pytest
from sqlmodel import Session, col, create_engine, update

from mobile_app.device.connectivity import network_of
from mobile_app.device.photos import PickedPhoto
from mobile_app.services import Services
from mobile_app.store.database.migrations import STEPS, migrate
from mobile_app.store.database.tables import PhotoFile
from mobile_app.store.queries import photos
from mobile_app.store.queries.titles import Titled
from mobile_app.store.queries.upload_states import PhotoState, UploadState
from mobile_app.sync import sync_loop
from shared.operations import RecordType
from shared.problems import Problem
from shared.sync.link_quality import Network
from shared.vocabulary import PhotoRole, PhotoSource
from tests.mobile_app.enrolled_store import POND, enrolled, on_folder
from tests.mobile_app.scripted_server import Handler, ScriptedServer
from tests.support import drawn

pytestmark = pytest.mark.anyio


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    scripted = ScriptedServer()
    yield scripted
    scripted.close()


@pytest.fixture
async def phone(tmp_path: Path, server: ScriptedServer) -> AsyncIterator[Services]:
    services = on_folder(await enrolled(tmp_path, server.url), tmp_path)
    yield services
    await services.close()


async def saved(phone: Services, seed: int = 0) -> tuple[str, str]:
    """(hazard, its photo's SHA-256)."""
    picked = PickedPhoto(drawn.photo(400, 400, seed=seed), "a.jpg", PhotoSource.CAMERA)
    photo = await phone.prepare_photo(picked)
    return await phone.save_hazard(POND, [(photo, PhotoRole.BEFORE)]), photo.sha256


def state(phone: Services, hazard: str) -> PhotoState:
    return phone.hazard(hazard).photos[0].state


async def until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.02)


async def test_a_photo_is_local_until_its_record_is_sent(phone: Services, server: ScriptedServer) -> None:
    hazard, _ = await saved(phone)
    assert state(phone, hazard) is PhotoState.LOCAL
    server.fault("POST /api/v1/photos", "unheard")
    await phone.sync_now()
    assert state(phone, hazard) is PhotoState.WAITING
    await phone.sync_now()
    assert state(phone, hazard) is PhotoState.DELIVERED


async def test_over_mobile_data_records_go_and_photos_wait_for_wifi(
    phone: Services, server: ScriptedServer
) -> None:
    await phone.sending.choose_wifi_only(True)
    phone._network(Network.MOBILE)
    hazard, _ = await saved(phone)
    await phone.sync_now()
    assert phone.sync.last_problem is None
    assert (len(server.log), server.photos) == (2, {})
    assert (phone.sync.held, phone.sync.photos_waiting) == (True, 1)
    assert phone.hazard(hazard).row.upload is UploadState.WAITING
    phone._network(Network.WIFI)
    assert not phone.sync.held
    await phone.sync_now()
    assert phone.hazard(hazard).row.upload is UploadState.UPLOADED


async def test_held_photos_go_when_a_person_says_so_and_only_those(
    phone: Services, server: ScriptedServer
) -> None:
    await phone.sending.choose_wifi_only(True)
    phone._network(Network.MOBILE)
    await saved(phone)
    await phone.sending.send_held()
    await phone.sync_now()
    assert len(server.photos) == 1
    await saved(phone, seed=1)
    await phone.sync_now()
    assert len(server.photos) == 1
    assert phone.sync.held


async def test_where_the_network_is_not_known_photos_go(phone: Services, server: ScriptedServer) -> None:
    await phone.sending.choose_wifi_only(True)
    phone._network(Network.UNKNOWN)
    await saved(phone)
    await phone.sync_now()
    assert len(server.photos) == 1


@pytest.mark.parametrize(
    ("words", "network"),
    [
        (["wifi"], Network.WIFI),
        (["mobile", "wifi"], Network.WIFI),
        (["ethernet"], Network.WIFI),
        (["mobile", "vpn"], Network.MOBILE),
        (["vpn"], Network.UNKNOWN),
        (["none"], Network.NONE),
        ([], Network.NONE),
    ],
)
def test_what_the_device_says_of_its_network(words: list[str], network: Network) -> None:
    assert network_of([ft.ConnectivityType(word) for word in words]) is network


async def test_one_failed_photo_is_sent_again_and_the_others_stay(
    phone: Services, server: ScriptedServer, tmp_path: Path
) -> None:
    places = [await saved(phone, seed) for seed in (0, 1)]
    kept = {sha256: (tmp_path / "photos" / sha256).read_bytes() for _, sha256 in places}
    for sha256 in kept:
        await phone._ports.photo_files.remove(sha256)
    await phone.sync_now()
    failed = phone.sending.failures(9)
    assert [photo.owner for photo in failed] == [
        Titled(hazard, RecordType.HAZARD, "石井塘") for hazard, _ in places
    ]
    assert {photo.why.code for photo in failed} == {"photo_gone"}
    assert all(phone.hazard(hazard).row.upload is UploadState.FAILED for hazard, _ in places)
    for sha256, data in kept.items():
        await phone._ports.photo_files.put(sha256, data)
    phone._sync_loop.start()
    await phone.sending.retry(places[1][1])
    await until(lambda: state(phone, places[1][0]) is PhotoState.DELIVERED)
    assert state(phone, places[0][0]) is PhotoState.FAILED
    await phone.sending.retry()
    await until(lambda: state(phone, places[0][0]) is PhotoState.DELIVERED)


def delivered_long_ago(session: Session) -> None:
    session.execute(
        update(PhotoFile)
        .where(col(PhotoFile.delivered_at).is_not(None))
        .values(delivered_at="2026-01-01T00:00:00+00:00")
    )


async def test_originals_stay_unless_the_person_chose_otherwise_and_the_server_has_them(
    phone: Services, server: ScriptedServer
) -> None:
    old, sha_old = await saved(phone)
    await phone.sync_now()
    await phone._database.write(delivered_long_ago)
    await phone.sync_now()
    assert sha_old in await phone._ports.photo_files.names()

    server.fault("PATCH", "broken")
    waiting, sha_waiting = await saved(phone, seed=1)
    await phone.sync_now()
    count, size = phone.sending.freeable(30)
    assert (count, size) == (1, len(server.photos[sha_old]))
    await phone.sending.choose_freeing(30)
    names = await phone._ports.photo_files.names()
    assert sha_old not in names
    assert f"{sha_old}.preview" in names
    assert sha_waiting in names
    assert phone.sending.freeable(30) == (0, 0)
    assert phone.hazard(old).photos[0].freed
    assert phone.hazard(old).row.upload is UploadState.UPLOADED

    await phone.sync_now()  # delivers what waited; it is too young to be freed
    assert state(phone, waiting) is PhotoState.DELIVERED
    assert sha_waiting in await phone._ports.photo_files.names()
    await phone._database.write(delivered_long_ago)
    await phone.sync_now()
    assert sha_waiting not in await phone._ports.photo_files.names()


async def test_a_freed_photo_is_fetched_back_when_it_is_opened_large(
    phone: Services, server: ScriptedServer
) -> None:
    _, sha256 = await saved(phone)
    await phone.sync_now()
    await phone._database.write(delivered_long_ago)
    await phone.sending.choose_freeing(30)
    assert await phone.pictures.large(sha256) == server.photos[sha256]
    assert sha256 not in await phone._ports.photo_files.names()
    assert await phone.pictures.small(sha256)
    server.photos.clear()
    with pytest.raises(Problem) as met:
        await phone.pictures.large(sha256)
    assert met.value.code == "photo_not_here"


async def test_a_freed_photo_that_a_restored_server_lacks_is_said_to_be_gone(
    phone: Services, server: ScriptedServer
) -> None:
    hazard, sha256 = await saved(phone)
    await phone.sync_now()
    await phone._database.write(delivered_long_ago)
    await phone.sending.choose_freeing(30)
    there = server.photos.pop(sha256)
    server.epoch, server.log = "second", []
    await phone.sync_now()
    assert phone.sync.last_problem is not None
    assert phone.sync.last_problem.code == "photo_gone"
    assert phone.hazard(hazard).row.upload is UploadState.FAILED
    server.photos[sha256] = there
    await phone.sync_now()
    assert phone.hazard(hazard).row.upload is UploadState.UPLOADED


async def test_the_link_is_measured_by_what_is_sent(phone: Services, server: ScriptedServer) -> None:
    def quality() -> str:
        return phone.sync.link.quality.value

    assert quality() == "unknown"
    await saved(phone)
    await phone.sync_now()
    assert quality() == "good"
    assert phone.sync.link.seconds is not None
    server.fault("", "unheard", times=9)
    for _ in range(3):
        await phone.sync_now()
    assert quality() == "none"


async def test_it_syncs_on_return_to_the_foreground_and_at_intervals(
    phone: Services, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone._sync_loop.start()
    await until(lambda: "pull" in "".join(server.asked) and not phone.sync.running)
    server.asked.clear()
    phone.resumed()
    await until(lambda: len(server.asked) == 1 and not phone.sync.running)
    monkeypatch.setattr(sync_loop, "IDLE_SECONDS", 0.01)
    phone.resumed()  # the pause that runs is still the long one
    await until(lambda: len(server.asked) > 4)


async def test_a_link_that_carries_something_before_each_cut_is_not_rested_from(
    phone: Services, server: ScriptedServer
) -> None:
    for _ in range(4):
        server.fault("push", "unheard")
        await saved(phone)
        await phone.sync_now()
    assert phone._sync_loop._failures == 4
    server.fault("POST /api/v1/photos", "unheard")
    await phone.sync_now()
    assert phone._sync_loop._failures == 1


def test_what_an_older_phone_had_delivered_counts_from_today() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        migrate(connection, STEPS[:1])
        connection.exec_driver_sql(
            "INSERT INTO photo_file (sha256, record, mime, bytes, n, state, sent) VALUES"
            " ('a', 'r', 'image/jpeg', 9, 1, 'delivered', 9), ('b', 'r', 'image/jpeg', 9, 2, 'waiting', 0)"
        )
        migrate(connection)
        rows = connection.exec_driver_sql("SELECT delivered_at, freed FROM photo_file ORDER BY n").all()
    assert [(bool(at), freed) for at, freed in rows] == [(True, 0), (False, 0)]
    assert datetime.now(UTC) - datetime.fromisoformat(rows[0][0]) < timedelta(minutes=5)


async def test_what_is_said_of_another_photo_of_the_same_size_delivers_none(
    phone: Services, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hazard, sha256 = await saved(phone)
    name, length = "0" * 64, str(phone._database.read(photos.waiting)[0].bytes)
    whole = {"Anlan-Api": "v1", "Location": f"/api/v1/photos/{name}", "Upload-Offset": length}
    with monkeypatch.context() as other:
        other.setattr(Handler, "create", lambda handler: handler.answer(201, b"", whole))
        await phone.sync_now()
    assert state(phone, hazard) is not PhotoState.DELIVERED
    await phone.sync_now()
    assert (state(phone, hazard), list(server.photos)) == (PhotoState.DELIVERED, [sha256])
