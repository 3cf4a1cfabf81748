"""Writing: one way, that waits its turn, says when too many wait, and keeps nothing of what failed."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from shared.problems import Problem
from sync_server.database import campaigns, transactions
from sync_server.database.tables import SignInLinkRow
from sync_server.database.timestamps import now_text
from sync_server.database.transactions import in_transaction, reading
from sync_server.maintenance import setup
from sync_server.settings import Settings
from tests.support.server import Server


def note(name: str) -> SignInLinkRow:
    return SignInLinkRow(token_hash=name, person="test", expires_at=now_text())


def ids(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return sorted(session.exec(select(SignInLinkRow.token_hash)))


def test_what_failed_leaves_nothing(server: Server) -> None:
    def work(session: Session) -> None:
        session.add(note("a"))
        session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_transaction(server.engine, work)
    assert ids(server.engine) == []


def test_what_a_reader_changes_is_refused_or_thrown_away(server: Server) -> None:
    with contextlib.suppress(DBAPIError), reading(server.engine) as session:
        session.add(note("a"))
        session.flush()
    assert ids(server.engine) == []


def test_many_writers_take_turns(server: Server) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: in_transaction(server.engine, lambda s: s.add(note(f"{n:03d}"))), range(80)))
    assert len(ids(server.engine)) == 80


def test_a_reader_sees_one_state_whatever_is_committed_meanwhile(server: Server) -> None:
    with reading(server.engine) as session:
        assert session.exec(select(func.count()).select_from(SignInLinkRow)).one() == 0
        in_transaction(server.engine, lambda s: s.add(note("a")))
        assert session.exec(select(func.count()).select_from(SignInLinkRow)).one() == 0
    assert ids(server.engine) == ["a"]


def test_a_writer_of_sqlite_waits_for_another_process(data_dir: Path) -> None:
    engine = setup.open_database(Settings(data_dir))
    other = create_engine(f"sqlite:///{data_dir / 'anlan.sqlite3'}", isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.execute(text("BEGIN IMMEDIATE"))
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(in_transaction, engine, lambda s: s.add(note("a")))
            threading.Event().wait(0.2)
            assert not done.done()
            connection.execute(text("COMMIT"))
            done.result(20)
    assert ids(engine) == ["a"]
    other.dispose()
    engine.dispose()


def test_too_many_waiting_writers_are_sent_away_with_a_time(server: Server) -> None:
    phone = server.phone()
    go, inside = threading.Event(), threading.Event()

    def slow(_: Session) -> None:
        inside.set()
        go.wait(20)

    seats = server.engine.get_execution_options()["write_seats"]
    taken = 0
    while seats.acquire(blocking=False):
        taken += 1
    assert taken == transactions.MOST_WAITING
    seats.release()
    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(in_transaction, server.engine, slow)
        inside.wait(20)
        with pytest.raises(Problem) as caught:
            in_transaction(server.engine, lambda s: s.add(note("a")))
        assert caught.value.code == "overloaded"
        answer = phone.post(phone.op())
        assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
        assert answer.headers["retry-after"] == "2"
        assert phone.pull()["next"] == 0
        go.set()
        holding.result(20)
    for _ in range(taken - 1):
        seats.release()
    assert phone.post(phone.op()).status_code == 200


def test_pushes_beyond_those_that_may_wait_are_sent_away_with_a_time(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = server.state.lanes.pushes
    monkeypatch.setattr(lane, "room", 2)
    phone = server.phone()
    go, inside = threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        campaigns.locked_end(session, server.campaign)
        inside.set()
        go.wait(20)

    with ThreadPoolExecutor() as pool:
        pool.submit(in_transaction, server.engine, slow)
        inside.wait(20)
        known = [pool.submit(phone.post, phone.op()) for _ in range(2)]
        while lane.inside < 2:
            time.sleep(0.01)
        answer = phone.post(phone.op())
        assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
        go.set()
        assert [answer.result(20).status_code for answer in known] == [200] * len(known)
    assert phone.pull()["next"] == len(known)


def test_only_what_nobody_is_promised_does_not_wait_for_the_disk(server: Server) -> None:
    if server.engine.dialect.name == "sqlite":
        question, without, with_it = "PRAGMA synchronous", 1, 2
    else:
        question, without, with_it = "SELECT (current_setting('synchronous_commit') = 'on')::int", 0, 1

    def how_safe(session: Session) -> int:
        return int(session.execute(text(question)).scalar_one())

    assert in_transaction(server.engine, how_safe, durable=False) == without
    assert in_transaction(server.engine, how_safe) == with_it
