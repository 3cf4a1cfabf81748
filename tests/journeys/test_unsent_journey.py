"""What a phone cannot send travels as a file: the office has it, once, and the phone still has it too."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from mobile_app.device.photos import PickedPhoto
from mobile_app.ports import device_ports
from mobile_app.services import Services
from mobile_app.store.queries.upload_states import UploadState
from shared.vocabulary import PhotoRole, PhotoSource, WaterType
from sync_server.access import devices
from sync_server.database.tables import OperationRow, PhotoFileRow, QuarantineRow
from sync_server.database.transactions import in_transaction
from sync_server.maintenance import setup
from sync_server.settings import Settings
from tests.support import drawn
from tests.support.scripted_phone import ScriptedSaver
from tests.support.served import Served
from tests.support.unsent import imported_at, office_cookies

pytestmark = pytest.mark.anyio

FIELDS = {"water_name": "石井塘", "water_type": WaterType.HILL_POND, "town_code": "441900003"}


@pytest.fixture
def served(data_dir: Path, free_port: int) -> Iterator[Served]:
    server = Served(data_dir, free_port)
    server.start()
    yield server
    server.kill()


@contextmanager
def database(served: Served) -> Iterator[Session]:
    engine = setup.open_database(Settings.from_environment(served.data, {}))
    with Session(engine) as session:
        yield session
    engine.dispose()


async def phone_with_unsent(folder: Path, served: Served, saver: ScriptedSaver) -> Services:
    """A phone that knows the office's key and saved a hazard with two photos out of reach of the server."""
    ports = replace(await device_ports(folder), saver=saver)
    phone = await Services.open(ports)
    await phone.enrol(f"{served.url}/app/?code={served.code()}", "一号手机")
    await phone.sync_now()
    assert phone.sync.last_problem is None
    served.kill()
    photos = [
        await phone.prepare_photo(
            PickedPhoto(drawn.photo(1600, 1200, seed=seed, noise=True), "a.jpg", PhotoSource.CAMERA)
        )
        for seed in (1, 2)
    ]
    await phone.save_hazard(FIELDS, [(photo, PhotoRole.BEFORE) for photo in photos])
    served.start()
    return phone


async def test_the_file_brings_everything_and_the_phone_later_adds_nothing(
    tmp_path: Path, served: Served
) -> None:
    saver = ScriptedSaver()
    phone = await phone_with_unsent(tmp_path / "phone", served, saver)
    [file] = await phone.unsent.files()
    assert await phone.unsent.save(file, 1, 1)
    [data] = saver.saved.values()
    assert abs(len(data) - file.size) < file.size // 50
    cookies = office_cookies(served)
    said = imported_at(served, cookies, data)
    assert "新收下 3" in said
    assert "新收下 2" in said
    with database(served) as session:
        assert len(session.exec(select(OperationRow)).all()) == 3
        assert len(session.exec(select(PhotoFileRow)).all()) == 2
        assert not session.exec(select(QuarantineRow)).all()
    [row] = phone.hazards()
    assert row.upload is UploadState.WAITING
    await phone.sync_now()
    assert phone.sync.last_problem is None
    [row] = phone.hazards()
    assert row.upload is UploadState.UPLOADED
    with database(served) as session:
        assert len(session.exec(select(OperationRow)).all()) == 3
    assert "以前已收下 3" in imported_at(served, cookies, data)
    await phone.close()


async def test_what_an_ended_phone_hands_in_waits_and_is_answered_when_it_is_enrolled_again(
    tmp_path: Path, served: Served
) -> None:
    saver = ScriptedSaver()
    phone = await phone_with_unsent(tmp_path / "phone", served, saver)
    who = phone.identity
    assert who is not None
    engine = setup.open_database(Settings.from_environment(served.data, {}))
    in_transaction(engine, lambda session: devices.revoke(session, who.campaign, who.device, who.person))
    engine.dispose()
    await phone.sync_now()
    assert phone.sync.last_problem is not None
    [file] = await phone.unsent.files()
    await phone.unsent.save(file, 1, 1)
    assert "待核查 3" in imported_at(served, office_cookies(served), saver.saved.popitem()[1])
    with database(served) as session:
        assert not session.exec(select(OperationRow)).all()
        assert set(session.exec(select(col(QuarantineRow.code)))) == {"access_ended"}
    code = served.command("phone", "code", "--person", who.name).splitlines()[-1]
    await phone.renewal.take(await phone.renewal.ask(code, "一号手机"))
    await phone.sync_now()
    [row] = phone.hazards()
    assert {why.code for why in phone.hazard(row.id).quarantined} == {"access_ended"}
    await phone.close()
