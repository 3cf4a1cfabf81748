"""Sessions of browsers: limited in time, listed, ended one by one or all, and never one that was planted."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from shared.vocabulary import Role
from sync_server.access import links, people, sessions
from sync_server.access.people import Person
from sync_server.access.sessions import Limits
from sync_server.access.sign_in import passwords
from sync_server.database import timestamps
from sync_server.database.tables import AuditRow, WebSessionRow
from sync_server.database.timestamps import later
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import SESSION_COOKIE
from sync_server.pages.people.browser_names import browser_name
from tests.support.server import Server

PASSWORD = "correct horse"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
)


@pytest.fixture
def person(server: Server) -> Person:
    """Somebody with a password."""
    return server.person("张三", Role.REVIEWER, PASSWORD)


def browser(server: Server, agent: str = EDGE, address: str = "10.0.0.1") -> TestClient:
    """A browser of 张三, signed in through the form."""
    headers = {"Accept": "text/html", "User-Agent": agent}
    made = TestClient(server.client.app, client=(address, 50_000), follow_redirects=False, headers=headers)
    answer = made.post("/sign-in", data={"name": "张三", "password": PASSWORD})
    assert answer.status_code == 303
    return made


def is_in(client: TestClient) -> bool:
    return bool(client.get("/ledger").status_code == 200)


def ids(page: str) -> list[str]:
    return re.findall(r'name="session" value="([0-9a-f]+)"', page)


def test_a_planted_session_is_not_the_one_that_is_opened(server: Server, person: Person) -> None:
    planted = "planted-by-somebody-else"
    victim = TestClient(server.client.app, follow_redirects=False, headers={"Accept": "text/html"})
    victim.cookies.set(SESSION_COOKIE, planted)
    answer = victim.post("/sign-in", data={"name": "张三", "password": PASSWORD})
    fresh = re.search(rf"{SESSION_COOKIE}=([^;]+)", answer.headers["set-cookie"])
    assert fresh
    assert fresh.group(1) != planted
    attacker = TestClient(server.client.app, follow_redirects=False, headers={"Accept": "text/html"})
    attacker.cookies.set(SESSION_COOKIE, planted)
    assert not is_in(attacker)


def test_signing_in_again_ends_the_session_that_the_browser_had(server: Server, person: Person) -> None:
    first = browser(server)
    before = first.cookies[SESSION_COOKIE]
    first.post("/sign-in", data={"name": "张三", "password": PASSWORD})
    assert is_in(first)
    other = TestClient(server.client.app, follow_redirects=False, headers={"Accept": "text/html"})
    other.cookies.set(SESSION_COOKIE, before)
    assert not is_in(other)


def test_a_session_ends_when_idle_and_after_its_time_however_much_it_is_used(
    server: Server, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits, start, hours = Limits(idle_hours=2, total_hours=5), timestamps.now(), [0.0]
    monkeypatch.setattr(timestamps, "now", lambda: start + timedelta(hours=hours[0]))
    used, idle = (
        in_transaction(server.engine, lambda s: sessions.open_for(s, person, limits=limits)) for _ in range(2)
    )

    def open_at(token: str, hour: float) -> bool:
        hours[0] = hour
        with reading(server.engine) as session:
            found = sessions.access_of(session, token) is not None
            renewing = found and sessions.wants_renewal(session, token, limits)
        if renewing:
            in_transaction(server.engine, lambda s: sessions.renew(s, token, limits))
        return found

    assert [open_at(used, hour) for hour in (1.5, 3.0, 4.5, 4.9, 5.1)] == [True] * 4 + [False]
    assert open_at(idle, 1.9)
    assert not open_at(idle, 4.0)
    later_one = in_transaction(server.engine, lambda s: sessions.open_for(s, person, limits=limits))
    with reading(server.engine) as session:
        assert len(session.exec(select(WebSessionRow)).all()) <= 2, "what has ended is deleted"
    assert open_at(later_one, 5.0)


def test_ones_own_sessions_are_listed_and_ended_one_by_one(server: Server, person: Person) -> None:
    desk, pocket = browser(server), browser(server, PHONE, "10.0.0.2")
    page = desk.get("/account").text
    assert "Edge · Windows" in page
    assert "Safari · iPhone" in page
    assert "10.0.0.2" in page
    assert page.count("当前浏览器") == 1
    assert desk.cookies[SESSION_COOKIE] not in page
    own = sessions.id_of(desk.cookies[SESSION_COOKIE])
    [other] = set(ids(page)) - {own}
    assert desk.post("/account/sign-out", data={"session": other}).headers["location"] == "/account"
    assert "已退出登录" in desk.get("/account").text
    assert is_in(desk)
    assert not is_in(pocket)
    assert desk.post("/account/sign-out", data={"session": own}).headers["location"] == "/sign-in"
    assert not is_in(desk)


def test_signing_out_everywhere_ends_all_and_only_ones_own(server: Server, person: Person) -> None:
    others = server.browser(Role.REVIEWER, "李四")
    mine = [browser(server), browser(server, PHONE)]
    assert mine[0].post("/account/sign-out").headers["location"] == "/sign-in"
    assert [is_in(one) for one in (*mine, others)] == [False, False, True]


def test_nobody_ends_or_sees_the_sessions_of_others_but_the_administrator(
    server: Server, person: Person
) -> None:
    theirs, office = browser(server), server.browser()
    inspector = server.browser(Role.REVIEWER, "李四")
    [id] = ids(theirs.get("/account").text)
    assert inspector.get(f"/people/{person.id}/account").status_code == 403
    assert inspector.post(f"/people/{person.id}/sign-out").status_code == 403
    inspector.post("/account/sign-out", data={"session": id})
    assert is_in(theirs)
    assert office.get("/people/nobody/account").status_code == 404
    assert office.post("/people/nobody/sign-out").status_code == 404
    assert ids(office.get(f"/people/{person.id}/account").text) == [id]
    assert office.post(f"/people/{person.id}/sign-out").status_code == 303
    assert not is_in(theirs)
    with reading(server.engine) as session:
        noted = session.exec(select(AuditRow).where(AuditRow.action == "sessions_ended")).all()
    assert [(row.subject, row.details) for row in noted] == [(person.id, {"count": 1})]


def test_a_new_password_and_deactivation_end_sessions_at_once(server: Server, person: Person) -> None:
    first = browser(server)
    new = passwords.hash_new("another long password")
    in_transaction(server.engine, lambda s: people.set_password_hash(s, person.id, new))
    assert not is_in(first)
    link = in_transaction(server.engine, lambda s: links.make(s, person.id))
    said = {"password": PASSWORD, "again": PASSWORD}
    assert server.client.post(f"/welcome/{link}", data=said).status_code == 303
    second = browser(server)
    assert is_in(second)
    in_transaction(server.engine, lambda s: people.deactivate(s, person.id, "boss"))
    assert not is_in(second)
    in_transaction(server.engine, lambda s: people.reactivate(s, person.id, "boss"))
    assert not is_in(second)


def test_use_is_noted_and_prolongs(server: Server, person: Person) -> None:
    one = browser(server)

    def look(session: Session) -> tuple[str, str]:
        row = session.exec(select(WebSessionRow)).one()
        return row.seen_at, row.expires_at

    def age(session: Session) -> None:
        row = session.exec(select(WebSessionRow)).one()
        row.seen_at, row.expires_at = later(minutes=-30), later(hours=3)
        session.add(row)

    in_transaction(server.engine, age)
    with reading(server.engine) as session:
        before = look(session)
    assert is_in(one)
    with reading(server.engine) as session:
        seen, expires = look(session)
    assert seen > before[0]
    assert expires > before[1]


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (EDGE, "Edge · Windows"),
        (PHONE, "Safari · iPhone"),
        ("curl/8", "curl/8"),
        ("", ""),
        ("x" * 99, "x" * 40),
    ],
)
def test_browsers_have_short_names(agent: str, name: str) -> None:
    assert browser_name(agent) == name
