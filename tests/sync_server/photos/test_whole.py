"""Photos that come whole in the request that announces them: kept at once, or nothing of them stays."""

import base64
import errno
import hashlib
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from sqlmodel import select

from sync_server.api import tus_body
from sync_server.database.group_commit import GroupCommit
from sync_server.database.tables import DeviceRow, PhotoFileRow, UploadRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.maintenance import orphans
from tests.support.drawn import photo as drawn
from tests.support.server import Server, TestPhone


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def send_headers(phone: TestPhone, data: bytes, said: str = "", **more: str) -> dict[str, str]:
    promised = {"sha256": said or sha256(data), "mime": "image/jpeg"}
    metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in promised.items())
    return {
        **phone.headers,
        "Tus-Resumable": "1.0.0",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Length": str(len(data)),
        "Upload-Metadata": metadata,
        **more,
    }


def send(phone: TestPhone, data: bytes, sent: Any = None, said: str = "", **more: str) -> httpx2.Response:
    """Announce `data` and send it, or `sent` instead of it, in one request."""
    content = data if sent is None else sent
    return phone.client.post(
        "/api/v1/photos", content=content, headers=send_headers(phone, data, said, **more)
    )


def head(phone: TestPhone, where: str) -> httpx2.Response:
    return phone.client.head(where, headers={**phone.headers, "Tus-Resumable": "1.0.0"})


def files(server: Server) -> list[str]:
    return sorted(path.name for path in Path(server.settings.photos).rglob("*") if path.is_file())


def rows(server: Server) -> tuple[int, int]:
    """How many photos and how many uploads are known."""
    with reading(server.engine) as session:
        return len(session.exec(select(PhotoFileRow)).all()), len(session.exec(select(UploadRow)).all())


def problem(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_whole_photo_is_kept_and_was_never_an_upload(server: Server, phone: TestPhone) -> None:
    data = drawn()
    answer = send(phone, data)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(len(data)))
    assert (files(server), rows(server)) == ([sha256(data)], (1, 0))
    got = phone.client.get(f"/api/v1/photos/{sha256(data)}/original", headers=phone.headers)
    assert got.content == data


def test_a_photo_larger_than_one_part_is_kept_too(
    server: Server, phone: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tus_body, "PART", 1000)
    data = drawn(noise=True)

    def parts() -> Iterator[bytes]:
        for start in range(0, len(data), 700):
            yield data[start : start + 700]

    answer = send(phone, data, parts())
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(len(data)))
    assert files(server) == [sha256(data)]


def test_what_came_of_a_photo_is_promised_and_can_be_gone_on_with(server: Server, phone: TestPhone) -> None:
    data = drawn()
    half = len(data) // 2
    answer = send(phone, data, data[:half])
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(half))
    where = answer.headers["location"]
    assert head(phone, where).headers["upload-offset"] == str(half)
    rest = {
        **phone.headers,
        "Tus-Resumable": "1.0.0",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": str(half),
    }
    assert phone.client.patch(where, content=data[half:], headers=rest).status_code == 204
    assert files(server) == [sha256(data)]


@pytest.mark.parametrize("part", [1000, 10**6])
def test_a_photo_cut_off_before_its_location_was_told_leaves_nothing(
    server: Server, phone: TestPhone, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    monkeypatch.setattr(tus_body, "PART", part)
    data = drawn()
    came: list[dict[str, Any]] = [
        {"type": "http.request", "body": data[start : start + 900], "more_body": True}
        for start in range(0, len(data) // 2, 900)
    ]
    messages = iter([*came, {"type": "http.disconnect"}])
    headers = send_headers(phone, data)
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/api/v1/photos",
        "raw_path": b"/api/v1/photos",
        "root_path": "",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "server": ("localhost", 80),
    }

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def nobody_hears(_: Any) -> None:
        pass

    anyio.run(server.client.app, scope, receive, nobody_hears)
    assert next(messages, None) is None
    assert (files(server), rows(server)) == ([], (0, 0))
    assert send(phone, data).status_code == 201


@pytest.mark.parametrize("part", [1000, 10**6])
def test_what_is_no_such_photo_leaves_nothing(
    server: Server, phone: TestPhone, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    monkeypatch.setattr(tus_body, "PART", part)
    data = drawn()
    wrong = f"sha256 {base64.b64encode(hashlib.sha256(b'other').digest()).decode()}"
    text = b"<html>sign in</html>" * 200
    assert problem(send(phone, data, said="0" * 64)) == (422, "photo_hash_mismatch")
    assert problem(send(phone, data, **{"Upload-Checksum": wrong})) == (460, "upload_checksum_mismatch")
    assert problem(send(phone, text)) == (415, "photo_not_an_image")
    assert problem(send(phone, data, data + b"more")) == (413, "photo_too_large")
    assert (files(server), rows(server)) == ([], (0, 0))


def test_a_right_checksum_is_taken(phone: TestPhone) -> None:
    data = drawn()
    right = f"sha256 {base64.b64encode(hashlib.sha256(data).digest()).decode()}"
    assert send(phone, data, **{"Upload-Checksum": right}).status_code == 201


def test_bytes_that_are_here_already_are_said_to_be(server: Server, phone: TestPhone) -> None:
    data = drawn()
    send(phone, data)
    answer = send(phone, data)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(len(data)))
    assert answer.headers["location"].endswith(sha256(data))
    assert (files(server), rows(server)) == ([sha256(data)], (1, 0))


def test_two_may_bring_the_same_photo_at_once(server: Server, phone: TestPhone) -> None:
    data = drawn(1800, 1400)
    phones = [phone, server.phone(), server.phone(), server.phone()]
    with ThreadPoolExecutor(len(phones)) as pool:
        answers = list(pool.map(lambda one: send(one, data).status_code, phones))
    assert set(answers) <= {200, 201}
    assert (files(server), rows(server)) == ([sha256(data)], (1, 0))


def test_a_full_disk_is_told_and_leaves_nothing(
    server: Server, phone: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    data = drawn()
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_space)
        assert problem(send(phone, data)) == (507, "storage_full")
    assert (files(server), rows(server)) == ([], (0, 0))
    assert send(phone, data).status_code == 201


def test_a_stranger_and_a_revoked_phone_are_refused(server: Server, phone: TestPhone) -> None:
    data = drawn()
    assert problem(send(phone, data, Authorization="Bearer nobody")) == (401, "token_invalid")
    assert send(phone, data).status_code == 201

    def revoke(session: Any) -> None:
        session.get_one(DeviceRow, (phone.campaign, phone.device)).revoked_at = "2026-01-01T00:00:00.000Z"

    in_transaction(server.engine, revoke)
    other = drawn(seed=2)
    assert problem(send(phone, other)) == (401, "token_invalid")
    assert files(server) == [sha256(data)]


def test_bytes_without_an_upload_are_forgotten_when_they_are_old(server: Server, phone: TestPhone) -> None:
    data = drawn()
    known = send(phone, data, data[:500]).headers["location"].rpartition("/")[2]
    partial = Path(server.settings.photos) / "partial"
    for name in ("old", "new"):
        (partial / name).write_bytes(b"x")
    long_ago = time.time() - 15 * 86_400
    for name in ("old", known):
        os.utime(partial / name, (long_ago, long_ago))
    orphans.delete_orphans(server.engine, server.state.photos)
    assert sorted(path.name for path in partial.iterdir()) == sorted(["new", known])


def test_work_done_together_fails_for_all_who_shared_it_and_for_nobody_else() -> None:
    shared: list[list[int]] = []

    def work(items: Any) -> None:
        shared.append(list(items))
        if 7 in items:
            raise ValueError(items)

    def do(item: int) -> bool:
        try:
            together.do(item)
        except ValueError:
            return False
        return True

    together = GroupCommit(work)
    with ThreadPoolExecutor(8) as pool:
        done = dict(zip(range(200), pool.map(do, range(200)), strict=True))
    assert sorted(item for items in shared for item in items) == list(range(200))
    with_seven = next(items for items in shared if 7 in items)
    assert {item for item, well in done.items() if not well} == set(with_seven)
