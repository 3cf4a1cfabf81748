"""Guessing is limited by account and by address, for all servers of one database together."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from shared.vocabulary import Role
from sync_server.access import people
from sync_server.access.sign_in import attempts, passwords
from sync_server.access.sign_in.attempts import DAY_S, KNOWN_DAYS, MOST, MOST_ANYWHERE, WINDOW_S
from sync_server.app import create_app
from sync_server.database.tables import AttemptRow
from sync_server.database.timestamps import now_ms
from sync_server.database.transactions import in_transaction, reading
from tests.support.server import Server

RIGHT, WRONG = "correct horse", "wrong horse"


def client_at(app: FastAPI, address: str) -> TestClient:
    """A browser or phone at that address."""
    return TestClient(app, client=(address, 50_000), follow_redirects=False)


def sign_in(client: TestClient, password: str, name: str = "张三") -> int:
    """The status of the answer to a name and a password."""
    client.cookies.clear()
    return int(client.post("/sign-in", data={"name": name, "password": password}).status_code)


def rows(server: Server) -> list[AttemptRow]:
    with reading(server.engine) as session:
        return list(session.exec(select(AttemptRow)))


@pytest.fixture
def app(server: Server) -> FastAPI:
    """A server on which 张三 has a password."""
    server.person("张三", Role.REVIEWER, RIGHT)
    made: FastAPI = server.client.app  # type: ignore[assignment]
    return made


@pytest.mark.parametrize("name", ["张三", "nobody"])
def test_brute_force_ends_after_some_guesses_whether_the_name_exists_or_not(
    server: Server, app: FastAPI, name: str
) -> None:
    server.person("李四", Role.REVIEWER, RIGHT)
    here = client_at(app, "10.0.0.1")
    assert [sign_in(here, WRONG, name) for _ in range(MOST)] == [401] * MOST
    answer = here.post("/sign-in", data={"name": name, "password": RIGHT})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= WINDOW_S
    assert sign_in(here, WRONG, f" {name} ") == 429, "another spelling is the same account"
    assert sign_in(here, RIGHT, "李四") == 303
    assert sign_in(client_at(app, "10.0.0.2"), WRONG, name) == 401


def test_a_bucket_leaks_and_its_row_goes(
    server: Server, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = client_at(app, "10.0.0.1")
    for _ in range(MOST):
        sign_in(here, WRONG)
    assert sign_in(here, RIGHT) == 429
    monkeypatch.setattr(attempts, "now_ms", lambda: now_ms() + WINDOW_S * 1000 // MOST)
    assert [sign_in(here, WRONG), sign_in(here, WRONG)] == [401, 429]
    monkeypatch.setattr(attempts, "now_ms", lambda: now_ms() + 2 * DAY_S * 1000)
    assert sign_in(here, WRONG, "nobody") == 401
    assert len(rows(server)) == 3, "the place, the name there, and the name anywhere"
    assert sign_in(here, RIGHT) == 303
    monkeypatch.setattr(attempts, "now_ms", lambda: now_ms() + (KNOWN_DAYS + 3) * DAY_S * 1000)
    assert sign_in(here, WRONG, "nobody") == 401
    assert len(rows(server)) == 3


def test_an_account_is_guarded_against_many_addresses_but_not_from_its_owners(
    server: Server, app: FastAPI
) -> None:
    own = client_at(app, "192.0.2.9")
    assert sign_in(own, RIGHT) == 303
    for guess in range(MOST_ANYWHERE):
        assert sign_in(client_at(app, f"2001:db8:0:{guess:x}::1"), WRONG) == 401
    stranger = client_at(app, "2001:db8:1::1")
    assert sign_in(stranger, RIGHT) == 429
    assert sign_in(stranger, WRONG, "nobody") == 401
    assert sign_in(own, RIGHT) == 303
    assert [sign_in(own, WRONG) for _ in range(MOST)] == [401] * MOST
    assert sign_in(own, RIGHT) == 429


def test_two_servers_count_together_even_what_comes_at_once(server: Server, app: FastAPI) -> None:
    other = create_app(server.settings)
    clients = [client_at(app, "10.0.0.1"), client_at(other, "10.0.0.1")]
    assert [sign_in(clients[n % 2], WRONG) for n in range(MOST)] == [401] * MOST
    assert [sign_in(client, RIGHT) for client in clients] == [429, 429]

    def enrol(n: int) -> int:
        said = {"code": "AAAAAAAAAA", "device_name": "x"}
        return int(clients[n % 2].post("/api/v1/enrol", json=said).status_code)

    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(enrol, range(4 * MOST)))
    assert statuses == {403: MOST, 429: 3 * MOST}
    other.state.refusals.close()
    other.state.engine.dispose()


def test_what_was_no_guess_is_not_counted(
    server: Server, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = client_at(app, "10.0.0.1")
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "_SEATS", threading.BoundedSemaphore(1))
        with passwords._turn():
            assert [sign_in(here, WRONG) for _ in range(2 * MOST)] == [503] * 2 * MOST
    assert sign_in(here, RIGHT) == 303


def test_no_name_and_no_address_is_kept(server: Server, app: FastAPI) -> None:
    sign_in(client_at(app, "10.0.0.1"), WRONG, "my password typed as a name")
    kept = "".join(row.model_dump_json() for row in rows(server))
    assert kept
    assert "password" not in kept
    assert "10.0.0.1" not in kept


@pytest.mark.parametrize("name", ["张三", "nobody", "停用", "无密码"])
def test_every_refusal_takes_the_same_hash_work_and_reads_the_same(
    server: Server, app: FastAPI, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    boss = server.person("张管理", Role.ADMINISTRATOR)
    gone = server.person("停用", Role.REVIEWER, RIGHT)
    server.person("无密码", Role.REVIEWER)
    in_transaction(server.engine, lambda s: people.deactivate(s, gone.id, boss.id))
    passwords._nobodys()
    verified: list[str] = []

    class Counting:
        def verify(self, password_hash: str, password: str) -> bool:
            verified.append(password_hash.rpartition("$")[0].rpartition("$")[0])
            return bool(hasher.verify(password_hash, password))

    hasher = passwords._HASHER
    monkeypatch.setattr(passwords, "_HASHER", Counting())
    here = client_at(app, "10.0.0.1")
    page = here.post("/sign-in", data={"name": name, "password": WRONG})
    assert page.status_code == 401
    unknown = here.post("/sign-in", data={"name": "not here", "password": WRONG})
    assert page.text == unknown.text.replace("not here", name)
    assert len(verified) == 2
    assert verified[0] == verified[1], "the same parameters cost the same time"
