"""Passwords: hashed with argon2id, none that is guessed first, and weaker hashes are replaced."""

import httpx2
import pytest
from argon2 import PasswordHasher, extract_parameters
from fastapi.testclient import TestClient
from sqlmodel import select

from shared.problems import Problem
from shared.vocabulary import Role
from sync_server.access import links, people, sessions
from sync_server.access.sign_in import passwords, second_factor
from sync_server.access.sign_in.attempts import MOST
from sync_server.database.tables import AuditRow, PersonRow
from sync_server.database.transactions import in_transaction, reading
from tests.support.server import Server

PASSWORD = "correct horse"


def kept(server: Server) -> str:
    with reading(server.engine) as session:
        found = session.exec(select(PersonRow.password_hash)).one()
    assert found is not None
    return found


def test_a_password_is_kept_as_argon2id(server: Server) -> None:
    server.person("张三", password=PASSWORD)
    assert kept(server).startswith("$argon2id$")


@pytest.mark.parametrize("password", ["", "short", "x" * 9, "aB3 " * 65])
def test_a_password_of_the_wrong_length_is_refused(password: str) -> None:
    with pytest.raises(Problem, match="password_weak"):
        passwords.hash_new(password)


@pytest.mark.parametrize(
    "password",
    [
        *("1234567890", "qwertyuiop", "aaaaaaaaaaaa", "Password123!", "P@ssw0rd2026", "13912345678"),
        *("dongguan2026", "woaini1314520", "anlan123456", "zhangsan1990", "ZhangSan2026", "x" * 256),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(Problem, match="password_guessable"):
        passwords.hash_new(password, "Zhang San")


@pytest.mark.parametrize(
    "password",
    [PASSWORD, "tangbian rongshu 37", "鱼塘边的大榕树下有三头水牛", "kT9#v2qLw0"],
)
def test_unrelated_words_and_chance_letters_are_accepted(password: str) -> None:
    assert passwords.fits(passwords.hash_new(password, "张三"), password)


def test_the_page_says_why_and_the_link_works_on(server: Server) -> None:
    person = server.person("Zhao Liu", Role.REVIEWER)
    link = in_transaction(server.engine, lambda s: links.make(s, person.id))
    refused = server.client.post(f"/welcome/{link}", data={"password": "zhaoliu2026", "again": "zhaoliu2026"})
    assert refused.status_code == 422
    assert "太容易猜到" in refused.text
    said = {"password": PASSWORD, "again": PASSWORD}
    assert server.client.post(f"/welcome/{link}", data=said).status_code == 303


def test_signing_in_replaces_a_hash_of_weaker_parameters(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.person("张三", Role.REVIEWER, PASSWORD)
    before = kept(server)
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=2, memory_cost=128, parallelism=1))
    browser = TestClient(server.client.app, follow_redirects=False)
    wrong = {"name": "张三", "password": "wrong horse"}
    assert browser.post("/sign-in", data=wrong).status_code == 401
    assert kept(server) == before
    right = {"name": "张三", "password": PASSWORD}
    assert browser.post("/sign-in", data=right).status_code == 303
    assert extract_parameters(kept(server)).time_cost == 2
    assert browser.get("/ledger").status_code == 200
    after = kept(server)
    assert browser.post("/sign-in", data=right).status_code == 303
    assert kept(server) == after


def test_a_password_set_while_the_old_one_is_checked_wins(server: Server) -> None:
    person = server.person("张三", Role.REVIEWER, PASSWORD)
    with reading(server.engine) as session:
        checked = sessions.check(session, "张三", PASSWORD)
    new = passwords.hash_new("another long password")
    in_transaction(server.engine, lambda s: people.set_password_hash(s, person.id, new))
    with pytest.raises(Problem, match="sign_in_failed"):
        in_transaction(server.engine, lambda s: sessions.recheck(s, checked))


NEW = "tangbian rongshu 37"
HERE = "/account/password"


def change(browser: TestClient, present: str, password: str = NEW, again: str = "") -> httpx2.Response:
    said = {"present": present, "password": password, "again": again or password}
    return browser.post(HERE, data=said)


def test_a_new_password_of_ones_own_signs_out_everywhere_else(server: Server) -> None:
    person = server.person("张三", Role.REVIEWER, PASSWORD)
    link = in_transaction(server.engine, lambda s: links.make(s, person.id))
    other, here = server.signed_in(person), server.signed_in(person)
    waits = in_transaction(server.engine, lambda s: second_factor.wait(s, person.id))
    assert here.get("/account").text.count(f'href="{HERE}"') == 1
    answer = change(here, PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "密码已修改" in here.get("/account").text
    assert here.get("/ledger").status_code == 200
    assert other.get("/ledger").status_code == 303
    assert server.client.get(f"/welcome/{link}").status_code == 403
    with reading(server.engine) as session, pytest.raises(Problem, match="sign_in_required"):
        second_factor.waiting(session, waits)
    for password, status in ((PASSWORD, 401), (NEW, 303)):
        said = {"name": "张三", "password": password}
        assert server.client.post("/sign-in", data=said).status_code == status
    with reading(server.engine) as session:
        [noted] = session.exec(select(AuditRow).where(AuditRow.action == "password_changed"))
    assert noted.person == person.id


@pytest.mark.parametrize(
    ("present", "password", "again", "status", "said"),
    [
        ("wrong horse", NEW, "", 401, "现在的密码不对"),
        ("", NEW, "", 401, "现在的密码不对"),
        (PASSWORD, "zhangsan2026", "", 422, "太容易猜到"),
        (PASSWORD, "short", "", 422, "10"),
        (PASSWORD, NEW, "another one", 422, "不一样"),
    ],
)
def test_a_refused_new_password_changes_nothing(
    server: Server, present: str, password: str, again: str, status: int, said: str
) -> None:
    here = server.signed_in(server.person("Zhang San", Role.REVIEWER, PASSWORD))
    before = kept(server)
    answer = change(here, present, password, again)
    assert answer.status_code == status
    assert said in answer.text
    assert kept(server) == before
    assert here.get("/ledger").status_code == 200


def test_the_present_password_is_guessed_a_few_times_only_and_that_is_noted(server: Server) -> None:
    person = server.person("张三", Role.REVIEWER, PASSWORD)
    here = server.signed_in(person)
    assert [change(here, "wrong horse").status_code for _ in range(MOST)] == [401] * MOST
    assert change(here, PASSWORD).status_code == 429
    server.state.refusals.wait()
    with reading(server.engine) as session:
        found = session.exec(select(AuditRow).where(AuditRow.action == "password_refused")).all()
    assert {row.person for row in found} == {person.id}


def test_a_new_password_ends_copies_of_the_session_in_which_it_is_set(server: Server) -> None:
    """Somebody may have read the cookie: that is why people change their passwords."""
    server.person("张三", Role.REVIEWER, PASSWORD)
    here, copy = (TestClient(server.client.app, follow_redirects=False) for _ in range(2))
    assert here.post("/sign-in", data={"name": "张三", "password": PASSWORD}).status_code == 303
    copy.cookies.update(here.cookies)
    assert copy.get("/ledger").status_code == 200
    assert change(here, PASSWORD).status_code == 303
    assert here.get("/ledger").status_code == 200
    assert copy.get("/ledger").headers["location"].startswith("/sign-in?")
