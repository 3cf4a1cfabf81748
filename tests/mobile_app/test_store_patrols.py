"""Since when nobody has patrolled a water, as a phone works it out from what it hears."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlmodel import Session

from mobile_app.device.disk import FolderDisk
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.database.tables import ListedHazard
from mobile_app.store.log import writer
from mobile_app.store.log.entries import LogEntry
from mobile_app.store.log.refreshing import refresh_old_lines
from mobile_app.store.queries.upload_states import OperationState
from shared.hazards.sign_code import code_of
from shared.operations import Kind, Operation, RecordType
from shared.vocabulary import EventType
from tests.mobile_app.enrolled_store import NOON, POND, enrolled, operation, record, stamp

pytestmark = pytest.mark.anyio
FOUND, PATROLLED = "2026-11-01", "2026-11-23"
GONE, STAYS = 1, 2


def found(number: int, hazard: int) -> Operation:
    return operation(number, {**POND, "found_on": FOUND}, hazard=hazard)


def event(number: int, hazard: int, type: EventType, base: int = 0, **fields: Any) -> Operation:
    said = {"hazard": record(hazard), "event_type": type.value, "at": NOON, **fields}
    kind = Kind.APPEND
    return operation(number, said, type=RecordType.HAZARD_EVENT, kind=kind, hazard=1000 + number, base=base)


async def hear(database: PhoneDatabase, *made: Operation) -> None:
    for one in made:
        entry = LogEntry(one, stamp(one.number), OperationState.PULLED)
        await database.write(lambda session: writer.append(session, [entry]))  # noqa: B023


def seen_on(database: PhoneDatabase, hazard: int) -> str | None:
    def read(session: Session) -> str | None:
        line = session.get(ListedHazard, record(hazard))
        assert line is not None
        return line.seen_on

    return database.read(read)


async def test_a_valid_patrol_says_that_somebody_was_there(tmp_path: Path) -> None:
    database = await enrolled(tmp_path)
    await hear(database, found(1, STAYS), event(2, STAYS, EventType.PATROL))
    assert seen_on(database, STAYS) == FOUND, "nothing shows that they were there"
    await hear(database, event(3, STAYS, EventType.PATROL, sign_code=code_of(record(STAYS))))
    assert seen_on(database, STAYS) == PATROLLED
    await hear(database, event(4, STAYS, EventType.INVALIDATE, comment="没有水"))
    assert seen_on(database, STAYS) is None
    await database.close()


async def test_what_was_deleted_is_not_patrolled(tmp_path: Path) -> None:
    database = await enrolled(tmp_path)
    await hear(database, found(1, STAYS), operation(2, {}, hazard=STAYS, kind=Kind.DELETE))
    assert seen_on(database, STAYS) is None
    await database.close()


@pytest.mark.parametrize("seed", range(6))
async def test_the_sign_of_a_merged_water_counts_in_whatever_order_it_is_heard(
    tmp_path: Path, seed: int
) -> None:
    database = await enrolled(tmp_path)
    made = [
        *(found(1, GONE), found(2, STAYS)),
        event(3, STAYS, EventType.PATROL, sign_code=code_of(record(GONE))),
        event(4, GONE, EventType.MERGE, merged_into=record(STAYS)),
    ]
    Random(seed).shuffle(made)
    await hear(database, *made)
    assert seen_on(database, STAYS) == PATROLLED
    assert seen_on(database, GONE) is None
    await hear(database, event(5, GONE, EventType.REGISTER, base=4))
    assert seen_on(database, STAYS) == FOUND, "it is a sign of another water again"
    assert seen_on(database, GONE) == FOUND
    await database.close()


async def test_a_phone_of_the_version_before_works_it_out_too(tmp_path: Path) -> None:
    database = await enrolled(tmp_path)
    await hear(
        database,
        found(1, STAYS),
        event(2, STAYS, EventType.PATROL, sign_code=code_of(record(STAYS))),
    )

    def make_old(session: Session) -> None:
        connection = session.connection()
        for index in ("patrol", "unit"):
            connection.exec_driver_sql(f"DROP INDEX hazard_{index}")
        for column in ("seen_on", "unit"):
            connection.exec_driver_sql(f"ALTER TABLE hazard DROP COLUMN {column}")
        connection.exec_driver_sql("UPDATE hazard SET folded = 3")
        connection.exec_driver_sql("PRAGMA user_version = 10")

    await database.write(make_old)
    await database.close()
    again = await PhoneDatabase.open(FolderDisk(tmp_path))
    assert seen_on(again, STAYS) is None
    await refresh_old_lines(again, lambda: None)
    assert seen_on(again, STAYS) == PATROLLED
    await again.close()
