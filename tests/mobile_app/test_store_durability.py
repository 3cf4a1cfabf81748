"""The journal is taken in again, and damage not believed; what cannot be kept is not called saved."""

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from mobile_app.store.database import journal, meta
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.log import outbox, recording
from mobile_app.store.queries import drafts, hazards
from shared import problems
from shared.problems import Problem
from tests.mobile_app.enrolled_store import POND, born, enrolled, moment
from tests.support.memory_disk import MemoryDisk

pytestmark = pytest.mark.anyio


async def test_a_journal_read_twice_changes_nothing_more(tmp_path: Path) -> None:
    database = await enrolled(tmp_path / "one")
    _, made = await database.write(lambda session: recording.add_hazard(session, POND, [], moment()))
    await database.close()
    lines = journal.saved(made) + journal.drafted("new", {"water_name": "半"})
    other = await enrolled(tmp_path / "two")
    for _ in range(2):
        assert await other.write(lambda session: journal.replay(session, lines)) == journal.Replayed(2)
    assert other.read(outbox.count_unsent) == 1
    assert other.read(meta.progress).n == 1
    assert other.read(drafts.kept) == {"new": {"water_name": "半"}}
    await other.write(lambda session: journal.replay(session, journal.saved([], draft_done="patrol 7")))
    assert other.read(drafts.kept) == {"new": {"water_name": "半"}}
    await other.write(lambda session: journal.replay(session, journal.saved([], draft_done="new")))
    assert other.read(drafts.kept) == {}
    await other.close()


DAMAGES = [
    lambda line: line[:-9],
    lambda line: line[:20] + b"?" + line[21:],
    lambda _: b"x",
    lambda line: line.replace(b" ", b"\n", 1),
]


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_damaged_line_costs_that_line_only(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    database = await enrolled(tmp_path)
    first, second, third = (journal.drafted(name, {"a": 1}) for name in ("one", "two", "three"))
    lines = first + damage(second) + third
    replayed = await database.write(lambda session: journal.replay(session, lines))
    assert replayed.whole == 2
    assert replayed.damaged >= 1
    assert set(database.read(drafts.kept)) == {"one", "three"}
    torn = first + second[: len(second) // 2]
    assert await database.write(lambda session: journal.replay(session, torn)) == journal.Replayed(1)
    await database.close()


async def test_what_is_damaged_is_kept_aside_and_said(tmp_path: Path) -> None:
    database = await enrolled(tmp_path / "elsewhere")
    lines = []
    for step in range(3):
        made = await database.write(partial(recording.add_hazard, given=POND, photos=[], moment=moment(step)))
        lines.append(journal.saved(made[1]))
    await database.close()
    journaled = lines[0] + lines[1].replace(b"hazard", b"hazord") + lines[2]
    root = tmp_path / "phone"
    await born(root)
    (root / "journal").write_bytes(journaled)
    for damaged in (1, 0):
        database = await PhoneDatabase.open(MemoryDisk(root))
        assert (database.damaged, database.read(hazards.count)) == (damaged, 2)
        await database.close()
    assert (root / "damaged").read_bytes() == journaled


class UnsureDisk(MemoryDisk):
    async def append(self, _line: bytes) -> None:
        raise problems.storage_blocked()


async def test_nothing_more_is_saved_where_nobody_knows_what_is_kept(tmp_path: Path) -> None:
    await born(tmp_path)
    disk: MemoryDisk = UnsureDisk(tmp_path)
    database = await PhoneDatabase.open(disk)
    for _ in range(2):
        with pytest.raises(Problem, match="storage_blocked"):
            await database.save(lambda _: (None, journal.drafted("new", {})))
    with pytest.raises(Problem, match="storage_blocked"):
        await database.write(lambda _: None)


class FullDisk(MemoryDisk):
    async def append(self, line: bytes) -> None:
        raise problems.device_storage_full(bytes=len(line))


async def test_a_full_disk_saves_nothing_and_says_so(tmp_path: Path) -> None:
    await born(tmp_path)
    database = await PhoneDatabase.open(FullDisk(tmp_path))
    with pytest.raises(Problem) as met:
        await database.save(
            lambda session: ("", journal.saved(recording.add_hazard(session, POND, [], moment())[1]))
        )
    assert met.value.code == "device_storage_full"
    assert database.read(hazards.count) == 0
    assert database.read(meta.progress).n == 0
    await database.close()


async def test_a_database_that_cannot_grow_says_so(tmp_path: Path) -> None:
    database = await enrolled(tmp_path)
    limit = database.read(lambda session: session.connection().exec_driver_sql("PRAGMA page_count").scalar())

    def fill(session: Session) -> tuple[str, bytes]:
        connection = session.connection()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {limit}")
        hazard = ""
        for step in range(50):
            hazard, _ = recording.add_hazard(session, {**POND, "description": "长" * 3000}, [], moment(step))
        return hazard, b""

    with pytest.raises(Problem) as met:
        await database.save(fill)
    assert met.value.code == "device_storage_full"
    assert database.read(hazards.count) == 0
    await database.close()


async def test_a_clock_that_was_reset_keeps_nobody_from_saving(tmp_path: Path) -> None:
    database = await enrolled(tmp_path)
    await database.write(partial(recording.add_hazard, given=POND, photos=[], moment=moment()))
    reset = replace(moment(1), made_at="1970-01-01T08:00:07.000+08:00", now_ms=7_000)
    hazard, made = await database.write(partial(recording.add_hazard, given=POND, photos=[], moment=reset))
    assert "found_on" not in made[0].fields
    card = database.read(partial(hazards.card, hazard=hazard))
    assert card.row.title == POND["water_name"]
    stamps = [json.loads(offer.wire)["hlc"] for offer in database.read(partial(outbox.unsent, limit=9))]
    assert stamps == sorted({*stamps})
    await database.close()


async def test_whoever_is_cancelled_waits_until_the_thread_has_let_go_of_the_database(tmp_path: Path) -> None:
    database = await enrolled(tmp_path)
    begun, go_on = threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        begun.set()
        go_on.wait()
        recording.add_hazard(session, POND, [], moment())

    writing = asyncio.create_task(database.write(slow))
    await asyncio.to_thread(begun.wait)
    for _ in range(2):
        writing.cancel()
        await asyncio.sleep(0.01)
    assert not writing.done(), "closing the database now would take it from under the thread"
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert database.read(hazards.count) == 0
    await database.close()
