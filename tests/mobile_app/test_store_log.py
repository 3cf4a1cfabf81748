"""The phone's log: the same operations give the same store, in whatever order and however often they come."""

import random
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect
from sqlmodel import Session

from mobile_app.store.database import meta
from mobile_app.store.database.migrations import STEPS, migrate
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.database.tables import PhoneTable
from mobile_app.store.log import outbox, recording, recovery, writer
from mobile_app.store.log.entries import LogEntry
from mobile_app.store.queries import hazards, photos
from mobile_app.store.queries.hazards import HazardCard
from mobile_app.store.queries.narrowing import Narrowing
from mobile_app.store.queries.upload_states import OperationState, PhotoState, UploadState
from shared import problems
from shared.operations import Kind, Operation, RecordType, Stamp
from shared.problems import Problem
from shared.sync.plan import Settled
from shared.sync.wire import Reason
from shared.vocabulary import EventType, Status
from tests.mobile_app.enrolled_store import (
    DEVICE,
    NOON,
    POND,
    enrolled,
    moment,
    operation,
    photo_fields,
    record,
    stamp,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[PhoneDatabase]:
    opened = await enrolled(tmp_path)
    yield opened
    await opened.close()


def pulled(*several: tuple[Operation, int]) -> list[LogEntry]:
    return [LogEntry(one, stamp(seq), OperationState.PULLED) for one, seq in several]


async def saved(database: PhoneDatabase, **fields: object) -> str:
    hazard, _ = await database.write(
        lambda session: recording.add_hazard(session, {**POND, **fields}, [photo_fields()], moment())
    )
    return hazard


def settle(session: Session, stamps: dict[int, Stamp]) -> None:
    outbox.settle(session, DEVICE, Settled(stamps))


def card(database: PhoneDatabase, hazard: str) -> HazardCard:
    return database.read(lambda session: hazards.card(session, hazard))


async def test_a_save_numbers_its_operations_from_one(database: PhoneDatabase) -> None:
    hazard = await saved(database)
    unsent = database.read(lambda session: outbox.unsent(session, 10))
    assert [offer.n for offer in unsent] == [1, 2]
    row = card(database, hazard).row
    assert (row.number, row.upload, row.photos_done, row.photos_total) == (None, UploadState.WAITING, 0, 1)
    assert row.temporary == hazard[-4:].upper()
    assert database.read(photos.count_waiting) == (1, 1000)


async def test_a_failed_save_leaves_nothing_and_wastes_no_number(database: PhoneDatabase) -> None:
    with pytest.raises(Problem) as met:
        await saved(database, water_name="x" * 500)
    assert met.value.code == "invalid"
    with pytest.raises(Problem) as met:
        await saved(database, water_name=" ")
    assert met.value.details == {"fields": ["water_name"]}
    assert database.read(meta.progress).n == 0
    assert database.read(hazards.count) == 0


async def test_a_stamp_makes_uploaded_and_numbers_the_hazard(database: PhoneDatabase) -> None:
    hazard = await saved(database)
    await database.write(
        lambda session: outbox.settle(
            session, DEVICE, Settled({1: stamp(7, "DG-441900003-2026-00001"), 2: stamp(8)})
        )
    )
    row = card(database, hazard).row
    assert row.number == "DG-441900003-2026-00001"
    assert row.upload is UploadState.WAITING  # its photo is not there yet
    await database.write(lambda session: photos.delivered(session, "a" * 64, NOON))
    row = card(database, hazard).row
    assert (row.upload, row.photos_done) == (UploadState.UPLOADED, 1)


async def test_a_refusal_is_kept_with_its_reason(database: PhoneDatabase) -> None:
    hazard = await saved(database)
    why = Reason(code="role_forbidden", details={"step": "close"})
    await database.write(lambda session: outbox.settle(session, DEVICE, Settled({1: stamp(7)}, {2: why})))
    assert card(database, hazard).row.upload is UploadState.FAILED
    assert card(database, hazard).quarantined == (why,)
    assert database.read(outbox.count_unsent) == 0


async def test_a_failed_photo_shows_and_waits_again_when_asked(database: PhoneDatabase) -> None:
    hazard = await saved(database)
    await database.write(lambda session: settle(session, {1: stamp(1), 2: stamp(2)}))
    await database.write(lambda session: photos.failed(session, "a" * 64, problems.photo_not_an_image()))
    shown = card(database, hazard)
    assert shown.row.upload is UploadState.FAILED
    assert shown.photos[0].why == Reason(code="photo_not_an_image")
    await database.write(photos.retry)
    assert card(database, hazard).photos[0].state is PhotoState.WAITING


async def test_news_in_any_order_and_twice_give_the_same_store(
    database: PhoneDatabase, tmp_path: Path
) -> None:
    event = {"hazard": record(1), "event_type": "patrol", "at": NOON}
    news = pulled(
        (operation(1, POND), 1),
        (operation(2, {"description": "深"}), 2),
        (operation(3, {"description": "浅"}, device="2" * 16), 3),
        (operation(4, event, hazard=2, type=RecordType.HAZARD_EVENT, kind=Kind.APPEND), 4),
        (
            operation(
                5,
                {**photo_fields(), "hazard": record(1)},
                hazard=3,
                type=RecordType.PHOTO,
                kind=Kind.ATTACH,
            ),
            5,
        ),
    )
    await database.write(lambda session: writer.append(session, news))
    expected = card(database, record(1))
    assert set(expected.conflicts) == {"description"}
    for seed in range(5):
        order = news * 2
        random.Random(seed).shuffle(order)
        other = await enrolled(tmp_path / str(seed))
        for entry in order:
            await other.write(partial(writer.append, several=[entry]))
        assert card(other, record(1)) == expected
        await other.close()


async def test_an_edit_writes_only_what_is_new(database: PhoneDatabase) -> None:
    hazard = await saved(database)
    again = await database.write(
        lambda session: recording.edit_hazard(session, hazard, {**POND, "village": "横坑"}, [], moment(1))
    )
    assert [one.fields for one in again] == [{"village": "横坑"}]
    nothing = await database.write(
        lambda session: recording.edit_hazard(session, hazard, POND, [], moment(2))
    )
    assert nothing == []


async def test_saving_again_what_is_disputed_settles_it(database: PhoneDatabase) -> None:
    news = pulled(
        (operation(1, POND), 1),
        (operation(2, {"description": "深"}), 2),
        (operation(3, {"description": "浅"}, device="2" * 16), 3),
    )

    def take(session: Session) -> None:
        writer.append(session, news)
        meta.set_progress(session, meta.Progress(cursor=3, epoch="first"))

    await database.write(take)
    assert card(database, record(1)).row.conflicts == 1
    shown = card(database, record(1)).hazard.description
    await database.write(
        lambda session: recording.edit_hazard(session, record(1), {"description": shown}, [], moment(3))
    )
    assert card(database, record(1)).row.conflicts == 0


async def test_rectifying_needs_an_after_photo_to_be_submitted(database: PhoneDatabase) -> None:
    hazard = await saved(database)
    steps = [EventType.RECTIFY, EventType.SUBMIT]
    with pytest.raises(Problem) as met:
        await database.write(lambda session: recording.add_events(session, hazard, steps, {}, [], moment(1)))
    assert met.value.code == "after_photo_missing"
    assert card(database, hazard).events == ()
    before = {**photo_fields("c" * 64, "before"), "original_sha256": "d" * 64}
    await database.write(lambda session: recording.edit_hazard(session, hazard, {}, [before], moment(7)))
    again = [{**before, "role": "after"}]
    with pytest.raises(Problem, match="after_photo_missing"):
        await database.write(
            lambda session: recording.add_events(session, hazard, steps, {}, again, moment(1))
        )
    after = [photo_fields("b" * 64, "after")]
    await database.write(lambda session: recording.add_events(session, hazard, steps, {}, after, moment(1)))
    shown = card(database, hazard)
    assert shown.row.status is Status.PENDING_ACCEPTANCE
    assert [event.type for event in shown.events] == steps
    assert shown.photos[-1].photo.event == shown.events[0].id


async def test_a_photo_of_before_the_work_is_no_evidence_though_it_was_edited_or_taken_off(
    database: PhoneDatabase,
) -> None:
    hazard = await saved(database)
    await database.write(lambda session: settle(session, {1: stamp(1), 2: stamp(2)}))
    photo = [
        operation(
            n,
            {"hazard": hazard, **photo_fields("c" * 64, role)},
            hazard=9,
            type=RecordType.PHOTO,
            kind=Kind.ATTACH,
        )
        for n, role in ((1, "before"), (2, "after"))
    ]
    await database.write(lambda session: writer.append(session, pulled((photo[0], 3), (photo[1], 4))))
    shown = card(database, hazard)
    assert [one.photo.role for one in shown.photos] == ["before", "after"]
    assert not shown.finished
    steps = [EventType.RECTIFY, EventType.SUBMIT]
    gone = operation(3, {}, hazard=9, type=RecordType.PHOTO, kind=Kind.DETACH)
    await database.write(lambda session: writer.append(session, pulled((gone, 5))))
    for again in ([], [photo_fields("c" * 64, "after")]):
        finish = partial(recording.add_events, hazard=hazard, steps=steps, given={}, photos=again)
        with pytest.raises(Problem, match="after_photo_missing"):
            await database.write(partial(finish, moment=moment(1)))
    after = [photo_fields("d" * 64, "after")]
    await database.write(lambda session: recording.add_events(session, hazard, steps, {}, after, moment(1)))
    assert card(database, hazard).row.status is Status.PENDING_ACCEPTANCE


async def test_a_restored_server_is_offered_everything_again(database: PhoneDatabase) -> None:
    hazard = await saved(database)
    await database.write(lambda session: settle(session, {1: stamp(1), 2: stamp(2)}))
    await database.write(lambda session: photos.delivered(session, "a" * 64, NOON))
    await database.write(lambda session: writer.append(session, pulled((operation(9, POND, hazard=50), 3))))
    await database.write(lambda session: recovery.start_over(session, "second"))
    assert database.read(outbox.count_unsent) == 2
    assert [row.id for row in database.read(hazards.listed)] == [hazard]
    assert database.read(photos.count_waiting) == (1, 1000)
    where = database.read(meta.progress)
    assert (where.n, where.cursor, where.epoch) == (2, 0, "second")


async def test_lists_find_words_and_states(database: PhoneDatabase) -> None:
    news = [
        (operation(n, {**POND, "water_name": f"水塘{n}", "village": "横坑"}, hazard=n), n)
        for n in range(1, 30)
    ]
    await database.write(lambda session: writer.append(session, pulled(*news)))
    assert len(database.read(lambda s: hazards.listed(s, "水塘7"))) == 1
    assert database.read(lambda s: hazards.count(s, "水塘 横坑")) == 29
    assert database.read(lambda s: hazards.count(s, "%")) == 0
    assert database.read(lambda s: hazards.count(s, "", Narrowing(upload=UploadState.UPLOADED))) == 29
    assert database.read(lambda s: hazards.count(s, "", Narrowing(frozenset({Status.CLOSED})))) == 0
    assert len(database.read(lambda s: hazards.listed(s, limit=10, offset=25))) == 4


def test_migrating_makes_exactly_the_tables_that_the_code_reads() -> None:
    migrated, declared = create_engine("sqlite://"), create_engine("sqlite://")
    with migrated.begin() as connection:
        assert migrate(connection) == len(STEPS)
        assert migrate(connection) == len(STEPS)
    PhoneTable.metadata.create_all(declared)
    assert _schema(migrated) == _schema(declared)
    migrated.dispose()
    declared.dispose()


def _schema(engine: Engine) -> object:
    seen = inspect(engine)
    return {
        table: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(table)],
            seen.get_pk_constraint(table)["constrained_columns"],
            sorted((i["name"], tuple(i["column_names"])) for i in seen.get_indexes(table)),
        )
        for table in seen.get_table_names()
    }
