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
async def keeper(tmp_path: Path) -> AsyncIterator[PhoneDatabase]:
    opened = await enrolled(tmp_path)
    yield opened
    await opened.close()


def pulled(*several: tuple[Operation, int]) -> list[LogEntry]:
    return [LogEntry(one, stamp(seq), OperationState.PULLED) for one, seq in several]


async def saved(keeper: PhoneDatabase, **fields: object) -> str:
    hazard, _ = await keeper.write(
        lambda session: recording.add_hazard(session, {**POND, **fields}, [photo_fields()], moment())
    )
    return hazard


def settle(session: Session, stamps: dict[int, Stamp]) -> None:
    outbox.settle(session, DEVICE, Settled(stamps))


def card(keeper: PhoneDatabase, hazard: str) -> HazardCard:
    return keeper.read(lambda session: hazards.card(session, hazard))


async def test_a_save_numbers_its_operations_from_one(keeper: PhoneDatabase) -> None:
    hazard = await saved(keeper)
    unsent = keeper.read(lambda session: outbox.unsent(session, 10))
    assert [offer.n for offer in unsent] == [1, 2]
    row = card(keeper, hazard).row
    assert (row.number, row.upload, row.photos_done, row.photos_total) == (None, UploadState.WAITING, 0, 1)
    assert row.temporary == hazard[-4:].upper()
    assert keeper.read(photos.amount_waiting) == (1, 1000)


async def test_a_failed_save_leaves_nothing_and_wastes_no_number(keeper: PhoneDatabase) -> None:
    with pytest.raises(Problem) as met:
        await saved(keeper, water_name="x" * 500)
    assert met.value.code == "invalid"
    with pytest.raises(Problem) as met:
        await saved(keeper, water_name=" ")
    assert met.value.details == {"fields": ["water_name"]}
    assert keeper.read(meta.progress).n == 0
    assert keeper.read(hazards.amount) == 0


async def test_a_stamp_makes_uploaded_and_numbers_the_hazard(keeper: PhoneDatabase) -> None:
    hazard = await saved(keeper)
    await keeper.write(
        lambda session: outbox.settle(
            session, DEVICE, Settled({1: stamp(7, "DG-441900003-2026-00001"), 2: stamp(8)})
        )
    )
    row = card(keeper, hazard).row
    assert row.number == "DG-441900003-2026-00001"
    assert row.upload is UploadState.WAITING  # its photo is not there yet
    await keeper.write(lambda session: photos.delivered(session, "a" * 64, NOON))
    row = card(keeper, hazard).row
    assert (row.upload, row.photos_done) == (UploadState.UPLOADED, 1)


async def test_a_refusal_is_kept_with_its_reason(keeper: PhoneDatabase) -> None:
    hazard = await saved(keeper)
    why = Reason(code="role_forbidden", details={"step": "close"})
    await keeper.write(lambda session: outbox.settle(session, DEVICE, Settled({1: stamp(7)}, {2: why})))
    assert card(keeper, hazard).row.upload is UploadState.FAILED
    assert card(keeper, hazard).quarantined == (why,)
    assert keeper.read(outbox.amount_unsent) == 0


async def test_a_failed_photo_shows_and_waits_again_when_asked(keeper: PhoneDatabase) -> None:
    hazard = await saved(keeper)
    await keeper.write(lambda session: settle(session, {1: stamp(1), 2: stamp(2)}))
    await keeper.write(lambda session: photos.failed(session, "a" * 64, problems.photo_not_an_image()))
    shown = card(keeper, hazard)
    assert shown.row.upload is UploadState.FAILED
    assert shown.photos[0].why == Reason(code="photo_not_an_image")
    await keeper.write(photos.retry)
    assert card(keeper, hazard).photos[0].state is PhotoState.WAITING


async def test_news_in_any_order_and_twice_give_the_same_store(keeper: PhoneDatabase, tmp_path: Path) -> None:
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
    await keeper.write(lambda session: writer.take(session, news))
    expected = card(keeper, record(1))
    assert set(expected.conflicts) == {"description"}
    for seed in range(5):
        order = news * 2
        random.Random(seed).shuffle(order)
        other = await enrolled(tmp_path / str(seed))
        for entry in order:
            await other.write(partial(writer.take, several=[entry]))
        assert card(other, record(1)) == expected
        await other.close()


async def test_an_edit_writes_only_what_is_new(keeper: PhoneDatabase) -> None:
    hazard = await saved(keeper)
    again = await keeper.write(
        lambda session: recording.edit_hazard(session, hazard, {**POND, "village": "横坑"}, [], moment(1))
    )
    assert [one.fields for one in again] == [{"village": "横坑"}]
    nothing = await keeper.write(lambda session: recording.edit_hazard(session, hazard, POND, [], moment(2)))
    assert nothing == []


async def test_saving_again_what_is_disputed_settles_it(keeper: PhoneDatabase) -> None:
    news = pulled(
        (operation(1, POND), 1),
        (operation(2, {"description": "深"}), 2),
        (operation(3, {"description": "浅"}, device="2" * 16), 3),
    )

    def take(session: Session) -> None:
        writer.take(session, news)
        meta.set_progress(session, meta.Progress(cursor=3, epoch="first"))

    await keeper.write(take)
    assert card(keeper, record(1)).row.conflicts == 1
    shown = card(keeper, record(1)).hazard.description
    await keeper.write(
        lambda session: recording.edit_hazard(session, record(1), {"description": shown}, [], moment(3))
    )
    assert card(keeper, record(1)).row.conflicts == 0


async def test_rectifying_needs_an_after_photo_to_be_submitted(keeper: PhoneDatabase) -> None:
    hazard = await saved(keeper)
    steps = [EventType.RECTIFY, EventType.SUBMIT]
    with pytest.raises(Problem) as met:
        await keeper.write(lambda session: recording.add_events(session, hazard, steps, {}, [], moment(1)))
    assert met.value.code == "after_photo_missing"
    assert card(keeper, hazard).events == ()
    after = [photo_fields("b" * 64, "after")]
    await keeper.write(lambda session: recording.add_events(session, hazard, steps, {}, after, moment(1)))
    shown = card(keeper, hazard)
    assert shown.row.status is Status.PENDING_ACCEPTANCE
    assert [event.type for event in shown.events] == steps
    assert shown.photos[1].photo.event == shown.events[0].id


async def test_a_restored_server_is_offered_everything_again(keeper: PhoneDatabase) -> None:
    hazard = await saved(keeper)
    await keeper.write(lambda session: settle(session, {1: stamp(1), 2: stamp(2)}))
    await keeper.write(lambda session: photos.delivered(session, "a" * 64, NOON))
    await keeper.write(lambda session: writer.take(session, pulled((operation(9, POND, hazard=50), 3))))
    await keeper.write(lambda session: recovery.start_over(session, "second"))
    assert keeper.read(outbox.amount_unsent) == 2
    assert [row.id for row in keeper.read(hazards.listed)] == [hazard]
    assert keeper.read(photos.amount_waiting) == (1, 1000)
    where = keeper.read(meta.progress)
    assert (where.n, where.cursor, where.epoch) == (2, 0, "second")


async def test_lists_find_words_and_states(keeper: PhoneDatabase) -> None:
    news = [
        (operation(n, {**POND, "water_name": f"水塘{n}", "village": "横坑"}, hazard=n), n)
        for n in range(1, 30)
    ]
    await keeper.write(lambda session: writer.take(session, pulled(*news)))
    assert len(keeper.read(lambda s: hazards.listed(s, "水塘7"))) == 1
    assert keeper.read(lambda s: hazards.amount(s, "水塘 横坑")) == 29
    assert keeper.read(lambda s: hazards.amount(s, "%")) == 0
    assert keeper.read(lambda s: hazards.amount(s, "", UploadState.UPLOADED)) == 29
    assert keeper.read(lambda s: hazards.amount(s, "", Status.CLOSED)) == 0
    assert len(keeper.read(lambda s: hazards.listed(s, limit=10, offset=25))) == 4


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
