"""First contact and recovery: a restored server, a copied phone, an office that decides."""

import json
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from mobile_app.device.clock import Clock
from mobile_app.device.disk import FolderDisk
from mobile_app.device.photos import PickedPhoto
from mobile_app.services import Services
from mobile_app.store.database import meta
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.log import outbox
from mobile_app.store.queries.upload_states import PhotoState, UploadState
from mobile_app.sync.sync_round import SyncRound
from mobile_app.sync.upload import UploadTuning
from shared.operations import GENESIS, Kind, RecordType, canonical
from shared.vocabulary import EventType, PhotoRole, PhotoSource
from tests.mobile_app.enrolled_store import (
    DEVICE,
    NOON,
    OTHER,
    POND,
    enrolled,
    on_folder,
    operation,
    photo_fields,
    record,
)
from tests.mobile_app.scripted_server import ScriptedServer
from tests.support import drawn

pytestmark = pytest.mark.anyio


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    scripted = ScriptedServer()
    yield scripted
    scripted.close()


@pytest.fixture
async def phone(tmp_path: Path, server: ScriptedServer) -> AsyncIterator[Services]:
    services = await opened(tmp_path / "phone", server.url)
    yield services
    await services.close()


async def opened(folder: Path, origin: str = "") -> Services:
    database = await (enrolled(folder, origin) if origin else PhoneDatabase.open(FolderDisk(folder)))
    return on_folder(database, folder)


async def saved(phone: Services, name: str = "一", seed: int = 0) -> str:
    photo = await phone.prepare_photo(
        PickedPhoto(drawn.photo(400, 400, seed=seed), "a.jpg", PhotoSource.CAMERA)
    )
    return await phone.save_hazard({**POND, "water_name": name}, [(photo, PhotoRole.BEFORE)])


def outcome(phone: Services) -> str | None:
    return phone.sync.last_problem.code if phone.sync.last_problem else None


def progress(phone: Services) -> meta.Progress:
    return phone._database.read(meta.progress)


def others(server: ScriptedServer, amount: int) -> None:
    for n in range(1, amount + 1):
        one = operation(n, {**POND, "water_name": f"塘{n}"}, hazard=n)
        server.store(json.loads(canonical(one)))


def raw(n: int, fields: dict[str, Any], **other: Any) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(canonical(operation(n, fields, **other)))
    return said


def asked(server: ScriptedServer) -> list[str]:
    return [line.split("?")[0].split("/")[-1] for line in server.asked]


def keys(server: ScriptedServer) -> list[tuple[str, int]]:
    return [(row["op"]["device"], row["op"]["n"]) for row in server.log]


async def test_a_first_contact_reads_the_records_and_then_the_log_from_there(
    phone: Services, server: ScriptedServer
) -> None:
    others(server, 7)
    photo = {**photo_fields(), "hazard": record(1)}
    server.store(raw(8, photo, hazard=50, type=RecordType.PHOTO, kind=Kind.ATTACH))
    server.names = {OTHER: {"person": "李四", "name": "旧手机"}}
    await phone.sync_now()
    assert outcome(phone) is None
    assert asked(server) == ["snapshot"] * 3 + ["pull"]
    assert phone.hazards_count() == 7
    assert phone.hazard(record(1)).photos[0].state is PhotoState.REMOTE
    assert phone.hazard(record(1)).row.number == "DG-00001"
    where = progress(phone)
    assert (where.cursor, where.fingerprint, where.snapshot) == (8, server.tip(8), None)
    server.asked.clear()
    await phone.sync_now()
    assert asked(server) == ["pull"]


async def test_a_reading_that_was_cut_goes_on_where_it_was(
    tmp_path: Path, phone: Services, server: ScriptedServer
) -> None:
    others(server, 8)
    server.fault("snapshot", "")
    server.fault("snapshot", "unheard")
    await phone.sync_now()
    assert outcome(phone) == "server_unreachable"
    assert (progress(phone).cursor, progress(phone).snapshot) == (0, f"hazard/{record(3)}")
    await phone.close()
    server.store(raw(9, {"description": "后来"}, hazard=1))
    server.asked.clear()
    again = await opened(tmp_path / "phone")
    await again.sync_now()
    assert outcome(again) is None
    assert asked(server) == ["snapshot", "snapshot", "pull"]
    assert again.hazards_count() == 8
    assert again.hazard(record(1)).hazard.description == "后来"
    await again.close()


async def test_what_is_written_during_a_reading_claims_what_was_read_and_no_more(
    phone: Services, server: ScriptedServer
) -> None:
    others(server, 8)
    server.fault("snapshot", "")
    server.fault("snapshot", "unheard")
    await phone.sync_now()
    await phone.save_hazard({"description": "读过的"}, [], record(1))
    await phone.save_hazard({**POND, "water_name": "新"}, [])
    offers = phone._database.read(lambda session: outbox.unsent(session, 9))
    said = [json.loads(offer.wire) for offer in offers]
    assert [(one["base"], one["tip"]) for one in said] == [(8, server.tip(8)), (0, GENESIS)]
    await phone.sync_now()
    assert outcome(phone) is None
    assert phone.hazard(record(1)).row.conflicts == 0


async def test_a_server_put_back_without_a_word_gets_everything_again(
    phone: Services, server: ScriptedServer
) -> None:
    first = await saved(phone, "一", 1)
    await phone.sync_now()
    kept = [*server.log], dict(server.photos)
    second = await saved(phone, "二", 2)
    await phone.sync_now()
    server.log, server.photos = kept
    await phone.sync_now()  # what the phone had acknowledged is not in its place
    assert outcome(phone) is None
    assert [row["op"]["record"] for row in server.log if row["op"]["type"] == "hazard"] == [first, second]
    assert len(server.photos) == 2
    assert all(row.upload is UploadState.UPLOADED for row in phone.hazards())


async def test_acknowledged_beyond_the_cursor_and_then_lost_is_offered_again(
    phone: Services, server: ScriptedServer
) -> None:
    others(server, 2)
    await phone.sync_now()
    hazard = await phone.save_hazard(POND, [])
    server.fault("pull", "unheard")
    await phone.sync_now()
    del server.log[2:]
    server.store(raw(3, POND, hazard=3))
    await phone.sync_now()
    assert outcome(phone) is None
    assert [row["op"]["record"] for row in server.log] == [record(1), record(2), record(3), hazard]
    assert {row.id for row in phone.hazards()} == {record(1), record(2), record(3), hazard}


async def test_reading_anew_notices_that_the_log_lost_what_was_acknowledged(
    phone: Services, server: ScriptedServer
) -> None:
    others(server, 1)
    await phone.sync_now()
    await phone.save_hazard({"description": "深"}, [], record(1))
    await phone.sync_now()
    del server.log[1:]
    await phone.choose_towns(["441900003"])
    await phone.sync_now()
    assert outcome(phone) is None
    assert len(server.log) == 2
    assert phone.hazard(record(1)).hazard.description == "深"


async def test_what_the_old_log_counted_says_nothing_of_the_new_one(
    phone: Services, server: ScriptedServer
) -> None:
    others(server, 3)
    await phone.sync_now()
    await phone.save_hazard({"description": "我写的"}, [], record(1))
    await phone.sync_now()
    server.log, server.epoch = [], "second"
    server.store(raw(9, POND, hazard=1))
    server.store(raw(10, {"description": "别人后来写的"}, hazard=1))
    server.fault("push", "unheard", times=2)
    await phone.sync_now()
    await phone.sync_now()
    assert outcome(phone) == "server_unreachable"
    who = phone._database.read(meta.identity)
    assert who is not None
    sync_round = SyncRound(
        phone._database,
        phone._ports.photo_files,
        phone._sync_loop._server(who),
        who,
        phone.sync,
        Clock(),
        UploadTuning(),
    )
    while progress(phone).snapshot is not None:
        await sync_round._read()
    assert set(phone.hazard(record(1)).conflicts) == {"description"}


async def test_what_a_copy_wrote_comes_by_pulling_and_both_go_on(
    tmp_path: Path, server: ScriptedServer
) -> None:
    one = await opened(tmp_path / "one", server.url)
    first = await saved(one)
    await one.sync_now()
    await one.close()
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    one, two = await opened(tmp_path / "one"), await opened(tmp_path / "two")
    second = await saved(one, "二", 2)
    await one.sync_now()
    await two.sync_now()  # sees what it never made under its own name
    assert outcome(two) is None
    third = await saved(two, "三", 3)
    await two.save_hazard({"description": "乙"}, [], first)
    await one.save_hazard({"description": "甲"}, [], second)
    for _ in range(2):
        for phone in (one, two):
            await phone.sync_now()
            assert outcome(phone) is None
    for phone in (one, two):
        assert {row.id for row in phone.hazards()} == {first, second, third}
        assert phone.hazard(first).hazard.description == "乙"
        assert phone.hazard(second).hazard.description == "甲"
        assert all(row.upload is UploadState.UPLOADED for row in phone.hazards())
    assert len(keys(server)) == len(set(keys(server)))
    assert {device for device, _ in keys(server)} == {DEVICE, f"{1:016x}"}
    await one.close()
    await two.close()


async def test_two_copies_survive_a_server_put_back_to_before_them(
    tmp_path: Path, server: ScriptedServer
) -> None:
    one = await opened(tmp_path / "one", server.url)
    first = await saved(one)
    await one.sync_now()
    await one.close()
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    one, two = await opened(tmp_path / "one"), await opened(tmp_path / "two")
    second, third = await saved(one, "二", 2), await saved(two, "三", 3)
    await one.sync_now()
    await one.add_event(second, EventType.PATROL, {}, [])
    await one.sync_now()
    server.log, server.epoch = [], "second"
    await two.sync_now()  # comes first now, with its own content under the numbers that one had used
    await one.sync_now()
    await two.sync_now()
    await one.sync_now()
    written = [(row["op"]["record"], row["op"]["kind"]) for row in server.log]
    assert len(written) == len(set(written)) == 2 + 2 + 2 + 1
    for phone in (one, two):
        assert outcome(phone) is None
        assert phone.sync.ops_waiting == 0
        assert {row.id for row in phone.hazards()} == {first, second, third}
        assert len(phone.hazard(second).events) == 1
    await one.close()
    await two.close()


async def test_an_office_that_discards_is_heard_and_the_record_is_without_it(
    phone: Services, server: ScriptedServer
) -> None:
    others(server, 1)
    await phone.sync_now()
    server.refuse["hazard"] = "invalid"
    mine = await phone.save_hazard({**POND, "water_name": "不要的"}, [])
    await phone.save_hazard({"description": "不对"}, [], record(1))
    await phone.sync_now()
    assert {row.upload for row in phone.hazards()} == {UploadState.FAILED}
    assert phone.hazard(record(1)).hazard.description == "不对"
    server.settled = {1: "discarded", 2: "discarded"}
    await phone.sync_now()
    assert outcome(phone) is None
    assert [row.id for row in phone.hazards()] == [record(1)]
    shown = phone.hazard(record(1))
    assert (shown.hazard.description, shown.row.upload) == (None, UploadState.UPLOADED)
    first, second = phone.verdicts()
    assert (first.owner, first.title, first.repaired) == (None, "不要的", False)
    assert second.owner is not None
    assert (second.owner.id, second.fields) == (record(1), ("description",))
    assert second.why.details == {"reason": "重复"}
    assert mine not in {row.id for row in phone.hazards()}
    await phone.acknowledge([first, second])
    assert phone.verdicts() == ()
    await phone.sync_now()
    assert phone.verdicts() == ()


async def test_what_was_refused_is_offered_again_on_asking_and_taken(
    phone: Services, server: ScriptedServer
) -> None:
    server.refuse["hazard"] = "invalid"
    hazard = await phone.save_hazard(POND, [])
    await phone.sync_now()
    assert phone.hazard(hazard).row.upload is UploadState.FAILED
    server.asked.clear()
    await phone._sync_loop._round()  # nobody asked
    assert asked(server) == ["pull"]
    del server.refuse["hazard"]
    await phone.sync_now()
    assert phone.hazard(hazard).row.upload is UploadState.UPLOADED
    assert phone.hazard(hazard).quarantined == ()


async def test_other_towns_leave_the_phone_but_not_what_is_its_own(
    phone: Services, server: ScriptedServer
) -> None:
    others(server, 2)
    await phone.sync_now()
    mine = await phone.save_hazard({**POND, "town_code": "441900004"}, [])
    await phone.save_hazard({"description": "我看过"}, [], record(2))
    await phone.sync_now()
    server.scope = lambda _hazard: False  # nothing of the chosen towns is there
    await phone.choose_towns(["441900004"])
    assert phone.towns() == ("441900004",)
    await phone.sync_now()
    assert outcome(phone) is None
    assert {row.id for row in phone.hazards()} == {mine, record(2)}
    assert "towns=441900004" in server.asked[-1]
    await phone.save_hazard({"description": "界外"}, [], record(2))
    [offer] = phone._database.read(lambda session: outbox.unsent(session, 9))
    assert json.loads(offer.wire)["base"] == 0
    server.scope = lambda _hazard: True
    await phone.choose_towns([])
    await phone.sync_now()
    assert {row.id for row in phone.hazards()} == {mine, record(1), record(2)}


async def test_who_wrote_an_event_and_on_which_phone_is_told(phone: Services, server: ScriptedServer) -> None:
    others(server, 1)
    event = {"hazard": record(1), "event_type": "patrol", "at": NOON}
    server.store(raw(2, event, hazard=2, type=RecordType.HAZARD_EVENT, kind=Kind.APPEND))
    server.names = {OTHER: {"person": "李四", "name": "旧手机"}}
    await phone.sync_now()
    card = phone.hazard(record(1))
    assert card.writers[card.events[0].device].person == "李四"
    assert card.writers[card.events[0].device].name == "旧手机"


SPOILT = [
    ("pull", {"next": 1}),
    ("pull", {"tip": "f" * 16}),
    ("snapshot", {"records": [{"record": "x", "type": "hazard", "state": {"live": []}}]}),
    ("snapshot", {"records": [{"record": record(1), "type": "hazard", "state": {"live": [["a"]]}}]}),
    ("snapshot", {"next": "hazard/nothing"}),
    ("snapshot", {"seq": -1}),
]


@pytest.mark.parametrize(("match", "wrong"), SPOILT)
async def test_an_answer_that_cannot_be_true_changes_nothing(
    phone: Services, server: ScriptedServer, match: str, wrong: dict[str, Any]
) -> None:
    others(server, 2)
    if match == "pull":
        await phone.sync_now()
    before = progress(phone), phone.hazards()
    server.spoil = (match, wrong)
    await phone.sync_now()
    assert outcome(phone) == "not_our_server"
    assert (progress(phone), phone.hazards()) == before
    server.spoil = ("", {})
    await phone.sync_now()
    assert outcome(phone) is None
    assert phone.hazards_count() == 2


async def test_a_phone_enrolled_again_sends_as_its_new_device_all_it_still_holds(
    phone: Services, server: ScriptedServer, tmp_path: Path
) -> None:
    await saved(phone, "before")
    await phone.sync_now()
    hazard = await saved(phone, "after", seed=1)
    server.fault("push", "revoked")
    await phone.sync_now()
    assert outcome(phone) == "token_invalid"
    enrolment = await phone.renewal.ask("K7Q2M9TX", "手机")
    assert phone.identity is not None
    assert phone.identity.device == DEVICE
    await phone.renewal.take(enrolment)
    await phone.close()

    phone = await opened(tmp_path / "phone")
    assert phone.identity is not None
    assert phone.identity.device == enrolment.answer.device
    await phone.sync_now()
    assert outcome(phone) is None
    names = [row["op"]["fields"].get("water_name") for row in server.log if row["op"]["type"] == "hazard"]
    assert names == ["before", "after"]
    assert [row["op"]["device"] for row in server.log] == [DEVICE, DEVICE, *[phone.identity.device] * 2]
    assert phone.hazard(hazard).row.upload is UploadState.UPLOADED
    assert len(phone.hazards()) == 2
    assert "snapshot" in asked(server)[-6:]
    await phone.close()


async def test_what_a_phone_was_is_told_to_its_own_server_only(
    phone: Services, server: ScriptedServer
) -> None:
    foreign = ScriptedServer()
    for link in ("K7Q2M9TX", f"{foreign.url}/app/?code=K7Q2M9TX"):
        await phone.renewal.ask(link, "手机")
    foreign.close()
    who = phone.identity
    assert who is not None
    assert [said.get("was") for said in server.enrolled] == [{"person": who.person, "tokens": ["a token"]}]
    assert [said.get("was") for said in foreign.enrolled] == [None]
