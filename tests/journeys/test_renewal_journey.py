"""A phone whose access was ended while it held unsent saves, and a real server: all of it arrives, once."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from mobile_app.device.photos import PickedPhoto
from mobile_app.services import Services, open_services
from mobile_app.store.queries.upload_states import UploadState
from shared.vocabulary import EventType, PhotoRole, PhotoSource, WaterType
from sync_server.access import devices
from sync_server.database.tables import OperationRow, QuarantineRow
from sync_server.database.transactions import in_transaction
from sync_server.maintenance import setup
from sync_server.settings import Settings
from tests.support import drawn
from tests.support.served import Served

pytestmark = pytest.mark.anyio

FIELDS = {"water_name": "石井塘", "water_type": WaterType.HILL_POND, "town_code": "441900003"}


@pytest.fixture
def served(data_dir: Path, free_port: int) -> Iterator[Served]:
    server = Served(data_dir, free_port)
    server.start()
    yield server
    server.kill()


async def ended_with_unsent(folder: Path, served: Served) -> tuple[Services, str]:
    """A phone revoked between two saves, and the hazard that it saved last, with a photo and a note."""
    phone = await open_services(folder)
    await phone.enrol(f"{served.url}/app/?code={served.code()}", "一号手机")
    await phone.save_hazard({**FIELDS, "water_name": "黄沙河"}, [])
    await phone.sync_now()
    who = phone.identity
    assert who is not None
    engine = setup.open_database(Settings.from_environment(served.data, {}))
    in_transaction(engine, lambda session: devices.revoke(session, who.campaign, who.device, who.person))
    engine.dispose()
    photo = await phone.prepare_photo(
        PickedPhoto(drawn.photo(800, 600, noise=True), "a.jpg", PhotoSource.CAMERA)
    )
    hazard = await phone.save_hazard(FIELDS, [(photo, PhotoRole.BEFORE)])
    await phone.add_event(hazard, EventType.NOTE, {"comment": "岸坡陡"}, [])
    await phone.sync_now()
    assert phone.sync.last_problem is not None
    assert phone.sync.last_problem.code == "token_invalid"
    assert phone.hazard(hazard).row.upload is UploadState.WAITING
    return phone, hazard


def arrived(served: Served) -> tuple[Counter[str], int]:
    """Record → operations on the log that write it, and how many operations were set aside."""
    engine = setup.open_database(Settings.from_environment(served.data, {}))
    records, aside = in_transaction(
        engine,
        lambda session: (
            list(session.exec(select(OperationRow.record))),
            len(list(session.exec(select(col(QuarantineRow.n))))),
        ),
    )
    engine.dispose()
    return Counter(records), aside


async def test_enrolled_again_for_the_same_person_all_arrives_once(tmp_path: Path, served: Served) -> None:
    phone, hazard = await ended_with_unsent(tmp_path / "phone", served)
    who = phone.identity
    assert who is not None
    code = served.command("phone", "code", "--person", who.name).splitlines()[-1]
    enrolment = await phone.renewal.ask(code, "一号手机")
    assert enrolment.answer.person.id == who.person
    await phone.renewal.take(enrolment)
    await phone.sync_now()
    assert phone.sync.last_problem is None
    assert phone.hazard(hazard).row.upload is UploadState.UPLOADED
    assert len(phone.hazards()) == 2
    records, aside = arrived(served)
    assert set(records.values()) == {1}
    assert len(records) == 4  # two hazards, a photo, a note
    assert aside == 0
    await phone.close()


async def test_what_another_person_sends_on_is_kept_for_the_office(tmp_path: Path, served: Served) -> None:
    phone, hazard = await ended_with_unsent(tmp_path / "phone", served)
    await phone.renewal.take(await phone.renewal.ask(served.code(), "二号手机"))
    await phone.sync_now()
    records, aside = arrived(served)
    assert len(records) == 1
    assert aside == 3
    assert phone.hazard(hazard).row.upload is UploadState.FAILED
    assert {why.code for why in phone.hazard(hazard).quarantined} == {"author_foreign"}
    await phone.close()
