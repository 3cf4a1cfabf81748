"""Photos that no record names are bounded for each person and deleted in the end; named ones never are."""

import time
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlmodel import Session

from shared import problems
from sync_server.database.tables import PhotoHolderRow, PhotoRow
from sync_server.database.transactions import in_transaction, looking_up
from sync_server.maintenance import orphans
from sync_server.photos import unnamed
from tests.support.drawn import photo as drawn
from tests.support.server import Server, TestPhone
from tests.sync_server.photos.test_tus import create, patch, send, sha256

HOLDERS, PHOTOS = (row.metadata.tables[str(row.__tablename__)] for row in (PhotoHolderRow, PhotoRow))
LONG_AGO = "2026-01-01T00:00:00.000Z"


def here(server: Server, data: bytes) -> bool:
    return (Path(server.settings.photos) / sha256(data)[:2] / sha256(data)).exists()


def refused(phone: TestPhone, data: bytes) -> bool:
    answer = create(phone, data)
    if answer.status_code == 201:
        return False
    assert (answer.status_code, answer.json()["code"]) == (429, "photos_unnamed")
    assert int(answer.headers["Retry-After"]) > 0
    return True


def attached(phone: TestPhone, *photos: bytes, role: str = "before") -> set[str]:
    made = phone.op()
    ops = [phone.photo(made["record"], role, sha256(data)) for data in photos]
    return {result["status"] for result in phone.push(made, *ops)}


def test_a_persons_photos_without_a_record_are_bounded_until_records_name_them(
    server: Server, phone: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unnamed, "MOST", 3)
    monkeypatch.setattr(unnamed, "REFUSED_FOR_S", 0.0)
    photos = [drawn(seed=seed) for seed in range(6)]
    for data in photos[:3]:
        assert send(phone, data).status_code == 204
    assert refused(phone, photos[3])
    assert refused(server.phone("同一人的另一部", phone.person), photos[3])
    assert not refused(server.phone(), photos[3]), "others go on"
    assert not refused(phone, photos[0]), "what is here need not come"
    assert attached(phone, photos[0]) == {"stored"}
    assert send(phone, photos[3]).status_code == 204
    assert refused(phone, photos[4])
    assert attached(phone, photos[1], role="no such role") == {"stored", "quarantined"}
    assert send(phone, photos[4]).status_code == 204, "quarantine names it too"
    monkeypatch.setattr(unnamed, "MOST", 100)
    monkeypatch.setattr(unnamed, "MOST_BYTES", len(photos[0]))
    assert refused(phone, photos[5])


def test_a_refused_operation_names_one_photo_however_many_hashes_it_holds(
    phone: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unnamed, "MOST", 3)
    photos = [drawn(seed=seed) for seed in range(5)]
    for data in photos[:3]:
        assert send(phone, data).status_code == 204
    names = " ".join(map(sha256, photos))
    [result] = phone.push(phone.photo(phone.op()["record"], "no such role", names))
    assert result["status"] == "quarantined"
    assert send(phone, photos[3]).status_code == 204
    assert refused(phone, photos[4])


def test_a_refusal_stands_for_a_while_without_looking_again(
    phone: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unnamed, "MOST", 1)
    data, more = drawn(seed=0), drawn(seed=1)
    assert send(phone, data).status_code == 204
    assert refused(phone, more)
    assert attached(phone, data) == {"stored"}
    assert refused(phone, more)
    later = time.monotonic() + unnamed.REFUSED_FOR_S
    monkeypatch.setattr(unnamed, "time", SimpleNamespace(monotonic=lambda: later))
    assert not refused(phone, more)


def test_a_start_on_a_full_disk_deletes_nothing_and_goes_on(
    server: Server, phone: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = drawn()
    assert send(phone, data).status_code == 204
    age = update(HOLDERS).values(since=LONG_AGO)
    in_transaction(server.engine, lambda session: session.execute(age))

    def fill(*_: object, **__: object) -> None:
        raise problems.storage_full()

    with monkeypatch.context() as full:
        full.setattr(unnamed, "in_transaction", fill)
        orphans.delete_orphans(server.engine, server.state.photos)
    assert here(server, data)
    orphans.delete_orphans(server.engine, server.state.photos)
    assert not here(server, data)


@pytest.mark.sqlite("PostgreSQL plans by its statistics")
def test_the_count_reads_only_what_no_record_names(server: Server) -> None:
    asked = unnamed._SENT.compile(server.engine)
    with looking_up(server.engine) as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", (0, "", "")).all()
    assert any("photo_holder_unnamed" in str(row) for row in plan), plan


def test_photos_of_records_that_came_first_never_count(
    phone: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unnamed, "MOST", 1)
    photos = [drawn(seed=seed) for seed in range(4)]
    assert attached(phone, *photos) == {"stored"}
    for data in photos:
        assert send(phone, data).status_code == 204
    assert not refused(phone, drawn(seed=9))


def test_what_nothing_names_is_deleted_at_the_start_after_some_time(server: Server, phone: TestPhone) -> None:
    names = ("shown", "quarantined", "replaced", "unnamed", "fresh", "of two", "foreign")
    photos = {name: drawn(seed=seed) for seed, name in enumerate(names)}
    other = server.phone()
    for name, data in photos.items():
        assert send(other if name == "foreign" else phone, data).status_code == 204
    assert attached(phone, photos["shown"]) == {"stored"}
    assert attached(phone, photos["quarantined"], role="no such role") == {"stored", "quarantined"}
    assert attached(phone, photos["replaced"]) == {"stored"}

    def age(session: Session) -> None:
        replaced = PHOTOS.c.sha256 == sha256(photos["replaced"])
        session.execute(delete(PHOTOS).where(replaced))  # only the log names it now
        old = HOLDERS.c.sha256 != sha256(photos["fresh"])
        session.execute(update(HOLDERS).where(old).values(since=LONG_AGO))

    in_transaction(server.engine, age)
    assert not refused(other, photos["of two"])
    orphans.delete_orphans(server.engine, server.state.photos)
    assert {name for name, data in photos.items() if not here(server, data)} == {"unnamed", "foreign"}
    assert create(phone, photos["unnamed"]).headers["upload-offset"] == "0"
    assert send(phone, photos["unnamed"]).status_code == 204
    assert here(server, photos["unnamed"])


@pytest.mark.parametrize("again", ["the same person", "another", "announced only"])
def test_a_photo_that_comes_again_while_another_server_deletes_old_ones_stays(
    server: Server, phone: TestPhone, monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    data = drawn()
    sender = phone if again != "another" else server.phone()
    assert send(phone, data).status_code == 204
    in_transaction(server.engine, lambda session: session.execute(update(HOLDERS).values(since=LONG_AGO)))
    forget, answers, threads = unnamed._forget, list[tuple[int, str]](), list[Thread]()

    def come_again() -> None:
        answer = create(sender, data)
        if again != "announced only" and answer.headers["upload-offset"] == "0":
            answer = patch(sender, answer.headers["location"], 0, data)
        answers.append((answer.status_code, answer.headers.get("upload-offset", "")))

    def forget_meanwhile(session: Session, **given: Any) -> None:
        thread = Thread(target=come_again)
        threads.append(thread)
        thread.start()
        thread.join(1)  # on SQLite it waits for this transaction, on PostgreSQL it is faster
        forget(session, **given)

    monkeypatch.setattr(unnamed, "_forget", forget_meanwhile)
    orphans.delete_orphans(server.engine, server.state.photos)
    for thread in threads:
        thread.join()
    [(status, offset)] = answers
    if status in (201, 204) and offset == str(len(data)):
        assert here(server, data), "the phone was told so"
    if create(phone, data).headers["upload-offset"] == "0":
        assert send(phone, data).status_code == 204
    assert here(server, data)
