"""The rows that pages read follow from the log: status, dates, photos, conflicts, whatever the order."""

import itertools
from typing import Any

import pytest
from sqlmodel import select

from shared.vocabulary import Role
from sync_server.database.tables import EducationVisitRow, HazardRow, PhotoRow
from sync_server.database.transactions import reading
from tests.support.server import Server, TestPhone, new_id


def row(server: Server, hazard: str) -> HazardRow:
    with reading(server.engine) as session:
        return session.exec(select(HazardRow).where(HazardRow.id == hazard)).one()


def test_the_whole_life_shows_in_the_row(server: Server, phone: TestPhone) -> None:
    reviewer = server.phone(person=server.person("审核", Role.REVIEWER).id)
    hazard = new_id()
    place = {"lat": 23.021, "lon": 113.752, "accuracy_m": 8.0}
    phone.push(
        phone.op(
            {"water_name": "石井塘", "town_code": "441900003", "position": place, "due_date": "2026-07-01"},
            record=hazard,
        ),
        phone.photo(hazard, "before", "b" * 64),
    )
    first = row(server, hazard)
    assert (first.status, first.lat, first.lon, first.due_date) == ("reported", 23.021, 113.752, "2026-07-01")
    assert (first.inspector, first.found_on) == (phone.person, "2026-06-01")
    assert (first.before_photo, first.after_photo, first.photo_count) == ("b" * 64, None, 1)
    assert (first.risk_level, first.risk_score) == (None, None)  # of what is missing nothing is concluded

    reviewer.push(reviewer.event(hazard, "assign", assignee_unit="东城水务", due_date="2026-08-01"))
    phone.seen = 3
    phone.push(
        phone.event(hazard, "rectify", at="2026-06-10T23:30:00Z"),
        phone.photo(hazard, "after", "a" * 64),
        phone.event(hazard, "submit", at="2026-06-11T08:00:00+08:00"),
    )
    waiting = row(server, hazard)
    assert (waiting.status, waiting.assignee_unit, waiting.due_date) == (
        "pending_acceptance",
        "东城水务",
        "2026-08-01",
    )
    assert (waiting.rectified_on, waiting.after_photo, waiting.photo_count) == ("2026-06-11", "a" * 64, 2)

    reviewer.seen = 6
    reviewer.push(reviewer.event(hazard, "accept"), reviewer.event(hazard, "close"))
    assert (row(server, hazard).status, row(server, hazard).first_closed_on) == ("closed", "2026-06-11")
    phone.seen = 8
    phone.push(phone.event(hazard, "relapse", comment="围栏又破了"))
    last = row(server, hazard)
    assert (last.status, last.relapses, last.first_closed_on) == ("relapsed", 1, "2026-06-11")
    assert last.updated_seq == phone.pull()["next"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_events_and_photos_may_come_before_their_hazard(
    server: Server, phone: TestPhone, order: tuple[int, ...]
) -> None:
    hazard = new_id()
    ops = [
        phone.op(record=hazard),
        phone.event(hazard, "rectify"),
        phone.photo(hazard, "after", "c" * 64),
    ]
    for place in order:
        phone.push(ops[place])
    found = row(server, hazard)
    assert (found.status, found.after_photo, found.photo_count) == ("in_progress", "c" * 64, 1)
    assert found.ledger_no == "DG-441900003-2026-00001"


def test_concurrent_edits_show_as_a_conflict_until_somebody_saw_both(
    server: Server, phone: TestPhone
) -> None:
    other = server.phone()
    hazard = new_id()
    phone.push(phone.op({"water_name": "甲", "depth_m": 1.0}, record=hazard))
    phone.push(phone.op({"depth_m": 2.0}, record=hazard, base=1))
    other.push(other.op({"depth_m": 3.0}, record=hazard, base=1))
    assert row(server, hazard).conflicts == 1
    other.push(other.op({"depth_m": 2.5}, record=hazard, base=3))
    assert row(server, hazard).conflicts == 0


def test_a_detached_photo_no_longer_counts(server: Server, phone: TestPhone) -> None:
    hazard = new_id()
    attach = phone.photo(hazard, "before", "d" * 64)
    phone.push(phone.op(record=hazard), attach)
    detach = phone.op({}, type="photo", kind="detach", record=attach["record"], base=2)
    assert phone.push(detach)[0]["status"] == "stored"
    assert (row(server, hazard).before_photo, row(server, hazard).photo_count) == (None, 0)


def test_a_photo_that_was_only_ever_detached_belongs_to_nothing(server: Server, phone: TestPhone) -> None:
    assert phone.push(phone.op({}, type="photo", kind="detach"))[0]["status"] == "stored"
    with reading(server.engine) as session:
        assert session.exec(select(PhotoRow.attached)).one() is False


def test_deleting_and_restoring_a_hazard(server: Server, phone: TestPhone) -> None:
    hazard = new_id()
    phone.push(phone.op(record=hazard), phone.op({}, kind="delete", record=hazard, base=0))
    assert row(server, hazard).deleted is True
    phone.push(phone.op({}, kind="restore", record=hazard, base=2))
    assert row(server, hazard).deleted is False


def test_a_deletion_may_come_before_anything_else(server: Server, phone: TestPhone) -> None:
    hazard = new_id()
    [result] = phone.push(phone.op({}, kind="delete", record=hazard))
    assert "ledger_no" not in result
    other = server.phone()
    [result] = other.push(other.op(record=hazard))
    assert result["status"] == "stored"
    assert row(server, hazard).deleted is False
    assert row(server, hazard).ledger_no == result["ledger_no"]


def test_a_visit_has_its_row(server: Server, phone: TestPhone) -> None:
    fields: dict[str, Any] = {"visit_type": "school_class", "date": "2026-05-20", "town_code": "441900004"}
    phone.push(phone.op(fields, type="education_visit"))
    with reading(server.engine) as session:
        visit = session.exec(select(EducationVisitRow)).one()
    assert (visit.date, visit.town_code, visit.deleted) == ("2026-05-20", "441900004", False)


def test_an_event_is_written_once(server: Server, phone: TestPhone) -> None:
    hazard = new_id()
    event = phone.event(hazard, "control")
    phone.push(phone.op(record=hazard), event)
    other = server.phone()
    other.push(other.event(hazard, "note") | {"record": event["record"]})
    assert row(server, hazard).status == "controlled"
