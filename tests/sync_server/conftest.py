"""A fresh server for each test that asks for one, once on SQLite and once on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from sync_server.access import people
from sync_server.settings import Settings
from sync_server.upkeep import setting_up
from tests.support.postgres import Postgres
from tests.support.server import Server, TestPhone, open_server
from tests.sync_server.deployment import Deployment


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords are hashed in the same way, but cheaply: at full cost many tests did little else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at the present schema, to be copied: making one takes longer than most tests."""
    folder = tmp_path_factory.mktemp("empty")
    setting_up.open_database(Settings(folder)).dispose()
    return folder / "anlan.sqlite3"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database at the present schema; "" is the file in the data folder."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_database"), request.getfixturevalue("data_dir"))
        yield ""
        return
    postgresql: Postgres = request.getfixturevalue("postgresql")
    url = postgresql.fresh()
    yield url
    postgresql.drop(url)


@pytest.fixture
def server(data_dir: Path, database_url: str) -> Iterator[Server]:
    """A server with an empty campaign."""
    with open_server(data_dir, database_url) as made:
        yield made


@pytest.fixture
def office(data_dir: Path, database_url: str) -> Iterator[Deployment]:
    """A deployment with an inspector, a reviewer and an administrator."""
    made = Deployment(data_dir, database_url=database_url)
    yield made
    made.engine.dispose()


@pytest.fixture
def phone(server: Server) -> TestPhone:
    """A phone of a new inspector."""
    return server.phone()
