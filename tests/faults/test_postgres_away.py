"""PostgreSQL is down, full or overloaded: nothing is lost or done twice, and nobody gets a 500."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import text
from sqlmodel import Session, select

from sync_server.access import people
from sync_server.database import campaigns
from sync_server.database.tables import SignInLinkRow
from sync_server.database.timestamps import now_text
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import SESSION_COOKIE
from tests.support.postgres import Postgres
from tests.support.server import Server, open_server
from tools import postgres

CONNECTIONS = 25


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Postgres]:
    """A separate PostgreSQL that the test can stop and start."""
    programs = postgres.find()
    assert programs is not None, postgres.ADVICE
    server = Postgres(programs, settings=(f"max_connections={CONNECTIONS}", "fsync=on"))
    yield server
    server.close()


@pytest.fixture
def server(data_dir: Path, postgresql: Postgres) -> Iterator[Server]:
    """A server on a database of the shared PostgreSQL."""
    url = postgresql.fresh()
    with open_server(data_dir, url) as opened:
        yield opened
    postgresql.drop(url)


def note(session: Session, runs: list[int]) -> int:
    """Add a row; returns how often this has been run."""
    runs.append(1)
    session.add(SignInLinkRow(token_hash=f"run {len(runs)}", person="test", expires_at=now_text()))
    session.flush()
    return len(runs)


def noted(server: Server) -> list[str]:
    with reading(server.engine) as session:
        return list(session.exec(select(SignInLinkRow.token_hash)))


def cut(session: Session) -> None:
    """Terminate the session's connection, as a restart of PostgreSQL does."""
    session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


def writer_dialect(server: Server) -> Any:
    return server.engine.get_execution_options()["backend"].writer.dialect


def test_work_is_done_once_when_its_connection_breaks(server: Server) -> None:
    runs: list[int] = []

    def work(session: Session) -> int:
        done = note(session, runs)
        if done == 1:
            cut(session)
        return done

    assert in_transaction(server.engine, work) == 2
    assert noted(server) == ["run 2"]


@pytest.mark.parametrize("arrives", [True, False])
def test_the_database_is_asked_about_a_commit_without_an_answer(
    server: Server, monkeypatch: pytest.MonkeyPatch, arrives: bool
) -> None:
    runs: list[int] = []
    dialect = writer_dialect(server)
    do_commit = dialect.do_commit

    def unanswered(connection: Any) -> None:
        if not runs[1:]:
            runs.append(0)
            if arrives:
                do_commit(connection)
            connection.driver_connection.close()
            raise errors.OperationalError("server closed the connection unexpectedly")
        do_commit(connection)

    monkeypatch.setattr(dialect, "do_commit", unanswered)
    in_transaction(server.engine, lambda session: note(session, runs))
    assert noted(server) == ["run 1" if arrives else "run 3"]


def test_phones_retry_later_while_the_database_is_down(own: Postgres, data_dir: Path) -> None:
    with open_server(data_dir, own.empty()) as server:
        phone = server.phone()
        pull, ops = f"/api/v1/campaigns/{phone.campaign}/pull", [phone.op()]
        assert phone.push(*ops)[0]["status"] == "stored"
        for how in (signal.SIGQUIT, signal.SIGINT):  # immediate and fast shutdown
            ops.append(phone.op())
            own.stop(how)
            for answer in (phone.post(*ops), server.client.get(pull, headers=phone.headers)):
                assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
                assert answer.headers["retry-after"] == "2"
            assert server.client.get("/healthz").status_code == 503
            page = server.client.get("/", headers={"Cookie": f"{SESSION_COOKIE}=x", "Accept": "text/html"})
            assert page.status_code == 503
            assert "<html" in page.text
            own.start()
            *known, new = phone.push(*ops)
            assert {result["status"] for result in known} == {"duplicate"}
            assert new["status"] == "stored"
        assert [op["n"] for op in phone.pull()["ops"]] == [1, 2, 3]


def test_phones_retry_later_while_there_are_no_free_connections(own: Postgres, data_dir: Path) -> None:
    with open_server(data_dir, own.empty()) as server:
        phone = server.phone()
        server.engine.dispose()
        others: list[psycopg.Connection] = []
        while len(others) < CONNECTIONS:
            others.append(psycopg.connect(host=str(own.folder), user="postgres", dbname="postgres"))
        answer = phone.post(phone.op())
        assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
        for other in others:
            other.close()
        assert phone.pull()["next"] == 0


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (errors.DiskFull, 507, "storage_full"),
        (errors.TooManyConnections, 503, "overloaded"),
        (errors.LockNotAvailable, 503, "overloaded"),
        (errors.SerializationFailure, 503, "overloaded"),
    ],
)
def test_a_lasting_failure_is_reported(
    server: Server, monkeypatch: pytest.MonkeyPatch, failure: type[Exception], status: int, code: str
) -> None:
    phone = server.phone()
    dialect = writer_dialect(server)
    do_rollback = dialect.do_rollback

    def fails(connection: Any) -> None:
        do_rollback(connection)
        raise failure("always")

    with monkeypatch.context() as patch:
        patch.setattr(dialect, "do_commit", fails)
        answer = phone.post(phone.op())
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert phone.pull()["next"] == 0
    assert phone.push(phone.op())[0]["seq"] == 1


def test_a_hanging_writer_is_disconnected_and_its_work_is_run_again(server: Server) -> None:
    runs: list[int] = []

    def work(session: Session) -> int:
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 50"))
        campaigns.locked_end(session, server.campaign)
        if note(session, runs) == 1:
            with ThreadPoolExecutor(1) as pool:  # another writer gets the row that this one has locked
                pool.submit(
                    in_transaction, server.engine, lambda s: campaigns.locked_end(s, server.campaign)
                ).result(20)
        return len(runs)

    assert in_transaction(server.engine, work) == 2
    assert noted(server) == ["run 2"]


def test_a_text_that_postgresql_cannot_store_is_refused(server: Server) -> None:
    answer = server.client.post("/sign-in", data={"name": "张\0三", "password": "x" * 12})
    assert answer.status_code in (401, 403, 422)
    answer = server.client.post(
        "/api/v1/enrol", json={"code": server.code(), "device_name": "手\0机", "platform": "\0"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    with reading(server.engine) as session:
        assert people.by_name(session, "手机") is None


def test_two_servers_on_one_database_look_like_one_to_phones(
    data_dir: Path, tmp_path: Path, postgresql: Postgres
) -> None:
    url = postgresql.fresh()
    with open_server(data_dir, url) as one, open_server(data_dir, url) as other:
        phone = one.phone()
        clients = (one.client, other.client)
        ops = [phone.op() for _ in range(12)]
        for index, op in enumerate(ops):
            phone.client = clients[index % 2]
            assert phone.push(op)[0]["seq"] == index + 1
        for client in clients:
            phone.client = client
            assert [result["status"] for result in phone.push(*ops)] == ["duplicate"] * len(ops)
            assert [op["n"] for op in phone.pull()["ops"]] == [op["n"] for op in ops]
    postgresql.drop(url)
