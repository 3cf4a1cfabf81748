"""Phones: a code works once and for a while, a token until it is revoked."""

import json

import pytest
from sqlmodel import Session, select

from shared.sync.wire import EnrolAnswer
from shared.vocabulary import Role
from sync_server.access import devices
from sync_server.access.policy import SYSTEM
from sync_server.access.sign_in import attempts
from sync_server.access.sign_in.attempts import MOST
from sync_server.database.tables import AuditRow, DeviceRow, EnrolmentCodeRow, PersonRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.queries import people_lists
from tests.support.server import Server, TestPhone


def enrol(server: Server, code: str, name: str = "小米14") -> tuple[int, dict[str, object]]:
    answer = server.client.post(
        "/api/v1/enrol", json={"code": code, "device_name": name, "platform": "Android"}
    )
    return answer.status_code, answer.json()


def test_a_code_makes_a_device_of_a_new_inspector(server: Server) -> None:
    status, said = enrol(server, server.code())
    answer = EnrolAnswer.model_validate(said)
    assert status == 201
    assert (answer.person.name, answer.person.role) == ("小米14", Role.INSPECTOR)
    assert answer.campaign == server.campaign
    assert (answer.settings.year, answer.settings.target, len(answer.settings.kit)) == (2026, 2000, 4)


def test_names_that_are_taken_get_a_number(server: Server) -> None:
    names = [EnrolAnswer.model_validate(enrol(server, server.code())[1]).person.name for _ in range(3)]
    assert names == ["小米14", "小米14 2", "小米14 3"]


def test_a_persons_code_makes_that_persons_device(server: Server) -> None:
    person = server.person("李四", Role.REVIEWER)
    _, said = enrol(server, server.code(person.id))
    assert EnrolAnswer.model_validate(said).person.id == person.id


def test_a_code_may_be_typed_with_spaces_and_small_letters(server: Server) -> None:
    code = server.code()
    assert enrol(server, f" {code[:4].lower()}-{code[4:]} ")[0] == 201


def test_a_code_works_once(server: Server) -> None:
    code = server.code()
    assert enrol(server, code)[0] == 201
    assert enrol(server, code) == (403, {"code": "code_invalid", "details": {}})


def test_a_code_grows_too_old(server: Server) -> None:
    code = server.code()

    def age(session: Session) -> None:
        row = session.exec(select(EnrolmentCodeRow)).one()
        row.expires_at = "2020-01-01T00:00:00.000Z"
        session.add(row)

    in_transaction(server.engine, age)
    assert enrol(server, code)[1]["code"] == "code_invalid"


def test_one_wrong_code_again_and_again_stops_nobody_else(server: Server) -> None:
    for _ in range(MOST):
        assert enrol(server, "AAAAAAAAAA")[0] == 403
    assert enrol(server, "AAAAAAAAAA")[0] == 429
    assert enrol(server, server.code())[0] == 201


def test_guessing_codes_is_slowed_down(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOST_FROM_ONE_PLACE", 15)
    for guess in range(15):
        assert enrol(server, f"AAAAAAAA{guess + 2}")[0] == 403
        if guess == 7:
            assert enrol(server, server.code())[0] == 201  # which forgives no guess
    answer = server.client.post("/api/v1/enrol", json={"code": server.code(), "device_name": "x"})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(answer.headers["retry-after"]) <= 600


@pytest.mark.parametrize(
    "change", [{"code": ""}, {"code": 7}, {"device_name": ""}, {"device_name": "a\nb"}, {"more": 1}]
)
def test_a_bad_request_uses_no_code_up(server: Server, change: dict[str, object]) -> None:
    code = server.code()
    said = {"code": code, "device_name": "x", **change}
    answer = server.client.post("/api/v1/enrol", content=json.dumps(said))
    assert answer.status_code == 422
    assert enrol(server, code)[0] == 201


def test_names_with_emoji_and_dots_are_only_names(server: Server) -> None:
    status, said = enrol(server, server.code(), "../../😀 我的手机")
    assert status == 201
    assert EnrolAnswer.model_validate(said).person.name == "../../😀 我的手机"


def test_the_token_is_kept_only_as_a_hash(server: Server, phone: TestPhone) -> None:
    with reading(server.engine) as session:
        [row] = session.exec(select(DeviceRow)).all()
    assert row.token_hash
    assert phone.token not in row.model_dump_json()


def test_a_revoked_token_and_a_person_who_left_are_refused(server: Server, phone: TestPhone) -> None:
    phone.push(phone.op())
    in_transaction(server.engine, lambda s: devices.revoke(s, phone.campaign, phone.device, "office"))
    assert phone.post(phone.op()).json() == {"code": "token_invalid", "details": {}}
    other = server.phone()

    def leave(session: Session) -> None:
        row = session.get_one(PersonRow, other.person)
        row.active = False
        session.add(row)

    in_transaction(server.engine, leave)
    assert other.post(other.op()).status_code == 401
    with reading(server.engine) as session:
        actions = [row.action for row in session.exec(select(AuditRow)).all()]
    assert actions.count("enrol") == 2
    assert "device_revoked" in actions


def test_a_person_has_one_browser_device(server: Server) -> None:
    person = server.person("王五", Role.REVIEWER)
    ids = {
        in_transaction(server.engine, lambda s: devices.browser_of(s, server.campaign, person.id))
        for _ in range(3)
    }
    assert len(ids) == 1


def test_a_phone_in_a_browser_is_a_phone_and_no_browser_of_the_office(server: Server) -> None:
    person = server.person("李巡查", Role.REVIEWER)
    for platform in ("web", devices.OFFICE):
        said = {"code": server.code(person.id), "device_name": "小米 13", "platform": platform}
        device = server.client.post("/api/v1/enrol", json=said).json()["device"]
        browser = in_transaction(server.engine, lambda s: devices.browser_of(s, server.campaign, person.id))
        assert browser != device
        with reading(server.engine) as session:
            named = devices.names(session, server.campaign, [device, browser])
            assert (named[device]["name"], named[browser]["name"]) == ("小米 13", "")
            assert device in {
                owned.row.id for owned in people_lists.phones(session, SYSTEM, server.campaign, 100)
            }
            assert browser not in {
                owned.row.id for owned in people_lists.phones(session, SYSTEM, server.campaign, 100)
            }
