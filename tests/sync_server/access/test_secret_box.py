"""The secrets of authenticator apps: encrypted with a key outside the database, which may be away."""

import json
import sqlite3
from pathlib import Path

import pyotp
import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from shared.problems import Problem
from shared.vocabulary import Role
from sync_server import startup_message
from sync_server.access.people import Person
from sync_server.access.sign_in import second_factor
from sync_server.access.sign_in.secret_box import SecretBox
from sync_server.database.tables import SecondFactorRow
from sync_server.database.timestamps import now_ms, now_text
from sync_server.database.transactions import in_transaction, reading
from sync_server.maintenance import setup
from tests.support.server import Server

PASSWORD, SECRET = "correct horse", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HERE = "/account/second-factor"


@pytest.fixture
def person(server: Server) -> Person:
    return server.person("张三", Role.REVIEWER, PASSWORD)


def key_of(server: Server) -> Path:
    return server.settings.second_factor_key


def turn_on(server: Server, person: Person, secret: str = SECRET) -> list[str]:
    """Let a secret count, kept as version 0.1 kept it; the recovery codes."""

    def work(session: Session) -> list[str]:
        session.add(SecondFactorRow(person=person.id, secret=secret, since=now_text()))
        session.flush()
        return second_factor.renew_codes(session, person.id)

    return in_transaction(server.engine, work)


def start(server: Server) -> setup.Start:
    return setup.start(server.engine, "管理员", None, SecretBox(key_of(server)))


def sign_in(server: Server, code: str) -> tuple[int, str]:
    """The status and page of the answer to a code after the right password."""
    client = TestClient(server.client.app, follow_redirects=False, headers={"Accept": "text/html"})
    assert client.post("/sign-in", data={"name": "张三", "password": PASSWORD}).status_code == 303
    answer = client.post("/sign-in/code", data={"code": code})
    return answer.status_code, answer.text


def present(secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).generate_otp(now_ms() // 30_000)


def kept(server: Server, person: Person) -> str:
    with reading(server.engine) as session:
        return session.get_one(SecondFactorRow, person.id).secret


def test_a_new_secret_is_nowhere_in_the_database(server: Server, person: Person) -> None:
    client = server.signed_in(person)
    assert client.post(f"{HERE}/begin", data={"password": PASSWORD}).status_code == 303
    page = client.get(HERE).text
    secret = page.partition("secret=")[2][:32]
    assert len(secret) == 32
    assert secret not in kept(server, person)
    for path in server.settings.data.rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path
    assert key_of(server).stat().st_mode & 0o777 == 0o600
    assert server.settings.data not in key_of(server).parents
    assert client.post(f"{HERE}/confirm", data={"code": present(secret)}).status_code == 200


def test_what_an_earlier_version_kept_is_encrypted_and_goes_on_working(
    server: Server, person: Person
) -> None:
    turn_on(server, person)
    assert kept(server, person) == SECRET
    assert start(server).second_factor_trouble == ""
    assert SECRET not in kept(server, person)
    assert sign_in(server, present())[0] == 303
    database = server.settings.data / "anlan.sqlite3"
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert SECRET.encode() not in database.read_bytes()


def test_a_secret_of_somebody_else_or_of_another_key_does_not_open(tmp_path: Path) -> None:
    box, other = SecretBox(tmp_path / "a.json"), SecretBox(tmp_path / "b.json")
    with pytest.raises(Problem, match="second_factor_unavailable"):
        box.seal("one", SECRET)
    sealed = box.seal("one", SECRET, may_make=True)
    other.seal("one", SECRET, may_make=True)
    assert box.open("one", sealed) == SECRET
    for wrong, whose, what in ((box, "two", sealed), (other, "one", sealed), (box, "one", f"{sealed}x")):
        with pytest.raises(Problem) as refused:
            wrong.open(whose, what)
        assert refused.value.details == {"why": "wrong"}


@pytest.mark.parametrize("why", ["missing", "readable_by_others", "damaged", "wrong"])
def test_without_the_key_recovery_codes_and_a_reset_work(
    server: Server, person: Person, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = turn_on(server, person)
    start(server)
    key = key_of(server)
    if why == "missing":
        key.unlink()
    elif why == "readable_by_others":
        key.chmod(0o644)
    elif why == "damaged":
        key.write_text("{", encoding="utf-8")
    else:
        other = SecretBox(key.with_name("other.json"))
        other.seal("x", SECRET, may_make=True)
        other.path.replace(key)
    started = start(server)
    assert started.second_factor_trouble == why
    startup_message.show(server.settings, started, "127.0.0.1", 8000)
    assert str(key) in capsys.readouterr().out
    status, page = sign_in(server, present())
    assert status == 503
    assert "请输入一个备用码" in page
    assert sign_in(server, codes[0])[0] == 303
    new = server.person("李四", Role.REVIEWER, PASSWORD)
    answer = server.signed_in(new).post(f"{HERE}/begin", data={"password": PASSWORD})
    assert answer.status_code == (303 if why == "wrong" else 503), "no other key takes its place"
    office = server.browser()
    assert office.post(f"/people/{person.id}/second-factor/reset").status_code == 303
    client = TestClient(server.client.app, follow_redirects=False)
    answer = client.post("/sign-in", data={"name": "张三", "password": PASSWORD})
    assert answer.headers["location"] == "/"


def test_the_key_file_holds_one_symmetric_key(server: Server, person: Person) -> None:
    turn_on(server, person)
    start(server)
    told = json.loads(key_of(server).read_text(encoding="utf-8"))
    assert told["kty"] == "oct"
