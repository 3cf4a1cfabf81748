"""Two copies of one phone: the second becomes a device of its own, and may still bring what it was before."""

from shared.sync import wire
from tests.support.server import Server, TestPhone


def succeeded(phone: TestPhone) -> tuple[TestPhone, wire.EnrolAnswer]:
    answer = phone.client.post("/api/v1/device", headers=phone.headers)
    assert answer.status_code == 201
    said = wire.EnrolAnswer.model_validate(answer.json())
    return TestPhone(phone.client, said.campaign, said.device, said.person.id, said.token, said.epoch), said


def test_a_copy_becomes_another_device_of_the_same_person(server: Server, phone: TestPhone) -> None:
    copy, said = succeeded(phone)
    assert copy.device != phone.device
    assert said.person.id == phone.person
    assert copy.push(copy.op())[0]["status"] == "stored"
    assert phone.push(phone.op())[0]["status"] == "stored"  # the other copy goes on as it was


def test_it_may_bring_operations_of_the_device_it_was(server: Server, phone: TestPhone) -> None:
    copy, _ = succeeded(phone)
    copy, _ = succeeded(copy)  # and again
    before = phone.op()
    said = copy.post(before).json()
    assert (said["device"], said["results"][0]["status"]) == (phone.device, "stored")
    assert phone.push(before)[0]["status"] == "duplicate"
    [op] = phone.pull()["ops"]
    assert op["device"] == phone.device


def test_no_other_device_may(server: Server, phone: TestPhone) -> None:
    other = server.phone()
    copy, _ = succeeded(phone)
    assert other.push(phone.op())[0]["why"]["code"] == "device_foreign"
    assert phone.push(copy.op())[0]["why"]["code"] == "device_foreign"


def test_a_push_is_of_one_device(phone: TestPhone) -> None:
    copy, _ = succeeded(phone)
    results = copy.push(phone.op(), copy.op())
    assert [result["status"] for result in results] == ["stored", "quarantined"]


def test_only_an_enrolled_phone_is_succeeded(phone: TestPhone) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        answer = phone.client.post("/api/v1/device", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
