"""A phone's token is replaced: the old one works until the new one was used, and then it is told."""

import pytest
from sqlmodel import Session, select

from sync_server.access import grants, token_renewal, tokens
from sync_server.database.tables import AuditRow, DeviceRow, ReplacedTokenRow
from sync_server.database.timestamps import later
from sync_server.database.transactions import in_transaction, reading
from tests.support.server import Server, TestPhone

OLD = "2020-01-01T00:00:00.000Z"


def asks(phone: TestPhone, token: str) -> int:
    """The status of the answer to a pull with that token."""
    headers = {"Authorization": f"Bearer {token}"}
    path = f"/api/v1/campaigns/{phone.campaign}/pull"
    return int(phone.client.get(path, headers=headers).status_code)


def new_token(server: Server, phone: TestPhone) -> str:
    """A token that the phone is offered when its own is old."""
    age(server, phone, token_since=OLD)
    answer = phone.client.post("/api/v1/device/token", headers=phone.headers)
    assert answer.status_code == 201
    return str(answer.json()["token"])


def row_of(server: Server, phone: TestPhone) -> DeviceRow:
    with reading(server.engine) as session:
        return session.get_one(DeviceRow, (phone.campaign, phone.device))


def age(server: Server, phone: TestPhone, **values: str) -> None:
    """Let the device have these values, and its replaced tokens be old."""

    def work(session: Session) -> None:
        row = session.get_one(DeviceRow, (phone.campaign, phone.device))
        for name, value in values.items():
            setattr(row, name, value)
        for replaced in session.exec(select(ReplacedTokenRow)):
            replaced.at = OLD

    in_transaction(server.engine, work)


def told(server: Server) -> list[AuditRow]:
    with reading(server.engine) as session:
        return list(session.exec(select(AuditRow).where(AuditRow.action == "replaced_token_used")))


def test_a_phone_is_asked_when_its_token_is_old(server: Server) -> None:
    phone = server.phone()
    assert "renew_token" not in phone.pull()
    age(server, phone, token_since=later(days=-token_renewal.DAYS - 1))
    assert phone.pull()["renew_token"] is True
    assert asks(phone, new_token(server, phone)) == 200
    assert row_of(server, phone).token_since > later(minutes=-1)


def test_the_old_token_works_until_the_new_one_was_used(server: Server) -> None:
    phone = server.phone()
    lost, new = new_token(server, phone), new_token(server, phone)
    assert phone.token not in (lost, new)
    assert [asks(phone, token) for token in (phone.token, lost, phone.token)] == [200, 401, 200]
    assert [asks(phone, token) for token in (new, phone.token, lost, new)] == [200, 401, 401, 200]
    assert not told(server), "a request may have been under way"
    assert row_of(server, phone).token_hash == tokens.hashed(new)


def test_the_use_of_a_replaced_token_is_told(server: Server) -> None:
    phone = server.phone("张老师的手机")
    office = server.browser()
    assert "旧凭证" not in office.get("/devices").text
    assert asks(phone, new_token(server, phone)) == 200
    age(server, phone)
    assert [asks(phone, phone.token) for _ in range(3)] == [401] * 3
    [noted] = told(server)
    assert (noted.person, noted.device) == (None, phone.device)
    assert "旧凭证" in office.get("/devices").text
    assert "旧凭证" in office.get(f"/devices/{phone.device}").text
    assert asks(phone, "made up") == 401
    age(server, phone, copied_at=OLD)
    assert asks(phone, phone.token) == 401
    assert len(told(server)) == 2
    age(server, phone, revoked_at=OLD)
    assert "旧凭证" not in office.get("/devices").text, "what it asks for was done"


@pytest.mark.parametrize("ended", ["revoked", "without a grant"])
def test_a_phone_without_access_that_tries_all_its_tokens_is_no_copy(server: Server, ended: str) -> None:
    phone = server.phone()
    new = new_token(server, phone)
    assert asks(phone, new) == 200
    offered = new_token(server, TestPhone(**{**vars(phone), "token": new}))
    age(server, phone, **({"revoked_at": OLD} if ended == "revoked" else {}))
    if ended == "without a grant":
        with reading(server.engine) as session:
            [given] = grants.live(session, phone.person)
        in_transaction(server.engine, lambda s: grants.withdraw(s, given.id, None))
    assert [asks(phone, token) for token in (new, offered, phone.token)] == [401] * 3
    assert not told(server)


def test_a_phone_enrolled_again_has_replaced_its_token(server: Server) -> None:
    phone = server.phone()
    age(server, phone, revoked_at=OLD, copied_at=OLD)
    said = {
        "code": server.code(phone.person),
        "device_name": "手机",
        "was": {"person": phone.person, "tokens": [phone.token]},
    }
    answer = server.client.post("/api/v1/enrol", json=said).json()
    assert answer["device"] == phone.device
    assert row_of(server, phone).copied_at is None
    age(server, phone)
    assert [asks(phone, token) for token in (answer["token"], phone.token)] == [200, 401]
    assert len(told(server)) == 1


def test_only_so_many_replaced_tokens_are_kept(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_renewal, "MOST_KEPT", 2)
    phone = server.phone()
    for _ in range(4):
        phone.token = new_token(server, phone)
        assert asks(phone, phone.token) == 200
    with reading(server.engine) as session:
        assert len(session.exec(select(ReplacedTokenRow)).all()) == 2


def test_a_copy_cannot_make_the_phones_own_token_forgotten(server: Server) -> None:
    """Whoever has a copy of a phone renews, again and again: the phone that is shut out is still told of."""
    phone = server.phone()
    copy = TestPhone(**vars(phone))
    copy.token = new_token(server, copy)
    assert asks(copy, copy.token) == 200
    for _ in range(token_renewal.MOST_KEPT + 1):
        answer = copy.client.post("/api/v1/device/token", headers=copy.headers)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
        assert "Retry-After" in answer.headers
    age(server, phone)
    assert asks(phone, phone.token) == 401
    assert [row.device for row in told(server)] == [phone.device]
