"""A server is restored from a backup: phones deliver again, nothing is lost, what was erased stays so."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from shared.permissions import School
from shared.vocabulary import Role
from sync_server.access.people import Person
from sync_server.database import timestamps
from sync_server.database.tables import HomeVisitKeyRow, HomeVisitRow, SealedQuarantineRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.maintenance import setup
from sync_server.vault import keys
from tests.support.home_visits import OTHER_SCHOOL, browser, school_person, teacher, visit
from tests.support.server import Server

TABLES = [
    row.metadata.tables[str(row.__tablename__)]
    for row in (HomeVisitRow, SealedQuarantineRow, HomeVisitKeyRow)
]
NEXT_YEAR = datetime(2027, 10, 1, tzinfo=UTC)
Backup = list[list[dict[str, Any]]]


def back_up(server: Server) -> Backup:
    """What the database knows of home visits."""
    with reading(server.engine) as session:
        return [[dict(row) for row in session.execute(select(table)).mappings()] for table in TABLES]


def put_back(server: Server, backup: Backup) -> None:
    """Restore it, and start the server."""

    def work(session: Any) -> None:
        for table, rows in zip(TABLES, backup, strict=True):
            session.execute(delete(table))
            if rows:
                session.execute(insert(table), rows)

    in_transaction(server.engine, work)
    setup.restored(server.engine)
    setup.start(server.engine, "管理员", server.settings.keys)


def stored(server: Server) -> dict[str, tuple[str | None, str]]:
    """Record → its bytes and why they were erased."""
    with reading(server.engine) as session:
        rows = session.execute(select(HomeVisitRow)).scalars()
        return {row.id: (row.sealed, row.erased_why) for row in rows}


def refused(server: Server) -> list[str | None]:
    """The bytes in quarantine."""
    with reading(server.engine) as session:
        return [row.sealed for row in session.execute(select(SealedQuarantineRow)).scalars()]


def withdraw(server: Server, person: Person, record: str) -> None:
    form = {"sure": "1", "visits": [record], "reason": "x"}
    answer = browser(server, person).post(f"/home-visits/{record}/withdraw", data=form)
    assert answer.status_code == 303


def test_what_came_after_the_backup_comes_again(server: Server) -> None:
    phone, before, after = teacher(server), visit(), visit()
    first = phone.seal(before)
    phone.send(first)
    backup = back_up(server)
    second = phone.seal(after)
    phone.send(second)
    put_back(server, backup)
    assert set(stored(server)) == {before["record"]}
    assert phone.statuses(first, second) == ["duplicate", "stored"]
    assert stored(server) == {before["record"]: (first, ""), after["record"]: (second, "")}
    assert refused(server) == []


def test_what_was_withdrawn_since_is_not_stored_again(server: Server) -> None:
    phone = teacher(server)
    phone.ask_keys()
    backup = back_up(server)
    of, stays = visit(), visit()
    gone, kept = phone.seal(of), phone.seal(stays)
    phone.send(gone, kept)
    withdraw(server, phone.person, of["record"])
    put_back(server, backup)
    assert stored(server) == {}
    assert phone.statuses(gone, kept, gone) == ["duplicate", "stored", "duplicate"]
    assert stored(server) == {of["record"]: (None, "withdrawn"), stays["record"]: (kept, "")}
    assert refused(server) == []


def test_of_a_withdrawn_visit_no_bytes_wait_in_quarantine(server: Server) -> None:
    phone, other, of = teacher(server), teacher(server, "李老师"), visit()
    phone.ask_keys()
    backup = back_up(server)
    sealed = phone.seal(of)
    phone.send(sealed)
    withdraw(server, phone.person, of["record"])
    put_back(server, backup)
    assert other.statuses(sealed) == ["device_mismatch"]
    assert refused(server) == [None]


def test_a_refused_envelope_of_a_withdrawn_visit_goes_at_the_start(server: Server) -> None:
    phone, of = teacher(server), visit(school=OTHER_SCHOOL)
    assert phone.statuses(phone.seal(of)) == ["out_of_scope"]
    backup = back_up(server)
    office = school_person(server, "校管", Role.SCHOOL_ADMINISTRATOR, School(OTHER_SCHOOL))
    sha256 = backup[1][0]["sha256"]
    assert browser(server, office).post(f"/home-visits/refused/{sha256}/accept").status_code == 303
    withdraw(server, office, of["record"])
    put_back(server, backup)
    assert refused(server) == [None]


@pytest.mark.parametrize("why", ["withdrawn", "expired", "key_destroyed"])
def test_a_tombstone_knows_the_bytes_whatever_erased_it(
    server: Server, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, of = teacher(server), visit()
    sealed = phone.seal(of)
    phone.send(sealed)
    match why:
        case "withdrawn":
            withdraw(server, phone.person, of["record"])
        case "expired":
            table = TABLES[0]
            in_transaction(server.engine, lambda s: s.execute(update(table).values(keep_until="2020-08-31")))
            browser(server, phone.person).post("/home-visits/expired", data={"sure": "1"})
        case "key_destroyed":
            path, kid = server.settings.keys, phone.keys[0]["kid"]
            monkeypatch.setattr(timestamps, "now", lambda: NEXT_YEAR)
            in_transaction(server.engine, lambda s: keys.destroy(s, server.campaign, path, [kid]))
    assert phone.statuses(sealed, sealed) == ["duplicate", "duplicate"]
    assert stored(server) == {of["record"]: (None, why)}
    assert refused(server) == []


def test_what_a_destroyed_key_opened_goes_at_the_start(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, of = teacher(server), visit()
    sealed = phone.seal(of)
    phone.send(sealed)
    backup = back_up(server)
    path, kid = server.settings.keys, phone.keys[0]["kid"]
    monkeypatch.setattr(timestamps, "now", lambda: NEXT_YEAR)
    in_transaction(server.engine, lambda s: keys.destroy(s, server.campaign, path, [kid]))
    put_back(server, backup)
    assert stored(server) == {of["record"]: (None, "key_destroyed")}
    assert phone.statuses(sealed) == ["duplicate"]


def test_a_key_that_was_made_after_the_backup_is_known_again(server: Server) -> None:
    phone, of = teacher(server), visit()
    phone.ask_keys()
    backup = back_up(server)
    in_transaction(server.engine, lambda s: keys.rotate(s, server.campaign, server.settings.keys))
    phone.ask_keys()
    sealed = phone.seal(of)
    assert phone.statuses(sealed) == ["stored"]
    put_back(server, backup)
    assert phone.statuses(sealed) == ["stored"]


def test_who_got_the_phone_since_may_carry_what_is_there_already(server: Server) -> None:
    before, now = teacher(server), teacher(server, "李老师")
    sealed = before.seal()
    before.send(sealed)
    assert now.statuses(sealed, sealed) == ["duplicate", "duplicate"]
    assert refused(server) == []
    assert now.statuses(before.seal()) == ["device_mismatch"]


def test_a_visit_comes_in_while_the_list_of_the_withdrawn_cannot_be_read(server: Server) -> None:
    phone = teacher(server)
    phone.ask_keys()
    server.settings.keys.with_name("home-visits-withdrawn.txt").mkdir()
    assert phone.statuses(phone.seal()) == ["stored"]
