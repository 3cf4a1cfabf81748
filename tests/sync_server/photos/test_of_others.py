"""A photo is its sender's: knowing its hash neither fetches it nor passes it off as one's own."""

from typing import Any

import pytest
from sqlalchemy import update

from shared.vocabulary import Role
from sync_server.database.tables import OperationRow
from sync_server.database.transactions import in_transaction
from sync_server.exports.table import AWAITED
from tests.support.drawn import photo as drawn
from tests.support.server import Server, TestPhone
from tests.sync_server.pages.test_quarantine import form_of
from tests.sync_server.photos.test_tus import TUS, create, patch, send, sha256

HERE, THERE = "441900003", "441900101"


@pytest.fixture
def owner(server: Server) -> TestPhone:
    """The phone of an inspector in one town."""
    return in_town(server, "陈巡查", THERE)


@pytest.fixture
def thief(server: Server) -> TestPhone:
    """The phone of an inspector in another."""
    return in_town(server, "李巡查", HERE)


def in_town(server: Server, name: str, town: str) -> TestPhone:
    phone = server.phone(name)
    server.grant(phone.person, Role.INSPECTOR, [town])
    return phone


def reported(phone: TestPhone, town: str) -> str:
    made = phone.op({"water_name": "石井塘", "town_code": town})
    stored(phone, made)
    return str(made["record"])


def stored(phone: TestPhone, *ops: dict[str, Any]) -> None:
    assert [result["status"] for result in phone.push(*ops)] == ["stored"] * len(ops)


def original(phone: TestPhone, data: bytes) -> int:
    answer = phone.client.get(f"/api/v1/photos/{sha256(data)}/original", headers=phone.headers)
    assert answer.status_code == 404 or answer.content == data
    return int(answer.status_code)


def offset(phone: TestPhone, data: bytes) -> int:
    """How much of a photo an announcement says is here."""
    return int(create(phone, data).headers["upload-offset"])


def head(phone: TestPhone, upload: str) -> int:
    return int(phone.client.head(f"/api/v1/photos/{upload}", headers={**phone.headers, **TUS}).status_code)


def kept(owner: TestPhone, seed: int = 0) -> bytes:
    """A photo of the owner's hazard, sent."""
    data = drawn(seed=seed)
    stored(owner, owner.photo(reported(owner, THERE), "before", sha256(data)))
    assert send(owner, data).status_code == 204
    return data


def test_a_known_hash_opens_no_photo_of_another_town(
    server: Server, owner: TestPhone, thief: TestPhone
) -> None:
    data = kept(owner)
    hazard = reported(thief, HERE)
    stored(thief, thief.photo(hazard, "before", sha256(data)))
    assert head(thief, sha256(data)) == 404, "it is not even said to be here"
    assert offset(thief, data) == 0
    assert patch(thief, f"/api/v1/photos/{sha256(data)}", len(data), b"").status_code == 404
    assert [original(phone, data) for phone in (owner, thief)] == [200, 404]
    colleague = in_town(server, "王巡查", HERE)
    assert original(colleague, data) == 404
    browser = server.browser(Role.REVIEWER)
    page = browser.get(f"/hazards/{hazard}").text
    assert f"{sha256(data)}/preview" not in page, "nobody is shown it as this hazard's evidence"
    assert AWAITED in browser.get(f"/exports/ledger.csv?town={HERE}").text
    assert send(thief, data).status_code == 204, "who sends the bytes has them"
    assert [original(phone, data) for phone in (owner, thief, colleague)] == [200] * 3
    assert f"{sha256(data)}/preview" in browser.get(f"/hazards/{hazard}").text


def test_an_upload_that_somebody_else_finished_is_not_said_to_be_over(
    owner: TestPhone, thief: TestPhone, server: Server
) -> None:
    data = drawn()
    announced = create(thief, data).headers["location"].rpartition("/")[2]
    kept(owner)
    (server.settings.photos / "partial" / announced).unlink()
    assert head(thief, announced) == 404


@pytest.mark.parametrize("first", ["bytes", "record"])
def test_it_does_not_matter_whether_the_bytes_or_the_record_come_first(
    server: Server, owner: TestPhone, first: str
) -> None:
    data, hazard = drawn(), reported(owner, THERE)
    attach = owner.photo(hazard, "before", sha256(data))
    if first == "record":
        stored(owner, attach)
    assert send(owner, data).status_code == 204
    if first == "bytes":
        stored(owner, attach)
    assert [original(phone, data) for phone in (owner, in_town(server, "同镇", THERE))] == [200, 200]


def test_two_phones_with_the_same_picture_both_have_it(owner: TestPhone, thief: TestPhone) -> None:
    data = kept(owner)
    stored(thief, thief.photo(reported(thief, HERE), "site", sha256(data)))
    assert send(thief, data).status_code == 204
    assert offset(thief, data) == offset(owner, data) == len(data)
    assert [original(phone, data) for phone in (owner, thief)] == [200, 200]


def test_another_phone_of_the_same_person_need_not_send_it_again(server: Server, owner: TestPhone) -> None:
    data = kept(owner)
    assert offset(server.phone("换了手机", owner.person), data) == len(data)


def test_who_may_read_a_photo_need_not_send_it_and_keeps_it(server: Server, owner: TestPhone) -> None:
    data = kept(owner)
    colleague = in_town(server, "同镇", THERE)
    assert offset(colleague, data) == len(data)
    server.grant(colleague.person, Role.INSPECTOR, [HERE])
    mine = reported(colleague, HERE)
    stored(colleague, colleague.photo(mine, "site", sha256(data)))
    assert original(colleague, data) == 200
    assert offset(colleague, data) == len(data)


def test_a_photo_that_the_office_puts_back_is_still_its_senders(
    server: Server, owner: TestPhone, thief: TestPhone
) -> None:
    data, browser = kept(owner), server.browser()
    colleague = in_town(server, "同镇", THERE)
    stored(thief, thief.photo(reported(thief, HERE), "before", sha256(data)))
    photos = {op["device"]: op["record"] for op in owner.pull()["ops"] if op["type"] == "photo"}
    photos |= {op["device"]: op["record"] for op in thief.pull()["ops"] if op["type"] == "photo"}
    long_ago = update(OperationRow).values(received_at="2025-12-01T00:00:00.000Z")
    in_transaction(server.engine, lambda session: session.execute(long_ago))
    for phone in (owner, thief):
        stored(phone, phone.op({}, record=photos[phone.device], type="photo", kind="detach"))
        said = {"since": "2026-01-01T00:00", "reason": "误删", "sure": "1"}
        assert browser.post(f"/devices/{phone.device}/undo", data=said).status_code == 200
    assert original(colleague, data) == 200
    assert original(thief, data) == 404


def test_a_repaired_photo_is_its_senders(server: Server, owner: TestPhone) -> None:
    data, hazard = drawn(), reported(owner, THERE)
    broken = owner.photo(hazard, "no such role", sha256(data))
    assert owner.push(broken)[0]["status"] == "quarantined"
    assert send(owner, data).status_code == 204
    browser, item = server.browser(), f"/quarantine/{owner.device}/{broken['n']}"
    form = form_of(browser.get(item).text)
    said = {**form, "f.role": "before", "note": "改了"}
    assert browser.post(f"{item}/repair", data=said).status_code == 303
    assert original(in_town(server, "同镇", THERE), data) == 200


@pytest.mark.parametrize("here", [False, True], ids=["sent", "only announced"])
def test_a_photo_that_the_next_person_of_a_phone_sends_counts_for_who_attached_it(
    server: Server, owner: TestPhone, thief: TestPhone, here: bool
) -> None:
    data, hazard = drawn(), reported(owner, THERE)
    attach, decoy = owner.photo(hazard, "before", sha256(data)), owner.photo(hazard, "site", "0" * 64)
    stored(owner, attach, decoy)
    stored(thief, thief.photo(reported(thief, HERE), "before", sha256(data)))
    new = in_town(server, "接手人", THERE)
    if here:
        server.grant(new.person, Role.SUPERVISOR)
        assert send(in_town(server, "同图", HERE), data).status_code == 204
    announced = create(new, data, record=attach["record"])
    if here:
        assert announced.headers["upload-offset"] == str(len(data))
    else:
        assert patch(new, announced.headers["location"], 0, data).status_code == 204
    assert [original(phone, data) for phone in (owner, thief)] == [200, 404]
    other = drawn(seed=1)
    announced = create(new, other, record=decoy["record"])
    assert patch(new, announced.headers["location"], 0, other).status_code == 204
    assert original(owner, other) == 404, "the record names another photo"
