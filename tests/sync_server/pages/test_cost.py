"""What pages cost with ten times the records: counted in the steps of SQLite's machine, not in time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import Session
from starlette.testclient import TestClient

from shared.permissions import School
from shared.vocabulary import Role
from sync_server.database.tables import HomeVisitRow, Table
from sync_server.database.transactions import in_transaction
from tests.support.home_visits import CLASS, SCHOOL, school_person
from tests.support.server import Server, TestPhone, open_server

EVERY = 100
"""Steps between two counts."""
HAZARDS, OTHERS = 200, 20
"""Hazards and records of other kinds at first; measured are ten and a hundred times as many."""
COPIED: Mapping[str, Mapping[str, str | int | float]] = {
    "hazard": {"id": "", "ledger_no": "", "lat": 0.0001, "lon": 0.0001, "updated_seq": 100_000},
    "operation": {"record": "", "owner": "", "n": 100_000, "seq": 100_000},
    "education_visit": {"id": "", "updated_seq": 100_000},
    "home_visit": {"id": "", "n": 100_000},
    "person": {"id": "", "name": ""},
    "role_grant": {"id": "", "person": ""},
}
"""Table → the columns in which copies of a row differ, and by how much; texts get something appended."""
MOST: Mapping[str, tuple[float, int]] = {
    "/": (70, HAZARDS),
    "/map/points.json?bbox=113,22,114.5,23.5&zoom=10": (125, HAZARDS),
    "/map/points.json?bbox=113.7,23.0,113.76,23.06&zoom=15": (13, HAZARDS),
    "/ledger": (4.5, HAZARDS),
    "/ledger?text=塘": (4.5, HAZARDS),
    "/ledger?page=2": (4.5, HAZARDS),
    "/hazards/{hazard}": (1.6, HAZARDS),
    "/visits": (500, OTHERS),
    "/home-visits": (250, OTHERS),
    "/people": (600, OTHERS),
}
"""Page → the steps that one more of the records it shows may cost, and how many there are of them first."""


@dataclass
class Steps:
    """How many steps SQLite took."""

    count: int = 0

    def more(self) -> int:
        self.count += EVERY
        return 0


@contextmanager
def counting(server: Server) -> Iterator[Steps]:
    steps = Steps()

    def watch(connection: Any, *_: object) -> None:
        connection.set_progress_handler(steps.more, EVERY)

    event.listen(server.engine.pool, "checkout", watch)
    yield steps
    event.remove(server.engine.pool, "checkout", watch)


def multiply(session: Session, scale: int) -> None:
    """Give each of the tables ten times as many rows."""
    for name, differing in COPIED.items():
        table = Table.metadata.tables[name]
        rows = [dict(row) for row in session.execute(sa.select(table)).mappings()]
        copies = [
            {**row, **{column: moved(row[column], by, turn * scale) for column, by in differing.items()}}
            for turn in range(1, 10)
            for row in rows
        ]
        session.execute(sa.insert(table), copies)


def moved(value: Any, by: str | float, times: int) -> Any:
    if value is None:
        return None
    return f"{value}-{times}" if isinstance(by, str) else value + by * times


def fill(server: Server, phone: TestPhone) -> str:
    """Make the first records; the id of one of the hazards."""
    hazards = [
        phone.op(
            {
                "water_name": f"石井塘{number}",
                "town_code": f"44190000{number % 5 + 1}",
                "position": {
                    "lat": 22.8 + number % 20 / 100,
                    "lon": 113.6 + number / 2000,
                    "source": "typed",
                },
            }
        )
        for number in range(HAZARDS)
    ]
    visit = {"visit_type": "school_class", "date": "2026-06-01", "town_code": "441900003", "place": "小学"}
    visits = [phone.op(visit, type="education_visit") for _ in range(OTHERS)]
    assert {result["status"] for result in phone.push(*hazards, *visits)} == {"stored"}
    for number in range(OTHERS):
        server.person(f"巡查{number}")
    homes = [home_visit(server, phone, number) for number in range(OTHERS)]
    in_transaction(server.engine, lambda session: session.add_all(homes))
    return str(hazards[0]["record"])


def home_visit(server: Server, phone: TestPhone, number: int) -> HomeVisitRow:
    return HomeVisitRow(
        campaign=server.campaign,
        id=f"visit-{number}",
        device=phone.device,
        n=1000 + number,
        person=phone.person,
        school=SCHOOL,
        class_name=CLASS,
        kid="key",
        sealed_at=f"2026-06-01T00:00:{number:02}.000Z",
        received_at="2026-06-01T00:00:00.000Z",
        keep_until="2030-01-01",
        sha256="0" * 64,
        sealed="sealed",
        held_by=phone.person,
        held_school=SCHOOL,
        held_class=CLASS,
    )


def test_no_page_costs_more_for_another_record_than_it_must(data_dir: Path) -> None:
    with open_server(data_dir) as server:
        hazard = fill(server, server.phone())
        office = server.browser()
        school = school_person(server, "学校", Role.SCHOOL_ADMINISTRATOR, School(SCHOOL))
        teachers = server.signed_in(school)
        costs: list[dict[str, int]] = []
        for scale in (1, 10):
            in_transaction(server.engine, partial(multiply, scale=scale))
            costs.append(
                {
                    path: cost(server, teachers if "home" in path else office, path.format(hazard=hazard))
                    for path in MOST
                }
            )
    less, more = costs
    per_record = {path: (more[path] - less[path]) / (90 * at_first) for path, (_, at_first) in MOST.items()}
    assert {path: steps for path, steps in per_record.items() if steps > MOST[path][0]} == {}, per_record


def test_one_photo_that_two_hazards_have_many_times_costs_each_time_the_same(data_dir: Path) -> None:
    with open_server(data_dir) as server:
        phone, office = server.phone(), server.browser()
        hazards = [phone.op(), phone.op()]
        phone.push(*hazards)
        one, other = (str(hazard["record"]) for hazard in hazards)
        costs: list[int] = []
        for more in (50, 50, 100):
            photos = [phone.photo(hazard, "after", "ab" * 32) for hazard in (one, other) for _ in range(more)]
            assert {result["status"] for result in phone.push(*photos)} == {"stored"}
            costs.append(cost(server, office, f"/hazards/{one}"))
    few, more, most = costs
    assert most - more < 3 * (more - few), costs


def cost(server: Server, browser: TestClient, path: str) -> int:
    """The steps of a page that was shown before."""
    assert browser.get(path).status_code == 200
    with counting(server) as steps:
        assert browser.get(path).status_code == 200
    return steps.count
