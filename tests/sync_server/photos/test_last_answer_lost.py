"""Uploads whose last answer was lost: the server says that a photo is whole only once it is verified."""

from pathlib import Path
from urllib.parse import urlsplit

from tests.support.drawn import photo as drawn
from tests.support.server import Server, TestPhone
from tests.sync_server.photos.test_tus import TUS, create, files, patch, send, sha256


def cut_before_the_end(server: Server, phone: TestPhone, data: bytes, said: str) -> str:
    """An upload of which all bytes came and nothing more happened; its place."""
    where: str = create(phone, data, said=said).headers["location"]
    Path(server.settings.photos, "partial", where.rpartition("/")[2]).write_bytes(data)
    return where


def test_asking_how_far_a_whole_upload_is_verifies_it(server: Server, phone: TestPhone) -> None:
    data = drawn()
    where = cut_before_the_end(server, phone, data, sha256(data))
    head = phone.client.head(where, headers={**phone.headers, **TUS})
    assert (head.status_code, head.headers["upload-offset"]) == (200, str(len(data)))
    assert files(server) == [sha256(data)]
    assert create(phone, data).headers["upload-offset"] == str(len(data))


def test_a_whole_upload_of_wrong_bytes_is_forgotten(server: Server, phone: TestPhone) -> None:
    where = cut_before_the_end(server, phone, drawn(), "0" * 64)
    assert phone.client.head(where, headers={**phone.headers, **TUS}).status_code == 404
    assert files(server) == []


def test_the_end_of_an_upload_may_be_said_again(server: Server, phone: TestPhone) -> None:
    data = drawn()
    done = send(phone, data)
    where = done.request.url.path
    again = patch(phone, where, len(data), b"")
    assert (again.status_code, again.headers["upload-offset"]) == (204, str(len(data)))
    assert patch(phone, where, 0, data).status_code == 404


def test_an_upload_has_a_whole_address(phone: TestPhone) -> None:
    where = urlsplit(create(phone, drawn()).headers["location"])
    assert (where.scheme, where.netloc) == ("http", "testserver")
    assert where.path.startswith("/api/v1/photos/")
