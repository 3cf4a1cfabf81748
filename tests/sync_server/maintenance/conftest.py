"""A server with a place for its backups, and a key for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync_server.maintenance import backup
from sync_server.settings import Settings
from tests.support.postgres import Postgres
from tests.support.server import Server
from tests.sync_server.maintenance.backups import Kept


@pytest.fixture
def kept(server: Server, database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Kept]:
    identity = tmp_path / "backup.key"
    public = backup.new_key(identity)
    made: list[str] = []

    def empty() -> Settings:
        data = tmp_path / f"other-{len(made)}"
        url = ""
        if database_url:
            postgresql: Postgres = request.getfixturevalue("postgresql")
            url = postgresql.empty()
        made.append(url)
        return Settings(data, url)

    yield Kept(server, tmp_path / "backups", identity, public, empty)
    for url in filter(None, made):
        request.getfixturevalue("postgresql").drop(url)
