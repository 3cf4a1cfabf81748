"""Static files: ours, and nothing else of this machine."""

from pathlib import Path

import pytest

from sync_server.http.static_files import STATIC, static
from tests.support.server import Server


def test_a_file_of_ours_is_served(server: Server) -> None:
    assert server.client.get("/static/anlan.css").content == (STATIC / "anlan.css").read_bytes()


def test_it_is_compressed_for_those_who_take_that(server: Server) -> None:
    plain = server.client.get("/static/anlan.css", headers={"Accept-Encoding": "gzip;q=0, br"})
    packed = server.client.get("/static/anlan.css", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(packed.content) == len(plain.content)
    assert packed.headers["etag"] != plain.headers["etag"]
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert plain.headers["content-type"] == packed.headers["content-type"] == "text/css; charset=utf-8"


def test_an_address_with_a_version_is_kept_for_a_year(server: Server) -> None:
    assert "immutable" in server.client.get(static("anlan.css")).headers["cache-control"]
    first = server.client.get("/static/anlan.css")
    assert first.headers["cache-control"] == "public, max-age=3600"
    again = server.client.get("/static/anlan.css", headers={"If-None-Match": f'"x", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert "content-encoding" not in again.headers


def test_it_is_only_read_and_always_whole(server: Server) -> None:
    size = (STATIC / "anlan.css").stat().st_size
    part = server.client.get("/static/anlan.css", headers={"Range": "bytes=9-1", "Accept-Encoding": ""})
    assert (part.status_code, len(part.content)) == (200, size)
    head = server.client.head("/static/anlan.css", headers={"Accept-Encoding": ""})
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(size))
    assert server.client.post("/static/anlan.css").json()["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    "path",
    [
        "//etc/hostname",
        "/%2Fetc%2Fhostname",
        "/..%2frendering.py",
        "/%2e%2e/pages/rendering.py",
        "/anlan.css%00.css",
        "/vendor",
        "/vendor/.made",
        "/",
        "/" + "a" * 400,
        "/" + "a/" * 3000,
    ],
)
def test_nothing_else_of_this_machine_is(server: Server, path: str) -> None:
    answer = server.client.get(f"/static{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.sqlite("elsewhere the database is no file of ours")
def test_not_even_the_database_by_its_whole_path(server: Server) -> None:
    database = Path(server.settings.data / "anlan.sqlite3").resolve()
    assert database.is_file()
    assert server.client.get(f"/static/{database}").status_code == 404
    assert server.client.get(f"/app/{database}").status_code == 404
