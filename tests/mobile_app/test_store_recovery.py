"""Recovery in the store: whenever the phone dies in between, nothing is lost and nothing is doubled."""

import itertools
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlmodel import Session

from mobile_app.device.disk import FolderDisk
from mobile_app.store.database import journal, meta
from mobile_app.store.database.migrations import STEPS, migrate
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.log import outbox, recording, recovery, snapshot, writer
from mobile_app.store.log.entries import LogEntry
from mobile_app.store.log.refreshing import refresh_old_lines
from mobile_app.store.queries import hazards, photos, visits
from mobile_app.store.queries.hazards import SentBack
from mobile_app.store.queries.upload_states import OperationState
from shared import merge, problems
from shared.operations import GENESIS, Kind, Operation, RecordType
from shared.problems import Problem
from shared.sync.plan import Settled
from shared.sync.wire import Reason, SnapshotAnswer, SnapshotRecord
from shared.vocabulary import EventType
from tests.mobile_app.enrolled_store import (
    DEVICE,
    ENROLLED,
    NOON,
    POND,
    born,
    enrolled,
    moment,
    operation,
    photo_fields,
    record,
    stamp,
)
from tests.support.memory_disk import MemoryDisk

pytestmark = pytest.mark.anyio

NEW = "abcdef0123456789"
SUCCESSOR = ENROLLED.model_copy(update={"device": NEW, "token": "another"})


def keys(database: PhoneDatabase) -> list[tuple[str, int]]:
    return [(offer.device, offer.n) for offer in database.read(lambda s: outbox.unsent(s, 99))]


async def save(database: PhoneDatabase, step: int) -> str:
    def work(session: Session) -> tuple[str, bytes]:
        hazard, made = recording.add_hazard(session, POND, [photo_fields()], moment(step))
        return hazard, journal.saved(made)

    return await database.save(work)


def succeed(session: Session, first: int = 1) -> None:
    recovery.succeed(session, SUCCESSOR, DEVICE, first)


def settle(session: Session, stamps: dict[int, int]) -> None:
    outbox.settle(session, DEVICE, Settled({n: stamp(seq) for n, seq in stamps.items()}))


def told(*several: Operation, seq: int = 1, next: str | None = None) -> SnapshotAnswer:
    """A page of records, each of one operation that came at `seq` and after."""
    records = [
        SnapshotRecord(
            record=one.record,
            type=one.type,
            state=merge.to_json(merge.merge([(one, stamp(place))])),
        )
        for place, one in enumerate(several, seq)
    ]
    end = seq + len(several) - 1
    return SnapshotAnswer(records=records, next=next, seq=end, tip=GENESIS, epoch="first", server_time="")


def read(session: Session, page: SnapshotAnswer) -> None:
    snapshot.store(session, page.records)
    snapshot.turn_page(session, page)


class Died(Exception):
    """The phone is off."""


class ShortLived(MemoryDisk):
    """Dies at its k-th step, and with it everything that was not kept."""

    def __init__(self, root: Path, fuse: int = 0) -> None:
        self.left = fuse
        super().__init__(root)

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Died


async def lived(root: Path, fuse: int) -> tuple[list[str], bool]:
    """Save, become another device, save again; what was called saved, and whether it went to the end."""
    there: list[str] = []
    disk = ShortLived(root, fuse)
    try:
        database = await PhoneDatabase.open(disk)
        there.append(await save(database, 0))
        await database.write(partial(settle, stamps={1: 1}))
        there.append(await save(database, 1))
        await database.write_through(partial(succeed, first=3))
        there.append(await save(database, 2))
        await database.settle()
        there.append(await save(database, 3))
    except Died:
        return there, False
    return there, True


async def test_a_phone_that_dies_while_becoming_another_device_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    seen = set()
    for fuse in itertools.count(1):
        root = tmp_path / str(fuse)
        await born(root)
        there, done = await lived(root, fuse)
        database = await PhoneDatabase.open(MemoryDisk(root))
        rows = database.read(hazards.listed)
        assert {*there} <= {row.id for row in rows}
        assert len(rows) - len(there) in (0, 1)
        unsent = keys(database)
        assert len(unsent) == len(set(unsent))
        who = database.read(meta.identity)
        assert who is not None
        later = [n for device, n in unsent if device == NEW]
        assert later == list(range(1, len(later) + 1))
        assert bool(later) == (who.device == NEW)
        assert database.read(meta.progress).n == (len(later) if later else 2 * len(rows))
        waiting = {
            json.loads(offer.wire)["record"] for offer in database.read(lambda s: outbox.unsent(s, 99))
        }
        assert {row.id for row in rows[:-1]} <= waiting
        seen.add(who.device)
        await database.close()
        if done:
            break
    assert seen == {DEVICE, NEW}


async def test_what_cannot_be_made_durable_stops_all_saving(tmp_path: Path) -> None:
    class Stuck(MemoryDisk):
        stuck = False

        async def checkpoint(self) -> None:
            if self.stuck:
                raise problems.device_storage_full()
            await super().checkpoint()

    await born(tmp_path)
    disk = Stuck(tmp_path)
    database = await PhoneDatabase.open(disk)
    hazard = await save(database, 0)
    disk.stuck = True
    with pytest.raises(Problem, match="device_storage_full"):
        await database.write_through(succeed)
    with pytest.raises(Problem, match="storage_blocked"):
        await save(database, 1)
    database = await PhoneDatabase.open(MemoryDisk(tmp_path))
    assert [row.id for row in database.read(hazards.listed)] == [hazard]
    assert keys(database) == [(DEVICE, 1), (DEVICE, 2)]
    await database.close()


async def test_what_is_on_the_log_keeps_its_key_and_what_is_moved_says_the_same(tmp_path: Path) -> None:
    database = await enrolled(tmp_path)
    first = await save(database, 0)
    await database.write(partial(settle, stamps={1: 1, 2: 2}))
    await save(database, 1)
    before = [json.loads(offer.wire) for offer in database.read(lambda s: outbox.unsent(s, 9))]
    await database.write(partial(succeed, first=2))
    after = [json.loads(offer.wire) for offer in database.read(lambda s: outbox.unsent(s, 9))]
    assert [{**one, "device": DEVICE, "n": one["n"] + 2} for one in after] == before
    lines = b"".join(journal.saved([Operation.model_validate(one)]) for one in before)
    await database.write(lambda session: journal.replay(session, lines))
    assert keys(database) == [(NEW, 1), (NEW, 2)]
    assert database.read(hazards.count) == 2
    copied = operation(3, {**POND, "water_name": "另一个"}, device=DEVICE, hazard=77)
    theirs = [LogEntry(copied, stamp(9), OperationState.PULLED)]
    await database.write(lambda session: writer.append(session, theirs))
    assert keys(database) == [(NEW, 1), (NEW, 2)]
    assert database.read(hazards.count) == 3
    state = database.read(lambda session: hazards.card(session, first)).row
    assert state.conflicts == 0
    await database.close()


async def test_other_content_under_an_unsent_key_is_never_taken_for_ones_own(tmp_path: Path) -> None:
    database = await enrolled(tmp_path)
    await save(database, 0)
    theirs = [LogEntry(operation(1, POND, device=DEVICE, hazard=77), stamp(1), OperationState.PULLED)]
    with pytest.raises(Problem) as met:
        await database.write(lambda session: writer.append(session, theirs))
    assert met.value.details == {"device": DEVICE, "n": 1}
    assert keys(database) == [(DEVICE, 1), (DEVICE, 2)]
    await database.close()


async def test_starting_over_offers_a_predecessors_operations_too(tmp_path: Path) -> None:
    database = await enrolled(tmp_path)
    await save(database, 0)
    await database.write(partial(settle, stamps={1: 1, 2: 2}))
    await save(database, 1)
    await database.write(partial(succeed, first=3))
    await database.write(lambda s: outbox.settle(s, NEW, Settled({1: stamp(3)}, {2: Reason(code="invalid")})))
    await database.write(lambda session: photos.delivered(session, "a" * 64, NOON))
    await database.write(partial(recovery.start_over, epoch="second"))
    assert keys(database) == [(DEVICE, 1), (DEVICE, 2), (NEW, 1), (NEW, 2)]
    assert database.read(photos.count_waiting) == (1, 1000)
    where = database.read(meta.progress)
    assert (where.n, where.cursor, where.fingerprint, where.epoch, where.snapshot) == (
        2,
        0,
        GENESIS,
        "second",
        "",
    )
    await database.write(partial(recovery.start_over, epoch="third"))
    assert len(keys(database)) == 4
    assert database.read(hazards.count) == 2
    await database.close()


async def test_a_base_from_another_log_hides_nothing_until_the_server_says_what_counts(
    tmp_path: Path,
) -> None:
    database = await enrolled(tmp_path)
    mine = operation(1, {"description": "我的"}, device=DEVICE, base=9)
    await database.write(lambda s: writer.append(s, [LogEntry(mine, None, OperationState.UNSENT)]))
    await database.write(partial(recovery.start_over, epoch="second"))
    page = told(operation(1, {**POND, "description": "别人的"}))
    await database.write(partial(read, page=page))
    card = database.read(lambda session: hazards.card(session, record(1)))
    assert set(card.conflicts) == {"description"}
    counts = replace(stamp(2), base=1)
    await database.write(lambda s: outbox.settle(s, DEVICE, Settled({1: counts})))
    card = database.read(lambda session: hazards.card(session, record(1)))
    assert (dict(card.conflicts), card.hazard.description) == ({}, "我的")
    await database.close()


async def test_a_record_told_twice_and_with_own_work_on_top_is_the_same(tmp_path: Path) -> None:
    database = await enrolled(tmp_path)
    page = told(operation(1, POND), operation(2, POND, hazard=2))
    await database.write(partial(read, page=page))
    edit = partial(
        recording.edit_hazard, hazard=record(1), given={"village": "横坑"}, photos=[], moment=moment(1)
    )
    await database.write(edit)
    before = database.read(hazards.listed)
    for _ in range(2):
        await database.write(snapshot.begin)
        await database.write(partial(read, page=page))
        assert database.read(hazards.listed) == before
    assert database.read(lambda s: hazards.card(s, record(1))).hazard.village == "横坑"
    await database.write(snapshot.begin)
    await database.write(partial(read, page=told(seq=5)))  # nothing is told any more
    assert [row.id for row in database.read(hazards.listed)] == [record(1)]
    await database.close()


def test_a_phone_from_before_snapshots_keeps_its_operations_and_reads_everything_anew() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        migrate(connection, STEPS[:1])
        wire = json.dumps({"base": 7, "hlc": "x"})
        connection.exec_driver_sql(
            "INSERT INTO operation VALUES ('c','d',1,NULL,'x',NULL,'r','hazard','r',?,'unsent',NULL,NULL)",
            (wire,),
        )
        connection.exec_driver_sql(
            "INSERT INTO meta VALUES ('progress', ?)",
            (json.dumps({"n": 1, "hlc": "x", "cursor": 9, "epoch": "e"}),),
        )
        migrate(connection)
    with Session(engine) as session:
        where = meta.progress(session)
        assert (where.n, where.cursor, where.fingerprint, where.snapshot) == (1, 0, GENESIS, "")
        assert session.connection().exec_driver_sql("SELECT base FROM operation").scalar() == 7
    engine.dispose()


async def test_lines_from_before_are_searched_at_once_and_derived_again(tmp_path: Path) -> None:
    database = await enrolled(tmp_path)
    count = 60
    made = [
        operation(n, {**POND, "water_name": "３号鱼塘", "phone": "13812345678"}, hazard=n)
        for n in range(1, count + 1)
    ]
    back = operation(
        count + 1,
        {"hazard": record(7), "event_type": "return", "at": NOON, "comment": "照片看不清"},
        type=RecordType.HAZARD_EVENT,
        kind=Kind.APPEND,
        hazard=1000,
    )
    visit = operation(
        count + 2,
        {"visit_type": "family", "place": "石井村", "households": 3},
        type=RecordType.EDUCATION_VISIT,
        hazard=1001,
    )
    pulled = enumerate([*made, back, visit], 1)
    several = [LogEntry(one, stamp(seq), OperationState.PULLED) for seq, one in pulled]
    await database.write(lambda session: writer.append(session, several))

    def make_old(session: Session) -> None:
        connection = session.connection()
        for index in ("order", "folded", "place", "name", "relapse", "deadline", "author", "patrol", "unit"):
            connection.exec_driver_sql(f"DROP INDEX hazard_{index}")
        later = ("author", "rectifiers", "relapse_due", "deadline", "risk_level", "seen_on", "unit")
        for column in ("sent_back", "sent_back_step", "sent_back_reason", "folded", *later):
            connection.exec_driver_sql(f"ALTER TABLE hazard DROP COLUMN {column}")
        connection.exec_driver_sql("CREATE INDEX hazard_order ON hazard (deleted, touched)")
        connection.exec_driver_sql("UPDATE hazard SET search = ' 0001 ３号鱼塘 '")
        connection.exec_driver_sql("DROP TABLE visit")
        connection.exec_driver_sql("PRAGMA user_version = 5")

    await database.write(make_old)
    await database.close()
    again = await PhoneDatabase.open(FolderDisk(tmp_path))
    assert again.read(lambda session: hazards.count(session, "3号")) == count
    assert again.read(lambda session: hazards.count(session, "1381234")) == 0
    changes: list[int] = []
    await refresh_old_lines(again, lambda: changes.append(1))
    assert changes == [1]
    assert again.read(lambda session: hazards.count(session, "1381234")) == count
    first = again.read(lambda session: hazards.listed(session, limit=1))[0]
    assert (first.id, first.sent_back) == (record(7), SentBack(EventType.RETURN, "照片看不清"))
    [line] = again.read(visits.listed)
    assert (line.id, line.place, line.households) == (record(1001), "石井村", 3)
    await refresh_old_lines(again, lambda: changes.append(1))
    assert changes == [1]
    await again.close()


def test_a_phone_that_kept_its_progress_under_other_names_goes_on_where_it_was() -> None:
    engine = create_engine("sqlite://")
    kept = {"n": 3, "cursor": 9, "tip": "a" * 16, "ahead": 2, "ahead_tip": "b" * 16, "heard": 12}
    with engine.begin() as connection:
        migrate(connection, STEPS[:4])
        connection.exec_driver_sql(
            "INSERT INTO meta VALUES ('progress', ?)",
            (json.dumps({**kept, "heard_tip": "c" * 16, "receipt": "r"}),),
        )
        migrate(connection)
    with Session(engine) as session:
        where = meta.progress(session)
    assert (where.n, where.cursor, where.fingerprint) == (3, 9, "a" * 16)
    assert (where.ahead, where.ahead_fingerprint) == (2, "b" * 16)
    assert (where.farthest, where.farthest_fingerprint, where.receipt) == (12, "c" * 16, "r")
    engine.dispose()
