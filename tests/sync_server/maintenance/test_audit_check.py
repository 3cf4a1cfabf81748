"""`anlan audit verify` finds what somebody did to the audit log in the database itself."""

import json
import sqlite3
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from shared.vocabulary import Role
from sync_server.access import audit
from sync_server.app import create_app
from sync_server.database import audit_chain, campaigns
from sync_server.database.transactions import in_transaction, reading
from sync_server.maintenance import audit_check, people_access, setup
from sync_server.maintenance.audit_check import AuditReport, What
from sync_server.maintenance.people_access import GrantRequest
from sync_server.settings import Settings
from tests.support.served import run as anlan
from tests.sync_server.deployment import Deployment

ROWS = 12


def note(session: Session, number: int, **details: Any) -> None:
    audit.note(session, "test", person=f"人 {number}", subject="x", **{"number": number, **details})


@pytest.fixture
def written(office: Deployment) -> Deployment:
    """A deployment with some rows in its audit log."""
    for number in range(1, ROWS + 1):
        in_transaction(office.engine, partial(note, number=number))
    return office


def report(office: Deployment, noted: dict[int, str] | None = None) -> AuditReport:
    with reading(office.engine) as session:
        return audit_check.check(session, noted)


def found(office: Deployment, noted: dict[int, str] | None = None) -> list[tuple[What, int, int]]:
    return [(fault.what, fault.number, fault.last) for fault in report(office, noted).faults]


def tamper(office: Deployment, *statements: str) -> None:
    """What somebody with access to the database does, past the server."""

    def work(session: Session) -> None:
        for statement in statements:
            session.execute(text(statement))

    in_transaction(office.engine, work)


def noted_end(office: Deployment) -> tuple[int, str]:
    number, _, end = report(office).end.partition(":")
    return int(number), end


def test_an_untouched_log_is_whole(written: Deployment) -> None:
    assert report(written).rows == ROWS
    assert found(written, dict([noted_end(written)])) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET person = 'x' WHERE number = 5",
        "UPDATE audit SET person = NULL WHERE number = 5",
        "UPDATE audit SET at = '2020-01-01T00:00:00.000Z' WHERE number = 5",
        "UPDATE audit SET action = 'sign_in' WHERE number = 5",
        "UPDATE audit SET subject = '' WHERE number = 5",
        "UPDATE audit SET details = '{}' WHERE number = 5",
        "UPDATE audit SET device = 'x' WHERE number = 5",
        "UPDATE audit SET id = 'x' WHERE number = 5",
        "UPDATE audit SET previous = 'x' WHERE number = 5",
        "UPDATE audit SET hash = 'x' WHERE number = 5",
    ],
)
def test_a_changed_row_is_named(written: Deployment, change: str) -> None:
    tamper(written, change)
    assert (What.CHANGED, 5, 5) in found(written)


def test_a_changed_row_is_named_alone(written: Deployment) -> None:
    tamper(written, "UPDATE audit SET person = 'x' WHERE number IN (5, 9)")
    assert found(written) == [(What.CHANGED, 5, 5), (What.CHANGED, 9, 9)]


def test_missing_rows_are_named(written: Deployment) -> None:
    tamper(written, "DELETE FROM audit WHERE number IN (1, 5, 6)")
    assert found(written) == [(What.MISSING, 1, 1), (What.MISSING, 5, 6)]


def test_rows_that_changed_places_are_named(written: Deployment) -> None:
    tamper(
        written,
        "UPDATE audit SET number = 1000 WHERE number = 5",
        "UPDATE audit SET number = 5 WHERE number = 8",
        "UPDATE audit SET number = 8 WHERE number = 1000",
    )
    changed = [number for what, number, _ in found(written) if what is What.CHANGED]
    assert changed == [5, 8]


def test_a_gap_that_was_closed_is_found(written: Deployment) -> None:
    tamper(
        written,
        "DELETE FROM audit WHERE number = 5",
        *(f"UPDATE audit SET number = {n - 1} WHERE number = {n}" for n in range(6, ROWS + 1)),
        "UPDATE audit_end SET number = number - 1",
    )
    changed = [number for what, number, _ in found(written) if what is What.CHANGED]
    assert changed == list(range(5, ROWS))


def test_a_row_that_was_written_anew_with_its_hash_is_found(written: Deployment) -> None:
    with reading(written.engine) as session:
        row = session.execute(text("SELECT previous, id, at FROM audit WHERE number = 5")).one()
    entry = audit_chain.Entry(row.id, row.at, "别人", None, "test", "x", {"number": 5})
    forged = audit_chain.hash_of(row.previous, 5, entry)
    tamper(written, f"UPDATE audit SET person = '别人', hash = '{forged}' WHERE number = 5")
    assert found(written) == [(What.REPLACED, 5, 5)]


def test_rows_cut_off_at_the_end_are_found(written: Deployment) -> None:
    number, end = noted_end(written)
    tamper(written, f"DELETE FROM audit WHERE number > {ROWS - 2}")
    assert found(written) == [(What.MISSING, ROWS - 1, ROWS)]
    with reading(written.engine) as session:
        kept = session.execute(text(f"SELECT hash FROM audit WHERE number = {ROWS - 2}")).scalar()
    tamper(written, f"UPDATE audit_end SET number = {ROWS - 2}, hash = '{kept}'")
    assert found(written) == []
    assert found(written, {number: end}) == [(What.MISSING, ROWS - 1, ROWS)]
    in_transaction(written.engine, lambda session: note(session, 98))
    in_transaction(written.engine, lambda session: note(session, 99))
    assert found(written, {number: end}) == [(What.NOT_AS_NOTED, ROWS, ROWS)]


def test_rows_added_past_the_server_are_found(written: Deployment) -> None:
    columns = "previous, hash, id, at, person, device, action, subject, details"
    tamper(
        written,
        f"INSERT INTO audit (number, {columns}) "
        f"SELECT {ROWS + 1}, {columns} FROM audit WHERE number = {ROWS}",
    )
    assert (What.AFTER_END, ROWS + 1, ROWS + 1) in found(written)


def test_what_a_row_says_comes_back_as_it_was_hashed(office: Deployment) -> None:
    said = {
        "small": 1e-7,
        "large": 10**15,
        "text": '“é\u2028\\ " 水',
        "none": None,
        "nested": {"b": [1.5], "a": ()},
    }
    in_transaction(office.engine, lambda session: note(session, 1, **said))
    assert found(office) == []


def test_a_transaction_that_failed_leaves_no_row_and_no_gap(office: Deployment) -> None:
    def work(session: Session) -> None:
        note(session, 1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_transaction(office.engine, work)
    in_transaction(office.engine, lambda session: note(session, 2))
    assert (report(office).rows, found(office)) == (1, [])


def test_writers_on_several_servers_make_one_chain(office: Deployment) -> None:
    others = [create_app(office.settings).state.engine for _ in range(2)]
    engines = [office.engine, *others]

    def work(number: int) -> None:
        def both(session: Session) -> None:
            note(session, number)
            if number % 2:  # the log's end is locked too, and after the first note
                campaigns.locked_end(session, office.campaign)
            note(session, number, again=True)

        in_transaction(engines[number % 3], both)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, range(90)))
    for engine in others:
        engine.dispose()
    assert (report(office).rows, found(office)) == (180, [])


def test_a_push_writes_no_row(office: Deployment) -> None:
    before = report(office).rows
    office.rectified()
    assert report(office).rows == before


@pytest.fixture
def in_terminal(data_dir: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """A data folder with an audit log, and `anlan audit` in it."""
    engine = setup.open_database(Settings(data_dir))
    for name in ("甲", "乙", "丙"):
        people_access.add(engine, name, GrantRequest(Role.INSPECTOR), None)
    engine.dispose()
    return lambda *words: anlan("audit", "verify", "--data", data_dir, *words)


def test_the_command_says_where_the_log_ends(
    in_terminal: Callable[..., subprocess.CompletedProcess[str]], data_dir: Path
) -> None:
    printed = in_terminal()
    end = printed.stdout.splitlines()[-1]
    assert (printed.returncode, end.partition(":")[0]) == (0, "3")
    assert in_terminal("--expect", end).returncode == 0
    engine = setup.open_existing(Settings(data_dir))
    setup.set_target(engine, 2026, 100)
    assert in_terminal("--expect", end).returncode == 0
    with engine.connect() as connection:
        connection.execute(text("UPDATE audit SET subject = 'x' WHERE number = 2"))
        connection.commit()
    engine.dispose()
    broken = in_terminal("--expect", end, "--expect", f"9:{'0' * 64}")
    assert broken.returncode == 1
    assert "Row 2 was changed or moved." in broken.stdout
    assert "Rows 5 to 9 are missing." in broken.stdout
    assert in_terminal("--expect", "nonsense").returncode == 2


def test_the_chain_goes_on_after_a_restore_with_a_row_that_says_so(
    in_terminal: Callable[..., subprocess.CompletedProcess[str]], data_dir: Path
) -> None:
    engine = setup.open_existing(Settings(data_dir))
    setup.start(engine, "管理员")
    backup = (data_dir / "backup.sqlite3").as_posix()
    with sqlite3.connect(data_dir / "anlan.sqlite3") as kept:
        kept.execute("VACUUM INTO ?", (backup,))
    kept.close()
    setup.set_target(engine, 2026, 100)
    engine.dispose()
    lost = in_terminal().stdout.splitlines()[-1]
    for path in data_dir.glob("anlan.sqlite3*"):
        path.unlink()
    Path(backup).rename(data_dir / "anlan.sqlite3")
    assert anlan("restored", "--data", data_dir).returncode == 0
    printed = in_terminal()
    assert printed.returncode == 0
    assert "row 4: restored from a backup" in printed.stdout
    again = in_terminal("--expect", lost)
    assert again.returncode == 1
    assert "Row 4 does not have the hash that was noted." in again.stdout
    engine = setup.open_existing(Settings(data_dir))
    with reading(engine) as session:
        row = session.execute(text("SELECT details FROM audit WHERE number = 4")).one()
    engine.dispose()
    assert json.loads(row.details) == {"end": 0}
