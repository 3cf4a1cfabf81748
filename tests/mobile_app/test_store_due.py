"""What waits for the phone's person: found as the rule says, and with little of the store read."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, insert
from sqlmodel import Session

from mobile_app.device.disk import FolderDisk
from mobile_app.store.database import meta
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.database.tables import ListedHazard
from mobile_app.store.log import writer
from mobile_app.store.log.entries import LogEntry
from mobile_app.store.log.refreshing import refresh_old_lines
from mobile_app.store.queries import due as queries
from mobile_app.store.queries.due import PatrolDue
from mobile_app.store.queries.upload_states import OperationState
from shared.hazards import due, units
from shared.hazards.due import DueFacts, Urgency, Viewer
from shared.operations import Kind, RecordType
from shared.permissions import Grant, Towns
from shared.profiles.drowning import PATROLS
from shared.sync.wire import GivenRole
from shared.vocabulary import EventType, PatrolResult, RiskLevel, Role, Status
from tests.mobile_app.enrolled_store import NOON, PERSON, POND, enrolled, operation, record, stamp
from tests.support.sqlite_steps import steps_of

pytestmark = pytest.mark.anyio
LEVELS = [None, *(level.value for level in RiskLevel)]
TODAY = "2026-11-30"
TOWNS = [f"4419{number:05}" for number in range(5)]
SEEN = [None, TODAY, "2026-11-29", "2026-11-27", "2026-11-23", "2026-11-15", "2026-10-31"]
DAYS = [None, "2026-11-01", "2026-11-29", TODAY, "2026-12-07", "2026-12-08", "2027-01-01"]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[PhoneDatabase]:
    opened = await enrolled(tmp_path)
    yield opened
    await opened.close()


def line(id: str, **more: Any) -> dict[str, Any]:
    plain = {
        **{"water_name": "石井塘", "town_code": TOWNS[0], "status": "assigned", "conflicts": 0},
        **{"deleted": False, "upload": "uploaded", "photos_done": 0, "photos_total": 0, "saved_at": NOON},
        **{"touched": id, "search": "", "sent_back": False, "folded": 2, "lat": None, "lon": None},
        **{"author": "other", "rectifiers": "", "relapse_due": False, "deadline": None},
        **{"risk_level": None, "seen_on": None},
    }
    return {"id": id, **plain, **more}


def some_line(random: Random, id: str) -> dict[str, Any]:
    status = random.choice(list(Status))
    people = ["other", PERSON, f"{PERSON}0"]
    deleted = random.random() < 0.1
    return line(
        id,
        status=status.value,
        touched=str(random.random()),
        town_code=random.choice([None, *TOWNS]),
        deleted=deleted,
        seen_on=None if deleted else random.choice(SEEN),
        author=random.choice(people),
        rectifiers=" ".join(random.sample(people, random.randrange(3))),
        deadline=due.deadline(status, random.choice(DAYS)),
        sent_back=status in (Status.RETURNED, Status.IN_PROGRESS) and random.random() < 0.5,
        relapse_due=status is Status.CLOSED and random.random() < 0.5,
        risk_level=random.choice(LEVELS),
    )


def by_hand(lines: list[dict[str, Any]], viewer: Viewer) -> list[tuple[Urgency, str]]:
    """What the rule says of each of all lines, in the order of the list."""
    found = []
    for one in lines:
        facts = DueFacts(
            Status(one["status"]),
            *(one["town_code"], one["author"], one["rectifiers"].split()),
            *(one["deadline"], one["sent_back"], one["relapse_due"]),
            RiskLevel(one["risk_level"]) if one["risk_level"] else None,
            one["seen_on"],
        )
        urgency = None if one["deleted"] else due.urgency(facts, viewer)
        if urgency:
            dated = urgency in (Urgency.OVERDUE, Urgency.DUE_SOON)
            found.append((urgency, one["deadline"] if dated else one["touched"], one["id"]))
        if not one["deleted"] and due.needs_patrol(facts, PATROLS, viewer):
            found.append((Urgency.PATROL, PATROLS.due_on(facts.level, one["seen_on"], TODAY), one["id"]))
    return [(urgency, id) for urgency, _, id in sorted(found)]


@pytest.mark.parametrize("named", ["水务中心", "水務中心", " 水务 中心"])
async def test_what_was_assigned_to_ones_unit_waits_for_one(database: PhoneDatabase, named: str) -> None:
    unit = units.key("水务中心")
    lines = [
        line("ours", unit=unit),
        line("handed in", unit=unit, status="pending_acceptance"),
        line("others", unit=units.key("村委会")),
        line("nobody", unit=""),
    ]
    given = [GivenRole(role=Role.INSPECTOR, unit=named)]
    await database.write(lambda session: meta.set_given_roles(session, given))
    await database.write(lambda session: session.execute(insert(ListedHazard), lines))
    assert listed(database) == [(Urgency.UNIT, "ours")]
    await database.write(lambda session: meta.set_given_roles(session, [GivenRole(role=Role.INSPECTOR)]))
    assert listed(database) == []


def listed(database: PhoneDatabase) -> list[tuple[Urgency, str]]:
    found = database.read(lambda session: queries.listed(session, TODAY))
    return [(one.urgency, one.row.id) for one in found]


@pytest.mark.parametrize(
    "given",
    [
        [GivenRole(role=Role.INSPECTOR)],
        [GivenRole(role=Role.REVIEWER)],
        [GivenRole(role=Role.SUPERVISOR), GivenRole(role=Role.INSPECTOR, towns=tuple(TOWNS[:2]))],
        [GivenRole(role=Role.REVIEWER, towns=(TOWNS[0],)), GivenRole(role=Role.AUDITOR)],
        [GivenRole(role=Role.TEACHER, school="s1")],
    ],
    ids=["inspector", "reviewer", "supervisor", "two-roles", "teacher"],
)
@pytest.mark.parametrize("seed", range(4))
async def test_found_is_what_the_rule_says_of_each_hazard(
    database: PhoneDatabase, given: list[GivenRole], seed: int
) -> None:
    random = Random(seed)
    lines = [some_line(random, f"{number:04}") for number in range(400)]
    await database.write(lambda session: meta.set_given_roles(session, given))
    await database.write(lambda session: session.execute(insert(ListedHazard), lines))
    viewer = Viewer(PERSON, database.read(meta.grants), TODAY)
    assert listed(database) == by_hand(lines, viewer)


async def test_of_each_urgency_the_most_pressing_are_found(
    database: PhoneDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST", 2)
    lines = [
        *(line(f"late {day}", deadline=f"2026-11-0{day}") for day in (3, 1, 2)),
        *(line(f"own {number}", author=PERSON) for number in (3, 1, 2)),
    ]
    await database.write(lambda session: session.execute(insert(ListedHazard), lines))
    assert [id for _, id in listed(database)] == ["late 1", "late 2", "own 1", "own 2"]


async def test_the_cost_does_not_grow_with_the_register(database: PhoneDatabase) -> None:
    def lines(count: int) -> list[dict[str, Any]]:
        kinds: list[dict[str, Any]] = [
            {"deadline": "2026-11-01"},
            {"deadline": "2027-03-01"},
            {"status": "closed"},
            {"status": "pending_acceptance"},
            {"status": "reported"},
            {"status": "closed", "seen_on": "2026-11-29"},
            *({"status": "closed", "seen_on": "2026-10-31", "risk_level": level} for level in LEVELS),
        ]
        return [line(f"{number:05}", **kinds[number % len(kinds)]) for number in range(count)]

    async def steps_for(role: Role, towns: tuple[str, ...], count: int) -> int:
        def add(session: Session) -> None:
            meta.set_given_roles(session, [GivenRole(role=role, towns=towns)])
            session.execute(delete(ListedHazard))
            session.execute(insert(ListedHazard), lines(count))

        await database.write(add)
        return steps_of(database, lambda session: queries.listed(session, TODAY))

    for towns in ((), tuple(TOWNS)):
        for role in (Role.INSPECTOR, Role.REVIEWER):
            few = await steps_for(role, towns, 4000)
            assert await steps_for(role, towns, 12_000) < 1.1 * few


async def test_a_phone_of_the_version_before_lists_what_waits(tmp_path: Path) -> None:
    database = await enrolled(tmp_path)

    def event(number: int, hazard: int, type: EventType, **fields: Any) -> Any:
        at = {"hazard": record(hazard), "event_type": type.value, "at": NOON, **fields}
        kind = Kind.APPEND
        return operation(number, at, type=RecordType.HAZARD_EVENT, kind=kind, hazard=1000 + number)

    made = [
        *(operation(number, POND, hazard=number) for number in (1, 2, 3)),
        event(4, 1, EventType.RETURN, comment="照片看不清"),
        event(5, 2, EventType.CLOSE),
        event(6, 2, EventType.RECHECK, result=PatrolResult.PROBLEM.value),
        event(7, 3, EventType.ASSIGN, assignee_unit="村委会", due_date="2026-11-29"),
    ]
    pulled = [LogEntry(one, stamp(seq), OperationState.PULLED) for seq, one in enumerate(made, 1)]
    await database.write(lambda session: writer.append(session, pulled))
    before = listed(database)
    assert [one for one in before if one[0] is not Urgency.PATROL] == [
        (Urgency.SENT_BACK, record(1)),
        (Urgency.RELAPSE_DUE, record(2)),
        (Urgency.OVERDUE, record(3)),
    ]
    assert {id for urgency, id in before if urgency is Urgency.PATROL} == set(map(record, (1, 2, 3)))

    def make_old(session: Session) -> None:
        connection = session.connection()
        for index in ("order", "status", "relapse", "deadline", "author", "patrol", "unit"):
            connection.exec_driver_sql(f"DROP INDEX hazard_{index}")
        for column in ("author", "rectifiers", "relapse_due", "deadline", "risk_level", "seen_on", "unit"):
            connection.exec_driver_sql(f"ALTER TABLE hazard DROP COLUMN {column}")
        connection.exec_driver_sql("CREATE INDEX hazard_status ON hazard (status)")
        connection.exec_driver_sql("CREATE INDEX hazard_order ON hazard (deleted, sent_back, touched)")
        connection.exec_driver_sql("UPDATE hazard SET folded = 1")
        connection.exec_driver_sql("PRAGMA user_version = 8")

    await database.write(make_old)
    await database.close()
    again = await PhoneDatabase.open(FolderDisk(tmp_path))
    await refresh_old_lines(again, lambda: None)
    assert listed(again) == before
    await again.close()


async def test_what_should_have_been_patrolled_longest_ago_is_found(
    database: PhoneDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST", 3)
    lines = [
        line("low, long ago", risk_level="low", seen_on="2026-10-30"),
        line("low", risk_level="low", seen_on="2026-11-01"),
        line("major", risk_level="major", seen_on="2026-11-20"),
        line("unrated", seen_on="2026-11-22"),
        line("unrated, yesterday", seen_on="2026-11-29"),
        line("larger", risk_level="larger", seen_on="2026-11-23"),
    ]
    await database.write(lambda session: session.execute(insert(ListedHazard), lines))
    found = database.read(lambda session: queries.listed(session, TODAY))
    assert [(one.row.id, one.patrol) for one in found] == [
        ("major", PatrolDue(10, 3)),
        ("low, long ago", PatrolDue(31, 30)),
        ("unrated", PatrolDue(8, 7)),
    ]


async def test_hazards_of_other_towns_wait_for_others(database: PhoneDatabase) -> None:
    lines = [line("here", deadline="2026-11-01"), line("there", deadline="2026-11-01", town_code=TOWNS[1])]
    here = [GivenRole(role=Role.INSPECTOR, towns=(TOWNS[0],))]
    await database.write(lambda session: meta.set_given_roles(session, here))
    await database.write(lambda session: session.execute(insert(ListedHazard), lines))
    assert database.read(meta.grants) == (Grant(Role.INSPECTOR, Towns(frozenset({TOWNS[0]}))),)
    assert listed(database) == [(Urgency.OVERDUE, "here")]
