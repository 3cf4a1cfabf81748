"""Sealed home visits on their way in: whatever comes, it is kept and answered, and nothing is a crash."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlmodel import Session

from shared.home_visits import school_year
from shared.home_visits.envelope import MAX_ENVELOPE
from shared.permissions import School
from shared.vocabulary import Role
from sync_server.database import timestamps
from sync_server.database.tables import HomeVisitKeyRow, HomeVisitRow, SealedQuarantineRow
from sync_server.database.timestamps import later
from sync_server.database.transactions import in_transaction, reading
from sync_server.vault import ingest
from tests.support.home_visits import (
    CLASS,
    OTHER_SCHOOL,
    SCHOOL,
    TeacherPhone,
    grant,
    teacher,
    visit,
)
from tests.support.server import Server


def kept(server: Server, of: Any) -> int:
    with reading(server.engine) as session:
        return int(session.execute(select(func.count()).select_from(of)).scalar_one())


def test_a_teacher_learns_where_to_seal_and_where_to_visit(server: Server) -> None:
    phone = teacher(server, "陈老师", School(SCHOOL, frozenset({CLASS, "三(1)班"})), School(OTHER_SCHOOL))
    said = phone.ask_keys()
    assert said["places"] == [
        {"school": SCHOOL, "name": SCHOOL, "classes": sorted([CLASS, "三(1)班"])},
        {"school": OTHER_SCHOOL, "name": OTHER_SCHOOL, "classes": []},
    ]
    year = school_year.of_day(timestamps.today())
    assert (said["keys"][0]["from"], said["keys"][0]["until"]) == year
    assert set(said["keys"][0]["jwk"]) == {"kty", "crv", "x", "y"}
    assert phone.ask_keys()["keys"] == said["keys"]


def test_a_grant_for_a_whole_school_is_wider_than_one_for_a_class(server: Server) -> None:
    whole, one = School(SCHOOL), School(SCHOOL, frozenset({CLASS}))
    for name, places in (("陈老师", (whole, one)), ("李老师", (one, whole))):
        phone = teacher(server, name, *places)
        assert phone.ask_keys()["places"] == [{"school": SCHOOL, "name": SCHOOL, "classes": []}]


def test_the_next_school_year_has_its_key_in_summer(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = teacher(server)
    clock = datetime(2027, 7, 10, tzinfo=UTC)
    monkeypatch.setattr(timestamps, "now", lambda: clock)
    assert [key["from"] for key in phone.ask_keys()["keys"]] == ["2026-09-01", "2027-09-01"]
    clock = datetime(2027, 8, 31, 17, tzinfo=UTC)  # 1 September in China
    assert [key["from"] for key in phone.ask_keys()["keys"]] == ["2027-09-01"]


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.REVIEWER, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_who_makes_no_home_visits_gets_no_keys(server: Server, role: Role) -> None:
    phone = server.phone(person=server.person("某人", role).id)
    answer = phone.client.get("/api/v1/home-visits/keys", headers=phone.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "role_forbidden")


def test_an_envelope_is_stored_once(server: Server) -> None:
    phone = teacher(server)
    first, second = phone.seal(), phone.seal()
    assert phone.statuses(first, second, first) == ["stored", "stored", "duplicate"]
    assert phone.statuses(second, first) == ["duplicate", "duplicate"]
    with reading(server.engine) as session:
        rows = session.execute(select(HomeVisitRow)).scalars().all()
    assert {row.sealed for row in rows} == {first, second}
    assert {(row.school, row.class_name, row.person) for row in rows} == {(SCHOOL, CLASS, phone.person.id)}
    assert kept(server, SealedQuarantineRow) == 0


def test_results_say_which_envelope_they_are_about(server: Server) -> None:
    phone = teacher(server)
    of = visit()
    results = phone.send(phone.seal(of), "x", phone.seal(kid="gone"))
    assert results[0] == {"record": of["record"], "n": 1, "status": "stored"}
    assert results[1] == {
        "record": None,
        "n": None,
        "status": "quarantined",
        "why": {"code": "envelope_unreadable", "details": {}},
    }
    assert (results[2]["n"], results[2]["why"]["code"]) == (2, "envelope_key_unknown")


def truncated(text: str) -> str:
    return text[:-3]


def test_what_is_wrong_is_kept_and_said(server: Server) -> None:
    phone = teacher(server)
    other = teacher(server, "李老师")
    good = visit()
    assert phone.statuses(phone.seal(good)) == ["stored"]
    wrong = {
        "envelope_unreadable": truncated(phone.seal()),
        "campaign_foreign": phone.seal(campaign="elsewhere"),
        "device_mismatch": other.seal(),
        "envelope_rewritten": phone.seal(n=1),
        "envelope_key_unknown": phone.seal(kid="2001-unknown"),
        "out_of_scope": phone.seal(visit(school=OTHER_SCHOOL)),
        "envelope_too_large": "x" * (MAX_ENVELOPE + 1),
    }
    assert phone.statuses(*wrong.values()) == list(wrong)
    assert phone.statuses(phone.seal(good)) == ["envelope_rewritten"]  # the same record again
    again = phone.statuses(*wrong.values())
    assert again == list(wrong)
    with reading(server.engine) as session:
        rows = session.execute(select(SealedQuarantineRow)).scalars().all()
    assert {row.sealed for row in rows} >= set(wrong.values())
    assert len(rows) == len(wrong) + 1
    assert kept(server, HomeVisitRow) == 1


@pytest.mark.parametrize(
    "said", [{"envelopes": "x"}, {"envelopes": [1]}, {"envelopes": None}, {}, {"envelopes": [], "x": 1}, []]
)
def test_what_is_no_list_of_texts_is_refused_whole(server: Server, said: Any) -> None:
    phone = teacher(server)
    answer = phone.phone.client.post("/api/v1/home-visits", json=said, headers=phone.phone.headers)
    assert answer.status_code == 422
    assert answer.json()["code"] in ("invalid", "unknown_field")


def test_limits_of_a_message(server: Server) -> None:
    phone = teacher(server)
    assert phone.post(*["x"] * 51).status_code == 422
    answer = phone.post("x" * 10_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert phone.post().json()["results"] == []
    assert kept(server, SealedQuarantineRow) == 0


def test_a_quarantine_that_is_full_leaves_the_rest_on_the_phone(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "MOST_ENVELOPES", 2)
    phone = teacher(server)
    good = phone.seal()
    assert phone.statuses("a", good, "b", "c", phone.seal()) == [
        "envelope_unreadable",
        "stored",
        "envelope_unreadable",
    ]
    answer = phone.post("c")
    assert (answer.status_code, answer.json()["code"]) == (429, "quarantine_full")
    assert phone.statuses("a", good) == ["envelope_unreadable", "duplicate"]


def test_what_is_too_much_for_a_day_stays_on_the_phone(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "MOST_A_DAY", 2)
    phone, colleague = teacher(server), teacher(server, "李老师")
    first = phone.seal()
    assert phone.statuses(first, phone.seal(), phone.seal()) == ["stored", "stored"]
    third = phone.seal()
    answer = phone.post(third)
    assert (answer.status_code, answer.json()["code"]) == (429, "quarantine_full")
    assert phone.statuses(first, "a", third) == ["duplicate", "envelope_unreadable"]
    assert colleague.statuses(colleague.seal()) == ["stored"]

    def tomorrow(session: Session) -> None:
        session.execute(update(HomeVisitRow).values(received_at=later(hours=-25)))

    in_transaction(server.engine, tomorrow)
    assert phone.statuses(third) == ["stored"]


def test_a_phone_that_was_enrolled_again_sends_what_it_sealed_before(server: Server) -> None:
    phone = teacher(server)
    before = phone.seal()
    assert phone.statuses(phone.seal()) == ["stored"]  # its token is in use, so it becomes another device
    phone.phone.pull()
    answer = phone.phone.client.post(
        "/api/v1/enrol",
        json={
            "code": server.code(phone.person.id),
            "device_name": "新手机",
            "platform": "test",
            "was": {"person": phone.person.id, "tokens": [phone.phone.token]},
        },
    )
    said = answer.json()
    assert said["device"] != phone.phone.device
    phone.phone.token = said["token"]
    assert phone.statuses(before) == ["stored"]


def test_a_phone_that_was_handed_on_brings_the_envelopes_of_its_former_owner(server: Server) -> None:
    phone = teacher(server)
    left = phone.seal()
    new_owner = teacher(server, "李老师")
    assert new_owner.statuses(left) == ["device_mismatch"]
    with reading(server.engine) as session:
        row = session.execute(select(SealedQuarantineRow)).scalar_one()
    assert (row.sealed, row.person, row.school) == (left, new_owner.person.id, SCHOOL)


def test_what_a_teacher_sealed_before_the_grant_ended_is_stored(server: Server) -> None:
    phone = teacher(server)
    left = phone.seal()
    grant(server, phone.person, Role.TEACHER, School(OTHER_SCHOOL))
    assert phone.statuses(left) == ["stored"]
    grant(server, phone.person, Role.TEACHER, School("又一所小学"))
    assert phone.statuses(phone.seal(visit(class_name="四(1)班"))) == ["out_of_scope"]


def test_a_destroyed_key_is_named(server: Server) -> None:
    phone = teacher(server)
    left = phone.seal()
    key = HomeVisitKeyRow.metadata.tables["home_visit_key"]
    in_transaction(
        server.engine, lambda s: s.execute(update(key).values(destroyed_at="2026-11-04T00:00:00.000Z"))
    )
    assert phone.statuses(left) == ["envelope_key_destroyed"]


def test_envelopes_are_taken_while_the_key_file_is_away(server: Server) -> None:
    phone = teacher(server)
    phone.ask_keys()
    path = server.settings.keys
    away = path.with_name("away")
    path.rename(away)
    assert phone.statuses(phone.seal()) == ["stored"]
    assert phone.ask_keys()["keys"]
    path.write_text("{}")
    assert phone.statuses(phone.seal()) == ["stored"]
    away.replace(path)
    path.chmod(0o644)
    assert phone.statuses(phone.seal()) == ["stored"]
    assert phone.ask_keys()["keys"]


def test_without_any_key_there_is_a_plain_answer(server: Server) -> None:
    server.settings.keys.parent.write_text("a file where the folder should be")
    phone = teacher(server)
    answer = phone.phone.client.get("/api/v1/home-visits/keys", headers=phone.phone.headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "keys_unavailable")


def test_the_key_file_is_the_servers_alone_and_not_in_the_data_folder(server: Server) -> None:
    teacher(server).ask_keys()
    path = server.settings.keys
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert server.settings.data not in path.parents


def test_how_long_a_visit_is_kept_does_not_follow_a_clock_that_is_wrong(server: Server) -> None:
    phone = teacher(server)
    moments = ["1999-01-01T00:00:00+08:00", "2099-01-01T00:00:00+08:00"]
    phone.send(*(phone.seal(sealed_at=moment) for moment in moments))
    with reading(server.engine) as session:
        until = set(session.execute(select(HomeVisitRow.keep_until)).scalars())  # type: ignore[call-overload]
    assert until == {school_year.kept_until(timestamps.today())}


texts = st.one_of(
    st.text(max_size=50),
    st.sampled_from(["\ud800", "\0", "....", "a.b.c.d.e", "é" * 70_000, "[" * 5000]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, min_size=1, max_size=5))
def test_no_text_is_a_crash(phone_of_teacher: TeacherPhone, some: list[str]) -> None:
    phone = phone_of_teacher
    body = json.dumps({"envelopes": some}).encode()
    headers = {**phone.phone.headers, "Content-Type": "application/json"}
    answer = phone.phone.client.post("/api/v1/home-visits", content=body, headers=headers)
    assert answer.status_code in (200, 400, 422, 429), answer.text
    if answer.status_code == 200:
        assert all(result["status"] == "quarantined" for result in answer.json()["results"])


@pytest.fixture
def phone_of_teacher(server: Server) -> TeacherPhone:
    return teacher(server)
