"""What a list of hazards is narrowed to: found as each line says, in order, with little of the store read."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select
from sqlmodel import Session

from mobile_app.device.disk import FolderDisk
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.database.tables import ListedHazard
from mobile_app.store.log import writer
from mobile_app.store.log.entries import LogEntry
from mobile_app.store.log.refreshing import refresh_old_lines
from mobile_app.store.queries import hazards
from mobile_app.store.queries.narrowing import EVERYTHING, Due, Narrowing, conditions
from mobile_app.store.queries.upload_states import OperationState, UploadState
from shared.hazards import due
from shared.hazards.due import RECTIFIABLE
from shared.vocabulary import RiskLevel, Status
from tests.mobile_app.enrolled_store import NOON, PERSON, POND, enrolled, operation, record, stamp
from tests.support.sqlite_steps import steps_of

pytestmark = pytest.mark.anyio
TODAY = "2026-11-30"
TOWNS = [f"4419{number:05}" for number in range(5)]
KINDS = ["pond", "creek", "reservoir"]
DAYS = [None, "2026-11-01", "2026-11-29", TODAY, "2026-12-07", "2026-12-08"]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[PhoneDatabase]:
    opened = await enrolled(tmp_path)
    yield opened
    await opened.close()


def line(
    id: str, status: Status = Status.ASSIGNED, due_date: str | None = None, **more: Any
) -> dict[str, Any]:
    plain = {
        **{"water_name": "石井塘", "water_type": "pond", "town_code": TOWNS[0], "conflicts": 0},
        **{"deleted": False, "upload": "uploaded", "photos_done": 0, "photos_total": 0, "saved_at": NOON},
        **{"touched": id, "search": "石井塘", "sent_back": False, "folded": 3, "lat": None, "lon": None},
        **{"author": "other", "rectifiers": "", "relapse_due": False, "risk_level": None},
        **{"status": status.value, "due_date": due_date, "deadline": due.deadline(status, due_date)},
    }
    return {"id": id, **plain, **more}


def some_line(random: Random, id: str) -> dict[str, Any]:
    return line(
        id,
        random.choice(list(Status)),
        random.choice(DAYS),
        touched=str(random.random()),
        sent_back=random.random() < 0.1,
        deleted=random.random() < 0.1,
        town_code=random.choice([None, *TOWNS]),
        water_type=random.choice([None, *KINDS]),
        risk_level=random.choice([None, *(level.value for level in RiskLevel)]),
        author=random.choice(["other", PERSON]),
        conflicts=random.choice([0, 0, 2]),
        upload=random.choice(["uploaded", "waiting"]),
    )


def some_narrowing(random: Random) -> Narrowing:
    """One that asks for one to three things."""
    one: Callable[..., Any] = random.choice
    asked = {
        "statuses": one([RECTIFIABLE, frozenset({Status.PENDING_ACCEPTANCE}), frozenset(Status)]),
        "town": one(TOWNS),
        "kind": one(KINDS),
        "risks": one([frozenset({RiskLevel.MAJOR}), frozenset({RiskLevel.LOW, RiskLevel.LARGER})]),
        "due": one(list(Due)),
        "own": True,
        "in_conflict": True,
        "upload": UploadState.WAITING,
    }
    return replace(EVERYTHING, **{name: asked[name] for name in random.sample(list(asked), one([1, 2, 3]))})


def matches(one: dict[str, Any], asked: Narrowing) -> bool:
    """What the narrowing means, said of one line."""
    status = Status(one["status"])
    limit = due.deadline(status, one["due_date"])
    soon = limit is not None and TODAY <= limit <= due.last_soon_day(TODAY)
    return not one["deleted"] and all(
        (
            not asked.statuses or status in asked.statuses,
            not asked.town or one["town_code"] == asked.town,
            not asked.kind or one["water_type"] == asked.kind,
            not asked.risks or one["risk_level"] in {risk.value for risk in asked.risks},
            asked.due is not Due.OVERDUE or due.is_overdue(limit, TODAY),
            asked.due is not Due.SOON or soon,
            not asked.own or one["author"] == PERSON,
            not asked.in_conflict or one["conflicts"] > 0,
            asked.upload is None or one["upload"] == asked.upload.value,
        )
    )


@pytest.mark.parametrize("seed", range(6))
async def test_found_is_what_each_line_says_in_the_order_of_the_list(
    database: PhoneDatabase, seed: int
) -> None:
    random = Random(seed)
    lines = [some_line(random, f"{number:04}") for number in range(300)]
    await database.write(lambda session: session.execute(insert(ListedHazard), lines))
    ordered = sorted(lines, key=lambda one: (one["sent_back"], one["touched"]), reverse=True)
    for asked in [EVERYTHING, *(some_narrowing(random) for _ in range(40))]:
        wanted = [one["id"] for one in ordered if matches(one, asked)]
        found = database.read(lambda session: hazards.listed(session, "", asked, TODAY, limit=500))  # noqa: B023
        assert [row.id for row in found] == wanted, asked
        counted = database.read(lambda session: hazards.count(session, "", asked, TODAY))  # noqa: B023
        assert counted == len(wanted), asked


ASKED: dict[str, Narrowing] = {
    "everything": EVERYTHING,
    "statuses": Narrowing(statuses=RECTIFIABLE),
    "town": Narrowing(town=TOWNS[1]),
    "kind": Narrowing(kind="creek"),
    "risks": Narrowing(risks=frozenset({RiskLevel.MAJOR})),
    "overdue": Narrowing(due=Due.OVERDUE),
    "soon": Narrowing(due=Due.SOON),
    "own": Narrowing(own=True),
    "several": Narrowing(statuses=RECTIFIABLE, town=TOWNS[1], due=Due.OVERDUE),
    "own-overdue": Narrowing(own=True, due=Due.OVERDUE),
}


async def register(database: PhoneDatabase, count: int) -> None:
    """So many hazards, of which one person reported 100; everything is found everywhere in the list."""

    def add(session: Session) -> None:
        session.execute(delete(ListedHazard))
        session.execute(
            insert(ListedHazard),
            [
                line(
                    f"{number:05}",
                    [Status.ASSIGNED, Status.CLOSED][number % 2],
                    ["2026-11-01", "2026-12-03", None][number // 2 % 3],
                    town_code=TOWNS[number % 5],
                    water_type=KINDS[number % 3],
                    risk_level=[None, "major", "low"][number % 3],
                    author=PERSON if number < 100 else "other",
                )
                for number in range(count)
            ],
        )

    await database.write(add)


async def test_a_page_costs_the_same_however_many_hazards_there_are(database: PhoneDatabase) -> None:
    def page(asked: Narrowing) -> Callable[[Session], Any]:
        def work(session: Session) -> None:
            assert len(hazards.listed(session, "", asked, TODAY, limit=30)) > 5

        return work

    costs: dict[int, dict[str, int]] = {}
    for count in (2000, 10_000):
        await register(database, count)
        costs[count] = {name: steps_of(database, page(asked)) for name, asked in ASKED.items()}
    for name, few in costs[2000].items():
        assert costs[10_000][name] < 1.2 * few + 100, name


async def test_what_is_rare_is_looked_for_in_the_index_alone(database: PhoneDatabase) -> None:
    await register(database, 10_000)
    for name, asked in {
        "town": Narrowing(town="441900999"),
        "statuses": Narrowing(statuses=frozenset({Status.MERGED}), risks=frozenset({RiskLevel.LOW})),
        "in_conflict": Narrowing(in_conflict=True),
    }.items():
        for ask in (hazards.listed, hazards.count):
            taken = steps_of(database, lambda session: ask(session, "", asked, TODAY))  # noqa: B023
            assert taken < 20 * 10_000, (name, ask)

    def plan(session: Session) -> str:
        counting = select(func.count()).select_from(ListedHazard)
        asked = conditions(ASKED["several"], PERSON, TODAY)
        text = str(
            counting.where(*asked).compile(session.connection(), compile_kwargs={"literal_binds": True})
        )
        return " ".join(row[-1] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}"))

    assert "COVERING INDEX hazard_order" in database.read(plan)


async def test_a_phone_of_the_version_before_narrows_by_risk_too(tmp_path: Path) -> None:
    database = await enrolled(tmp_path)
    override = {"risk_override": "major", "risk_override_reason": "去年有孩子落水"}
    made = [operation(1, POND, hazard=1), operation(2, {**POND, **override}, hazard=2)]
    pulled = [LogEntry(one, stamp(seq), OperationState.PULLED) for seq, one in enumerate(made, 1)]
    await database.write(lambda session: writer.append(session, pulled))

    def make_old(session: Session) -> None:
        connection = session.connection()
        for index in ("order", "patrol", "unit"):
            connection.exec_driver_sql(f"DROP INDEX hazard_{index}")
        for column in ("risk_level", "seen_on", "unit"):
            connection.exec_driver_sql(f"ALTER TABLE hazard DROP COLUMN {column}")
        connection.exec_driver_sql("CREATE INDEX hazard_order ON hazard (deleted, sent_back, touched)")
        connection.exec_driver_sql("UPDATE hazard SET folded = 2")
        connection.exec_driver_sql("PRAGMA user_version = 9")

    def found(database: PhoneDatabase, asked: Narrowing) -> list[str]:
        return [row.id for row in database.read(lambda session: hazards.listed(session, "", asked))]

    major = Narrowing(risks=frozenset({RiskLevel.MAJOR}))
    assert found(database, major) == [record(2)]
    await database.write(make_old)
    await database.close()
    again = await PhoneDatabase.open(FolderDisk(tmp_path))
    assert set(found(again, EVERYTHING)) == {record(1), record(2)}
    await refresh_old_lines(again, lambda: None)
    assert found(again, major) == [record(2)]
    await again.close()
