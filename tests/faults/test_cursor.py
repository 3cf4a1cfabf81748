"""A polling phone misses nothing: eight concurrent writers on PostgreSQL, one stalled inside its transaction.

Pushes and polling run the server's own code. A mutant that assigns numbers without a lock loses rows, so the
test can fail.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from shared import clock, problems
from shared.operations import GENESIS
from shared.permissions import Grant
from shared.problems import Problem
from shared.towns import TOWNS
from shared.vocabulary import Role
from sync_server.access.people import Person
from sync_server.access.policy import Access
from sync_server.database import campaigns
from sync_server.database.bulk_insert import insert_rows
from sync_server.database.campaigns import End
from sync_server.database.transactions import in_transaction, reading
from sync_server.log import ingest, pages, validation, writer
from sync_server.log.validation import Sender
from sync_server.maintenance import setup
from sync_server.settings import Settings
from tests.support.postgres import Postgres
from tests.support.under_fire import SERIALIZABLE

WRITERS, PUSHES, BATCH = 8, 10, 3
STALL_S = 1.5
STALLED = f"{0:016x}"
CAMPAIGN = campaigns.ID
INSPECTOR = Access(Person("ab", "", Role.INSPECTOR), (Grant(Role.INSPECTOR),))


@pytest.fixture(params=[""], ids=["read_committed"])
def engine(request: pytest.FixtureRequest, data_dir: Path, postgresql: Postgres) -> Iterator[Engine]:
    """An empty campaign on PostgreSQL."""
    url = postgresql.fresh(request.param)
    engine = setup.open_database(Settings(data_dir, url))
    in_transaction(engine, lambda session: campaigns.ensure(session))
    yield engine
    engine.dispose()
    postgresql.drop(url)


def operation(device: str, n: int) -> dict[str, Any]:
    return {
        "campaign": CAMPAIGN,
        "device": device,
        "n": n,
        "record": str(uuid.uuid4()),
        "type": "hazard",
        "kind": "edit",
        "fields": {"water_name": f"第{n}处", "town_code": TOWNS[int(device, 16)].code},
        "base": 0,
        "tip": GENESIS,
        "hlc": clock.stamp(1_780_000_000_000, n),
        "made_at": "2026-06-01T08:04:06+08:00",
        "author": "ab",
        "schema": 1,
    }


def push(engine: Engine, device: str, ns: range) -> list[int]:
    """Push like a phone, retrying while the server is overloaded; returns the seqs in the answer."""
    sender = Sender(CAMPAIGN, device, INSPECTOR)
    validated = [validation.validate(operation(device, n), sender) for n in ns]

    def work(session: Session) -> list[dict[str, Any]]:
        campaign = campaigns.get(session, CAMPAIGN)
        return ingest.ingest(session, campaign, sender, validated, 1_780_000_000_000)[0]

    while True:
        try:
            return [result["seq"] for result in in_transaction(engine, work)]
        except Problem as problem:
            if problem.kind is not problems.overloaded:
                raise


def poll(engine: Engine, done: Callable[[], bool]) -> list[int]:
    """The seqs that a phone pulls until `done` and nothing is left."""
    seen: list[int] = []
    since = 0
    while True:
        last = done()
        with reading(engine) as session:
            page = pages.page(session, CAMPAIGN, since, 7)
        seen += [row.seq for row in page.rows]
        since = page.next
        if last and not page.more:
            return seen
        if not page.rows:
            time.sleep(0.005)


def push_and_poll(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], list[int]]:
    """(acknowledged seqs, pulled seqs), with one writer stalled between its number and its commit."""
    stalled = threading.Event()

    def slowly(session: Session, table: Any, rows: Any) -> None:
        if rows[0]["device"] == STALLED and rows[0]["n"] > BATCH and not stalled.is_set():
            stalled.set()
            time.sleep(STALL_S)
        insert_rows(session, table, rows)

    monkeypatch.setattr(writer, "insert_rows", slowly)

    def save(place: int) -> list[int]:
        return [
            seq
            for start in range(1, PUSHES * BATCH, BATCH)
            for seq in push(engine, f"{place:016x}", range(start, start + BATCH))
        ]

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        saving = [pool.submit(save, place) for place in range(WRITERS)]
        polling = pool.submit(poll, engine, lambda: not wait(saving, timeout=0).not_done)
        acknowledged = [seq for done in saving for seq in done.result(120)]
        pulled = polling.result(120)
    assert stalled.is_set()
    return acknowledged, pulled


@pytest.mark.parametrize("engine", ["", SERIALIZABLE], ids=["read_committed", "serializable"], indirect=True)
def test_a_polling_phone_gets_each_operation_once_and_in_order(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    acknowledged, pulled = push_and_poll(engine, monkeypatch)
    assert sorted(acknowledged) == list(range(1, WRITERS * PUSHES * BATCH + 1))
    assert pulled == sorted(acknowledged)


def test_numbers_assigned_without_a_lock_lose_rows(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    in_transaction(engine, lambda session: session.execute(text("CREATE SEQUENCE drawn")))

    def drawn(session: Session, _campaign: str) -> End:
        number = session.execute(text("SELECT nextval('drawn')")).scalar_one()
        return End(number * BATCH, GENESIS)

    monkeypatch.setattr(campaigns, "locked_end", drawn)
    acknowledged, pulled = push_and_poll(engine, monkeypatch)
    assert len(set(acknowledged)) == len(acknowledged) == WRITERS * PUSHES * BATCH
    assert set(acknowledged) - set(pulled) != set()
