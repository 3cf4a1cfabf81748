"""Withdrawn consent and the end of retention: first shown, then the content is gone and a tombstone stays."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from shared.home_visits import school_year
from shared.permissions import School
from shared.vocabulary import Role
from sync_server.database import timestamps
from sync_server.database.tables import AuditRow, HomeVisitRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.maintenance import setup
from sync_server.vault import erasure
from tests.support.home_visits import CLASS, SCHOOL, browser, school_person, teacher, visit
from tests.support.server import Server, open_server


def rows(server: Server) -> dict[str, HomeVisitRow]:
    with reading(server.engine) as session:
        found = {row.id: row for row in session.execute(select(HomeVisitRow)).scalars()}
        session.expunge_all()
    return found


def gone(server: Server) -> dict[str, str]:
    return {visit: row.erased_why for visit, row in rows(server).items() if row.sealed is None}


def audit(server: Server, action: str) -> list[AuditRow]:
    with reading(server.engine) as session:
        return list(session.execute(select(AuditRow).where(AuditRow.action == action)).scalars())  # type: ignore[arg-type]


def test_a_guardian_withdraws_consent_for_one_pupil(server: Server) -> None:
    phone, other = teacher(server), teacher(server, "李老师")
    mine, coded, twin, theirs = (
        visit(student_name="王大力", student_ref="s1"),
        visit(student_name="大力", student_ref="s1"),
        visit(student_name="王小力", student_ref="s2"),
        visit(student_name="王大力"),
    )
    phone.send(*(phone.seal(of) for of in (mine, coded, twin)))
    other.send(other.seal(theirs))
    web = browser(server, school_person(server, "校管", Role.SCHOOL_ADMINISTRATOR, School(SCHOOL)))
    preview = web.post(f"/home-visits/{mine['record']}/withdraw").text
    listed = {of["record"] for of in (mine, coded, twin, theirs) if f'value="{of["record"]}"' in preview}
    assert listed == {mine["record"], coded["record"], theirs["record"]}
    assert "王" not in preview
    assert gone(server) == {}
    form = {"sure": "1", "visits": sorted(listed), "reason": "家长来校撤回"}
    answer = web.post(f"/home-visits/{mine['record']}/withdraw", data=form)
    assert answer.status_code == 303
    assert gone(server) == dict.fromkeys(listed, "withdrawn")
    assert {row.subject for row in audit(server, "home_visit_withdrawn")} == listed
    assert audit(server, "home_visit_withdrawn")[0].details["reason"] == "家长来校撤回"
    assert "已删除：撤回同意" in web.get("/home-visits").text
    assert web.post(f"/home-visits/{mine['record']}", data={"reason": "x"}).status_code == 404
    assert phone.statuses(phone.seal(mine)) == ["envelope_rewritten"]


def test_a_phone_that_sends_an_erased_visit_again_stores_nothing(server: Server) -> None:
    phone, of = teacher(server), visit()
    envelope = phone.seal(of)
    phone.send(envelope)
    form = {"sure": "1", "visits": [of["record"]], "reason": "x"}
    browser(server, phone.person).post(f"/home-visits/{of['record']}/withdraw", data=form)
    assert phone.statuses(envelope) == ["duplicate"]
    assert gone(server) == {of["record"]: "withdrawn"}


@pytest.mark.parametrize("form", [{"sure": "1"}, {"sure": "1", "visits": ["x"], "reason": "x"}])
def test_what_is_not_said_whole_erases_nothing(server: Server, form: dict[str, Any]) -> None:
    phone, of = teacher(server), visit()
    phone.send(phone.seal(of))
    address = f"/home-visits/{of['record']}/withdraw"
    web = browser(server, phone.person)
    assert web.post(address, data=form).status_code in (404, 422)
    assert web.post(address, data={"sure": "1", "visits": [of["record"]]}).status_code == 422
    assert gone(server) == {}


def test_nobody_erases_the_visits_of_others(server: Server) -> None:
    phone, of = teacher(server), visit()
    phone.send(phone.seal(of))
    others = [teacher(server, "李老师").person, server.person("管理", Role.ADMINISTRATOR)]
    for person in others:
        web, address = browser(server, person), f"/home-visits/{of['record']}/withdraw"
        assert web.post(address).status_code == 404
        form = {"sure": "1", "visits": [of["record"]], "reason": "x"}
        assert web.post(address, data=form).status_code == 404
        web.post("/home-visits/expired", data={"sure": "1"})
    assert gone(server) == {}


def test_what_was_withdrawn_is_withdrawn_from_a_restored_backup_too(data_dir: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    with open_server(data_dir) as server:
        phone, of, stays = teacher(server), visit(), visit()
        phone.send(phone.seal(of), phone.seal(stays))
        with server.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copytree(data_dir, backup)
        form = {"sure": "1", "visits": [of["record"]], "reason": "x"}
        browser(server, phone.person).post(f"/home-visits/{of['record']}/withdraw", data=form)
    shutil.rmtree(data_dir)
    shutil.copytree(backup, data_dir)
    with open_server(data_dir) as server:
        assert gone(server) == {}
        setup.start(server.engine, "管理员", server.settings.keys)
        assert gone(server) == {of["record"]: "withdrawn"}
        assert len(audit(server, "home_visit_withdrawn")) == 1
        setup.start(server.engine, "管理员", server.settings.keys)
        assert len(audit(server, "home_visit_withdrawn")) == 1


def test_consent_is_not_withdrawn_where_that_could_be_forgotten(server: Server) -> None:
    phone, of = teacher(server), visit()
    phone.send(phone.seal(of))
    server.settings.keys.with_name("home-visits-withdrawn.txt").mkdir()
    form = {"sure": "1", "visits": [of["record"]], "reason": "x"}
    answer = browser(server, phone.person).post(f"/home-visits/{of['record']}/withdraw", data=form)
    assert answer.status_code == 503
    assert gone(server) == {}


def test_the_end_of_retention_is_shown_and_then_the_content_is_gone(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, of = teacher(server), visit()
    phone.send(phone.seal(of))
    last = school_year.kept_until(timestamps.today())
    web = browser(server, phone.person)
    monkeypatch.setattr("sync_server.vault.erasure.today", lambda: last)
    assert "已过保存期" not in web.get("/home-visits").text
    monkeypatch.setattr("sync_server.vault.erasure.today", lambda: next_day(last, 1))
    assert "1 份家访记录已过保存期" in web.get("/home-visits").text
    preview = web.post("/home-visits/expired").text
    assert CLASS in preview
    assert gone(server) == {}
    assert web.post("/home-visits/expired", data={"sure": "1"}).status_code == 303
    assert gone(server) == {of["record"]: "expired"}
    assert audit(server, "home_visits_expired")[0].details["visits"] == 1


def next_day(day: str, days: int) -> str:
    return (datetime.fromisoformat(day) + timedelta(days=days)).date().isoformat()


def test_what_nobody_erases_the_server_does_after_a_month(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, of = teacher(server), visit()
    phone.send(phone.seal(of), "x")
    last = school_year.kept_until(timestamps.today())
    for days, left in ((erasure.GRACE_DAYS, 0), (erasure.GRACE_DAYS + 1, 1)):
        monkeypatch.setattr("sync_server.vault.erasure.today", lambda days=days: next_day(last, days))
        assert in_transaction(server.engine, lambda s: erasure.erase_forgotten(s, server.campaign)) == left
    assert gone(server) == {of["record"]: "expired"}


@pytest.mark.sqlite("its file")
def test_what_is_erased_is_no_longer_in_the_file(server: Server) -> None:
    phone, of = teacher(server), visit()
    envelope = phone.seal(of)
    phone.send(envelope)

    def in_file() -> bool:
        with server.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return envelope[-60:].encode() in (server.settings.data / "anlan.sqlite3").read_bytes()

    assert in_file()
    form = {"sure": "1", "visits": [of["record"]], "reason": "x"}
    browser(server, phone.person).post(f"/home-visits/{of['record']}/withdraw", data=form)
    assert not in_file()
