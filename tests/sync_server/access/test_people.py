"""People: passwords are hashed, sessions end, links work once, guessing is slowed down."""

import pytest
from sqlmodel import Session, select

from shared.problems import Problem
from shared.vocabulary import Role
from sync_server.access import links, sessions
from sync_server.access.sign_in import passwords
from sync_server.access.sign_in.attempts import MOST, Attempts, Target
from sync_server.database.tables import WebSessionRow
from sync_server.database.transactions import in_transaction, reading
from tests.support.server import Server

PASSWORD = "correct horse"


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x\0", "名" * 61])
def test_what_is_no_name(server: Server, name: str) -> None:
    with pytest.raises(Problem) as caught:
        server.person(name)
    assert caught.value.code == "invalid"


def test_two_people_cannot_have_one_name(server: Server) -> None:
    server.person("张三")
    with pytest.raises(Problem) as caught:
        server.person(" 张三 ")
    assert caught.value.code == "name_taken"


@pytest.mark.parametrize(
    ("name", "password"), [("张三", "wrong horse"), ("nobody", PASSWORD), ("无密码", "")]
)
def test_a_wrong_name_and_a_wrong_password_look_the_same(server: Server, name: str, password: str) -> None:
    server.person("张三", password=PASSWORD)
    server.person("无密码")
    with pytest.raises(Problem) as caught, reading(server.engine) as session:
        sessions.check(session, name, password)
    assert caught.value.as_json() == {"code": "sign_in_failed", "details": {}}


def signed_in(server: Server) -> str:
    """The token of a new session of 张三."""
    with reading(server.engine) as session:
        checked = sessions.check(session, "张三", PASSWORD)
    return in_transaction(server.engine, lambda s: sessions.open_for(s, checked.person))


def test_a_session_lives_until_it_is_closed_or_idle(server: Server) -> None:
    person = server.person("张三", Role.REVIEWER, PASSWORD)
    token = signed_in(server)
    with reading(server.engine) as session:
        access = sessions.access_of(session, token)
        assert access is not None
        assert access.person == person
        assert sessions.access_of(session, token + "x") is None
        assert token not in session.exec(select(WebSessionRow)).one().model_dump_json()

    def idle(session: Session, until: str) -> None:
        row = session.exec(select(WebSessionRow)).one()
        row.expires_at = until
        session.add(row)

    in_transaction(server.engine, lambda s: idle(s, "2020-01-01T00:00:00.000Z"))
    with reading(server.engine) as session:
        assert sessions.access_of(session, token) is None
    other = signed_in(server)
    in_transaction(server.engine, lambda s: sessions.close(s, other))
    with reading(server.engine) as session:
        assert sessions.access_of(session, other) is None


def test_a_link_sets_a_password_once(server: Server) -> None:
    person = server.person("管理员", Role.ADMINISTRATOR)
    token = in_transaction(server.engine, lambda s: links.make(s, person.id))
    password_hash = passwords.hash_new(PASSWORD)
    assert in_transaction(server.engine, lambda s: links.redeem(s, token, password_hash)) == person
    with reading(server.engine) as session:
        assert sessions.check(session, "管理员", PASSWORD).person == person
    with pytest.raises(Problem) as caught:
        in_transaction(server.engine, lambda s: links.redeem(s, token, password_hash))
    assert caught.value.code == "link_invalid"


def test_failures_are_counted_by_name_and_place_and_forgotten_on_success(server: Server) -> None:
    attempts = Attempts(server.engine)

    def attempt(*key: str, right: bool = False) -> str:
        try:
            with attempts.guard(Target.PASSWORD, *key), reading(server.engine) as session:
                if not right:
                    sessions.check(session, "nobody", "nothing at all")
        except Problem as problem:
            return problem.code
        return "in"

    assert [attempt("a", "here") for _ in range(2)] == ["sign_in_failed"] * 2
    assert attempt("a", "here", right=True) == "in"
    assert [attempt("a", "here") for _ in range(MOST)] == ["sign_in_failed"] * MOST
    assert attempt("a", "here", right=True) == "too_many_attempts"
    assert attempt("a", "there", right=True) == "in"
    assert attempt("b", "here", right=True) == "in"
