"""Static files: ours, and nothing else of this machine."""

from pathlib import Path

import pytest

from sync_server.http.static_files import STATIC
from tests.support.server import Server


def test_a_file_of_ours_is_served(server: Server) -> None:
    assert server.client.get("/static/anlan.css").content == (STATIC / "anlan.css").read_bytes()


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
