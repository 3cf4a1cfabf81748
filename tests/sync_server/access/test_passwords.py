"""Passwords: hashed with argon2id, none that is guessed first, and weaker hashes are replaced."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from fastapi.testclient import TestClient
from sqlmodel import select

from shared.problems import Problem
from shared.vocabulary import Role
from sync_server.access import links, people, sessions
from sync_server.access.sign_in import passwords
from sync_server.database.tables import PersonRow
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
