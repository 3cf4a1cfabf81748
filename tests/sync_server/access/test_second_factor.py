"""Two-step verification: a code opens one session once, clocks may differ a little, phones get lost."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from shared.problems import Problem
from shared.vocabulary import Role
from sync_server.access import links, people
from sync_server.access.people import Person
from sync_server.access.sign_in import attempts, second_factor
from sync_server.access.sign_in.attempts import MOST, MOST_CODES
from sync_server.app import create_app
from sync_server.database.tables import AuditRow, RecoveryCodeRow, SignInStepRow
from sync_server.database.timestamps import now_ms
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import SESSION_COOKIE
from tests.support.server import Server

PASSWORD = "correct horse"
HERE = "/account/second-factor"


class App:
    """An authenticator app, and the server's clock: both stand still at the middle of a step."""

    def __init__(self, secret: str, started_ms: int) -> None:
        self.totp, self.step = pyotp.TOTP(secret), started_ms // 30_000

    def now_ms(self) -> int:
        return self.step * 30_000 + 15_000

    def code(self, late: int = 0) -> str:
        """The code that an app shows whose clock is that many steps late."""
        return self.totp.generate_otp(self.step - late)


@pytest.fixture
def person(server: Server) -> Person:
    return server.person("张三", Role.REVIEWER, PASSWORD)


def browser(server: Server, address: str = "10.0.0.1") -> TestClient:
    headers = {"Accept": "text/html"}
    return TestClient(server.client.app, client=(address, 50_000), follow_redirects=False, headers=headers)


def with_password(client: TestClient) -> str:
    """Where the right password leads."""
    answer = client.post("/sign-in", data={"name": "张三", "password": PASSWORD, "next": "/ledger?q=a"})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def show(client: TestClient, code: str) -> int:
    """The status of the answer to a code."""
    return int(client.post("/sign-in/code", data={"code": code, "next": "/ledger"}).status_code)


def is_in(client: TestClient) -> bool:
    return bool(client.get("/ledger").status_code == 200)


def codes_of(page: str) -> list[str]:
    return re.findall(r"<li><code class=\"code\">([\w-]+)</code>", page)


@pytest.fixture
def turn_on(
    server: Server, person: Person, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], tuple[App, list[str], TestClient]]:
    """Turn it on through the pages: the app, the recovery codes, and the browser that did it."""

    def do() -> tuple[App, list[str], TestClient]:
        client = browser(server)
        with_password(client)
        assert client.post(f"{HERE}/begin", data={"password": PASSWORD}).status_code == 303
        page = client.get(HERE).text
        assert "<svg" in page
        secret = re.search(r"secret=([A-Z2-7]+)", page)
        assert secret
        app = App(secret.group(1), now_ms())
        monkeypatch.setattr(second_factor, "now_ms", app.now_ms)
        assert client.post(f"{HERE}/confirm", data={"code": "000000"}).status_code == 401
        codes = codes_of(client.post(f"{HERE}/confirm", data={"code": app.code()}).text)
        assert len(set(codes)) == second_factor.RECOVERY_CODES
        app.step += 1
        return app, codes, client

    return do


Turn = Callable[[], tuple[App, list[str], TestClient]]


def test_the_password_alone_opens_nothing_and_a_code_opens_the_page_that_was_wanted(
    server: Server, turn_on: Turn
) -> None:
    app, _, first = turn_on()
    assert is_in(first)
    client = browser(server)
    assert with_password(client) == "/sign-in/code?next=/ledger%3Fq%3Da"
    assert SESSION_COOKIE not in client.cookies
    assert not is_in(client)
    assert client.get("/sign-in/code").status_code == 200
    assert show(client, "123") == 401
    answer = client.post(
        "/sign-in/code", data={"code": f" {app.code()[:3]} {app.code()[3:]} ", "next": "//evil"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert is_in(client)


def test_without_the_password_first_a_code_is_not_even_looked_at(server: Server, turn_on: Turn) -> None:
    app, codes, _ = turn_on()
    client = browser(server)
    for code in (app.code(), codes[0]):
        answer = client.post("/sign-in/code", data={"code": code})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/")
    client.cookies.set("anlan_sign_in", "made-up")
    assert client.get("/sign-in/code").headers["location"] == "/sign-in?next=/"
    assert not is_in(client)


def test_a_code_opens_once_even_at_two_servers_at_once(server: Server, turn_on: Turn) -> None:
    app, _, _ = turn_on()
    other = create_app(server.settings)
    clients = [browser(server, f"10.0.1.{n}") for n in range(4)]
    clients += [TestClient(other, client=(f"10.0.2.{n}", 1), follow_redirects=False) for n in range(4)]
    for client in clients:
        with_password(client)
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(lambda client: show(client, app.code()), clients))
    assert statuses == [303] + [401] * 7
    other.state.refusals.close()
    other.state.engine.dispose()


def test_a_code_of_an_earlier_time_opens_nothing_after_a_later_one(server: Server, turn_on: Turn) -> None:
    app, _, _ = turn_on()
    first, second = browser(server), browser(server)
    with_password(first)
    with_password(second)
    earlier, present = app.code(late=1), app.code()
    assert show(first, present) == 303
    assert show(second, earlier) == 401
    assert show(second, present) == 401
    app.step += 1
    assert show(second, app.code()) == 303


@pytest.mark.parametrize(("late", "status"), [(-2, 401), (-1, 303), (0, 303), (1, 303), (2, 401)])
def test_clocks_may_differ_by_one_step(server: Server, turn_on: Turn, late: int, status: int) -> None:
    app, _, _ = turn_on()
    app.step += 5
    client = browser(server)
    with_password(client)
    assert show(client, app.code(late)) == status


def test_codes_are_guessed_a_few_times_only_and_that_is_noted(
    server: Server, person: Person, turn_on: Turn
) -> None:
    app, _, _ = turn_on()
    wrong = f"{(int(app.code()) + 1) % 10**6:06}"
    client = browser(server)
    with_password(client)
    assert [show(client, wrong) for _ in range(MOST)] == [401] * MOST
    server.client.app.state.refusals.wait()  # type: ignore[attr-defined]
    with reading(server.engine) as session:
        found = session.exec(select(AuditRow).where(AuditRow.action == "second_factor_failed")).all()
        assert {row.person for row in found} == {person.id}
    with_password(client)  # which is no way around
    answer = client.post("/sign-in/code", data={"code": app.code()})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert not is_in(client)


def test_who_knows_the_password_locks_nobody_out(server: Server, turn_on: Turn) -> None:
    app, codes, _ = turn_on()
    own = browser(server, "192.0.2.9")
    with_password(own)
    assert show(own, app.code()) == 303
    app.step += 5
    wrong = f"{(int(app.code()) + 5) % 10**6:06}"
    assert wrong not in {app.code(late) for late in (-1, 0, 1)}
    for guess in range(MOST_CODES):
        thief = browser(server, f"10.9.{guess}.1")
        with_password(thief)
        assert show(thief, wrong) == 401
    with_password(thief)
    assert [show(thief, wrong), show(thief, app.code())] == [429, 429]
    with_password(own)
    assert show(own, app.code()) == 303, "an address of the owner's"
    abroad = browser(server, "198.51.100.7")
    with_password(abroad)
    app.step += 1
    assert show(abroad, app.code()) == 429
    assert show(abroad, codes[0]) == 303, "a recovery code works everywhere"
    with_password(abroad)
    assert show(abroad, app.code()) == 303, "and makes an address the owner's"


def test_at_an_address_of_the_owner_codes_are_not_guessed_all_day(
    server: Server, turn_on: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, codes, _ = turn_on()
    own = browser(server)
    with_password(own)
    assert show(own, app.code()) == 303
    app.step += 5
    wrong = f"{(int(app.code()) + 5) % 10**6:06}"
    start, tried = now_ms(), 0
    for minute in range(MOST_CODES + 5):
        monkeypatch.setattr(attempts, "now_ms", lambda at=minute: start + at * 60_000)
        with_password(own)
        tried += show(own, wrong) == 401
    assert tried == MOST_CODES
    assert show(own, codes[0]) == 303


def test_the_owner_is_told_until_the_password_is_another(server: Server, turn_on: Turn) -> None:
    app, _, first = turn_on()
    wrong = f"{(int(app.code()) + 5) % 10**6:06}"
    thief = browser(server, "10.9.9.9")
    with_password(thief)
    for _ in range(second_factor.SUSPICIOUS - 1):
        show(thief, wrong)
    assert "输错了" not in first.get("/account").text
    show(thief, wrong)
    own = browser(server)
    with_password(own)
    answer = own.post("/sign-in/code", data={"code": app.code(), "next": "/ledger"})
    assert answer.headers["location"] == "/account"
    assert f"输错了 {second_factor.SUSPICIOUS} 次" in own.get("/account").text
    said = {"present": PASSWORD, "password": "tangbian rongshu 37", "again": "tangbian rongshu 37"}
    assert own.post("/account/password", data=said).status_code == 303
    assert "输错了" not in own.get("/account").text


def test_own_slips_are_forgotten(server: Server, turn_on: Turn) -> None:
    app, _, _ = turn_on()
    wrong = f"{(int(app.code()) + 5) % 10**6:06}"
    own = browser(server)
    for _ in range(2):
        with_password(own)
        assert [show(own, wrong) for _ in range(second_factor.SUSPICIOUS - 1)][-1] == 401
        app.step += 1
        assert show(own, app.code()) == 303
    assert "输错了" not in own.get("/account").text
    with_password(own)
    for _ in range(second_factor.SUSPICIOUS):
        show(own, wrong)
    app.step += 1
    assert show(own, app.code()) == 303
    assert "输错了" in own.get("/account").text
    assert own.post(f"{HERE}/mine").status_code == 303
    assert "输错了" not in own.get("/account").text


def test_a_recovery_code_opens_once_and_is_not_kept_as_it_is(server: Server, turn_on: Turn) -> None:
    _, codes, first = turn_on()
    with reading(server.engine) as session:
        kept = "".join(row.code_hash for row in session.exec(select(RecoveryCodeRow)))
    assert not any(code.replace("-", "") in kept for code in codes)
    client = browser(server)
    with_password(client)
    assert show(client, codes[3].lower().replace("-", " ")) == 303
    assert is_in(client)
    again = browser(server)
    with_password(again)
    assert show(again, codes[3]) == 401
    assert "还有 9 个备用码" in first.get(HERE).text
    renewed = codes_of(first.post(f"{HERE}/codes", data={"password": PASSWORD}).text)
    assert not set(renewed) & set(codes)
    assert show(again, codes[4]) == 401
    assert show(again, renewed[0]) == 303
    assert not codes_of(first.get(HERE).text), "shown once"


def test_a_browser_that_was_left_open_changes_nothing_without_the_password(
    server: Server, turn_on: Turn
) -> None:
    _, _, client = turn_on()
    for action in ("begin", "codes", "off"):
        assert client.post(f"{HERE}/{action}", data={"password": "wrong horse"}).status_code == 401
    assert with_password(browser(server)).startswith("/sign-in/code")
    assert client.post(f"{HERE}/off", data={"password": PASSWORD}).status_code == 303
    assert with_password(browser(server)) == "/ledger?q=a"


def test_turning_it_on_ends_what_was_opened_without_it(server: Server, turn_on: Turn) -> None:
    before = browser(server)
    with_password(before)
    assert is_in(before)
    _, _, client = turn_on()
    assert is_in(client)
    assert not is_in(before)


def test_the_administrator_resets_it_for_others(server: Server, person: Person, turn_on: Turn) -> None:
    turn_on()
    office = server.browser()
    assert "重置两步验证" in office.get(f"/people/{person.id}/account").text
    assert (
        server.browser(Role.REVIEWER, "李四").post(f"/people/{person.id}/second-factor/reset").status_code
        == 403
    )
    assert office.post("/people/nobody/second-factor/reset").status_code == 404
    with reading(server.engine) as session:
        own = people.by_name(session, "张管理")
    assert own
    assert office.post(f"/people/{own.id}/second-factor/reset").status_code == 409
    assert office.post(f"/people/{person.id}/second-factor/reset").status_code == 303
    assert with_password(browser(server)) == "/ledger?q=a"
    with reading(server.engine) as session:
        [noted] = session.exec(select(AuditRow).where(AuditRow.action == "second_factor_reset"))
        assert not session.exec(select(RecoveryCodeRow)).all()
    assert (noted.person, noted.subject) == (own.id, person.id)


def test_a_link_for_a_new_password_is_no_way_around_a_code(
    server: Server, person: Person, turn_on: Turn
) -> None:
    app, _, _ = turn_on()
    waiting = browser(server)
    with_password(waiting)
    link = in_transaction(server.engine, lambda s: links.make(s, person.id))
    client = browser(server)
    said = {"password": "another long password", "again": "another long password"}
    answer = client.post(f"/welcome/{link}", data=said)
    assert answer.headers["location"].startswith("/sign-in/code")
    assert not is_in(client)
    assert show(waiting, app.code()) == 303
    assert not is_in(waiting), "the old password's sign-in ended"
    assert show(client, app.code()) == 303
    assert is_in(client)


def test_who_is_deactivated_while_a_code_is_awaited_is_out(
    server: Server, person: Person, turn_on: Turn
) -> None:
    app, _, _ = turn_on()
    client = browser(server)
    with_password(client)
    in_transaction(server.engine, lambda s: people.deactivate(s, person.id, "boss"))
    assert client.post("/sign-in/code", data={"code": app.code()}).headers["location"] == "/sign-in?next=/"


def test_waiting_for_a_code_ends(server: Server, person: Person, turn_on: Turn) -> None:
    turn_on()
    token = in_transaction(server.engine, lambda s: second_factor.wait(s, person.id))
    with reading(server.engine) as session:
        assert second_factor.waiting(session, token) == person.id

    def age(session: Session) -> None:
        for row in session.exec(select(SignInStepRow)):
            row.expires_at = "2020-01-01T00:00:00.000Z"
            session.add(row)

    in_transaction(server.engine, age)
    with reading(server.engine) as session, pytest.raises(Problem, match="sign_in_required"):
        second_factor.waiting(session, token)


def test_what_is_not_confirmed_does_not_count(server: Server, person: Person) -> None:
    client = browser(server)
    with_password(client)
    assert client.post(f"{HERE}/begin", data={"password": PASSWORD}).status_code == 303
    assert with_password(browser(server)) == "/ledger?q=a"
