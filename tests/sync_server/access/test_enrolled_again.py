"""A phone enrolled again: by the token that it first had it is who it was, and nobody else gains by that."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.sync import wire
from sync_server.access import devices
from sync_server.database.transactions import in_transaction
from tests.support.server import Server, TestPhone, open_server

BEFORE: dict[str, Any] = {"device_name": "小米14", "platform": "Android"}


def again(
    server: Server, phone: TestPhone, person: str | None = "", tokens: Sequence[str] = ()
) -> tuple[TestPhone, wire.EnrolAnswer]:
    """What the phone is by a code for `person`, "" for its own, when it shows `tokens`, or what it had."""
    code = server.code(phone.person if person == "" else person)
    was = {"person": phone.person, "tokens": list(tokens) or [phone.token]}
    answer = server.client.post("/api/v1/enrol", json={"code": code, "was": was, **BEFORE})
    assert answer.status_code == 201, answer.text
    said = wire.EnrolAnswer.model_validate(answer.json())
    changed: dict[str, Any] = {
        "device": said.device,
        "person": said.person.id,
        "token": said.token,
        "epoch": said.epoch,
    }
    return replace(phone, client=server.client, **changed), said


def revoke(server: Server, phone: TestPhone) -> None:
    in_transaction(server.engine, lambda s: devices.revoke(s, phone.campaign, phone.device, "office"))


def test_a_phone_whose_access_ended_is_the_device_it_was_with_another_token(
    server: Server, phone: TestPhone
) -> None:
    unheard, unsent = phone.op(), phone.op()
    phone.push(unheard)
    revoke(server, phone)
    now, said = again(server, phone)
    assert (said.device, said.predecessor) == (phone.device, None)
    assert [result["status"] for result in now.push(unheard, unsent)] == ["duplicate", "stored"]
    assert phone.post(phone.op()).json()["code"] == "token_invalid"  # whoever has the old one gains nothing


@pytest.mark.parametrize("whose", ["another", "new"])
def test_a_code_for_somebody_else_makes_another_device(server: Server, phone: TestPhone, whose: str) -> None:
    revoke(server, phone)
    other = server.person("李四").id if whose == "another" else None
    now, said = again(server, phone, other)
    assert said.device != phone.device
    assert said.predecessor is None
    assert now.push(phone.op())[0]["why"]["code"] == "device_foreign"


def test_a_token_of_another_persons_device_shows_nothing(server: Server, phone: TestPhone) -> None:
    victim = server.phone()
    _, said = again(server, phone, tokens=[victim.token])
    assert said.device not in (victim.device, phone.device)
    assert said.predecessor is None
    assert victim.push(victim.op())[0]["status"] == "stored"


def test_a_copy_whose_device_lives_becomes_its_successor(server: Server, phone: TestPhone) -> None:
    revoke(server, phone)
    first, _ = again(server, phone)
    before = first.op()
    first.push(before)
    second, said = again(server, phone)
    assert (said.device != phone.device, said.predecessor) == (True, phone.device)
    assert second.push(before)[0]["status"] == "duplicate"
    assert first.push(first.op())[0]["status"] == "stored"  # and goes on


def test_an_answer_that_was_lost_leaves_no_device_behind(server: Server, phone: TestPhone) -> None:
    revoke(server, phone)
    again(server, phone)
    assert again(server, phone)[1].device == phone.device


def test_after_a_restore_everything_acknowledged_comes_back_from_a_phone_enrolled_since(
    data_dir: Path, empty_database: Path
) -> None:
    shutil.copy(empty_database, data_dir)
    with open_server(data_dir) as server:
        person = server.person("张三")
    kept = Path(shutil.copytree(data_dir, data_dir.parent / "kept"))
    with open_server(data_dir) as server:
        first = server.phone(person=person.id)
        said = server.client.post("/api/v1/device", headers=first.headers).json()
        second = replace(first, device=said["device"], token=said["token"])
        older, newer = first.op(), second.op()
        first.push(older)
        second.push(newer)
    shutil.rmtree(data_dir)
    shutil.copytree(kept, data_dir)
    with open_server(data_dir) as server:
        assert (
            server.client.get(f"/api/v1/campaigns/{second.campaign}/pull", headers=second.headers).status_code
            == 401
        )
        now, answer = again(server, second, tokens=[second.token, first.token])
        assert (answer.device, answer.predecessor) == (second.device, first.device)
        assert now.push(older)[0]["status"] == now.push(newer)[0]["status"] == "stored"
        assert [op["device"] for op in now.pull()["ops"]] == [first.device, second.device]


def test_what_is_no_token_is_refused_or_of_no_use(server: Server, phone: TestPhone) -> None:
    was = {"person": phone.person, "tokens": ["nonsense"] * (wire.MAX_BEFORE + 1)}
    answer = server.client.post(
        "/api/v1/enrol", json={"code": server.code(phone.person), "was": was, **BEFORE}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    now, said = again(server, phone, tokens=["nonsense", "nonsense"])
    assert said.device != phone.device
    assert now.push(phone.op())[0]["why"]["code"] == "device_foreign"
