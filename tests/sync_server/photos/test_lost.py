"""Photos that the disk lost are not called delivered, and uploads that nobody will finish do not fill it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from shared.vocabulary import Role
from sync_server.access import sessions
from sync_server.database.tables import UploadRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import SESSION_COOKIE
from sync_server.maintenance import doctor, orphans
from sync_server.photos import abandoned
from tests.support.drawn import photo as drawn
from tests.support.server import Server, TestPhone
from tests.sync_server.photos.test_whole import head, send, sha256

LONG_AGO = "2026-01-01T00:00:00.000Z"


def file_of(server: Server, data: bytes) -> Path:
    digest = sha256(data)
    return server.settings.photos / digest[:2] / digest


def begin(phone: TestPhone, seed: int) -> str:
    """The address of an upload that has its first bytes."""
    data = drawn(seed=seed)
    return str(send(phone, data, data[:500]).headers["location"])


def unfinished(server: Server) -> list[str]:
    return sorted(path.name for path in (server.settings.photos / "partial").iterdir())


def status_of(phone: TestPhone, data: bytes, size: str) -> int:
    address = f"/api/v1/photos/{sha256(data)}/{size}"
    return int(phone.client.get(address, headers=phone.headers).status_code)


@pytest.mark.parametrize(
    "harm", [Path.unlink, lambda file: file.write_bytes(b""), lambda file: file.write_bytes(b"x" * 100)]
)
def test_a_photo_that_is_gone_or_cut_short_is_sent_again(
    server: Server, phone: TestPhone, harm: Callable[[Path], Any]
) -> None:
    data = drawn()
    send(phone, data)
    whole = f"/api/v1/photos/{sha256(data)}"
    assert head(phone, whole).status_code == 200
    harm(file_of(server, data))
    assert head(phone, whole).status_code == 404
    assert [status_of(phone, data, size) for size in ("original", "thumb")] == [404, 404]
    assert send(phone, data, data[:500]).headers["upload-offset"] == "500"  # announced again, it is not here
    assert send(phone, data).headers["upload-offset"] == str(len(data))
    assert file_of(server, data).read_bytes() == data


def test_a_damaged_photo_of_the_same_length_is_not_served_and_is_sent_again(
    server: Server, phone: TestPhone
) -> None:
    data = drawn()
    send(phone, data)
    assert status_of(phone, data, "original") == 200
    damaged = data[:-10] + bytes(10)
    file_of(server, data).write_bytes(damaged)
    assert [status_of(phone, data, size) for size in ("original", "preview")] == [404, 404]
    assert file_of(server, data).with_name(f"{sha256(data)}.damaged").read_bytes() == damaged
    assert head(phone, f"/api/v1/photos/{sha256(data)}").status_code == 404
    assert send(phone, data).status_code == 201
    assert status_of(phone, data, "original") == 200
    assert server.state.photos.is_known_intact(sha256(data)), "it is not read whole another time"
    file_of(server, data).write_bytes(data)
    assert not server.state.photos.is_known_intact(sha256(data)), "something wrote to it"
    assert status_of(phone, data, "original") == 200


def test_the_doctor_finds_changed_photos_and_has_phones_send_them(server: Server, phone: TestPhone) -> None:
    photos = server.state.photos
    good, changed, missing = (drawn(seed=seed) for seed in range(3))
    for data in (good, changed, missing):
        send(phone, data)
    assert status_of(phone, changed, "thumb") == 200
    assert doctor.examine(server.engine, photos).is_good
    damaged = changed[:-10] + bytes(10)
    file_of(server, changed).write_bytes(damaged)
    file_of(server, missing).unlink()
    health = doctor.examine(server.engine, photos)
    assert (health.photos, health.damaged, health.missing) == (3, [sha256(changed)], [sha256(missing)])
    doctor.ask_again(server.engine, photos, health)
    assert phone.post(phone.op()).json()["code"] == "epoch_changed"  # so it offers everything again
    assert file_of(server, changed).with_name(f"{sha256(changed)}.damaged").read_bytes() == damaged
    for data in (changed, missing):
        assert status_of(phone, data, "thumb") == 404
        assert send(phone, data).status_code == 201
    assert status_of(phone, good, "original") == 200
    assert doctor.examine(server.engine, photos).is_good


def test_one_phones_unfinished_uploads_are_bounded(
    server: Server, phone: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(abandoned, "MOST_UPLOADS", 3)
    other = begin(server.phone(), 100)
    mine = [begin(phone, seed) for seed in range(6)]
    assert len(unfinished(server)) == 5  # the newest comes on top of what there may be
    assert head(phone, mine[0]).status_code == 404
    assert head(phone, mine[-1]).headers["upload-offset"] == "500"
    assert other.rpartition("/")[2] in unfinished(server)
    monkeypatch.setattr(abandoned, "MOST_BYTES", len(drawn()) * 3 // 2)
    begin(phone, 7)
    assert len(unfinished(server)) == 3


def test_photos_that_a_phone_has_delivered_do_not_count_as_unfinished(
    server: Server, phone: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(abandoned, "MOST_UPLOADS", 3)
    first = begin(phone, 1)

    def deliver(session: Session) -> None:
        row = session.exec(select(UploadRow)).one()
        values = row.model_dump() | {"expires_at": "2099-01-01T00:00:00.000Z"}
        session.add_all(UploadRow(**values | {"id": f"{number:032x}"}) for number in range(400))

    in_transaction(server.engine, deliver)
    for seed in range(2, 5):
        begin(phone, seed)
        assert head(phone, first).headers["upload-offset"] == "500"
    begin(phone, 5)
    assert head(phone, first).status_code == 404


def test_a_full_disk_is_swept_before_anything_is_refused(
    server: Server, phone: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(phone, 1)

    def expire(session: Session) -> None:
        for row in session.exec(select(UploadRow)):
            row.expires_at = LONG_AGO

    in_transaction(server.engine, expire)
    staging = server.state.photos.staging
    monkeypatch.setattr(type(staging), "free_bytes", lambda _: 0 if unfinished(server) else 10**12)
    assert send(phone, drawn(seed=2)).status_code == 201
    assert unfinished(server) == []
    begin(phone, 3)
    answer = send(phone, drawn(seed=4))
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")


def test_uploads_of_revoked_phones_go_at_once_and_expired_ones_at_the_start(
    server: Server, phone: TestPhone
) -> None:
    revoked, late = server.phone(), server.phone()
    for seed, one in enumerate((phone, revoked, late)):
        begin(one, seed)
    admin = server.person("张管理", Role.ADMINISTRATOR)
    token = in_transaction(server.engine, lambda s: sessions.open_for(s, admin))
    cookie = {"Cookie": f"{SESSION_COOKIE}={token}"}
    assert server.client.post(f"/devices/{revoked.device}/revoke", headers=cookie).status_code == 303
    assert len(unfinished(server)) == 2

    def expire(session: Session) -> None:
        row = session.exec(select(UploadRow).where(UploadRow.device == late.device)).one()
        row.expires_at = LONG_AGO

    in_transaction(server.engine, expire)
    orphans.delete_orphans(server.engine, server.state.photos)
    with reading(server.engine) as session:
        [left] = session.exec(select(UploadRow))
    assert (left.device, unfinished(server)) == (phone.device, [left.id])
