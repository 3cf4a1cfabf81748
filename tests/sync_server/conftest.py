"""A fresh server for each test that asks for one, once on SQLite and once on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from sync_server.access.sign_in import passwords
from sync_server.maintenance import setup
from sync_server.settings import Settings
from tests.support.postgres import Postgres
from tests.support.server import Server, TestPhone, open_server
from tests.support.under_fire import SERIALIZABLE, UnderFire
from tests.sync_server.deployment import Deployment

UNDER_FIRE = (
    *("api.test_push", "api.test_pull", "photos.test_tus"),
    *("access.test_phones", "pages.test_decisions", "log.test_log"),
)
"""Modules that also run on PostgreSQL at SERIALIZABLE, where transactions fail by chance."""


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords are hashed in the same way, but cheaply: at full cost many tests did little else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at the present schema, to be copied: making one takes longer than most tests."""
    folder = tmp_path_factory.mktemp("empty")
    setup.open_database(Settings(folder)).dispose()
    return folder / "anlan.sqlite3"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever touches a database runs on both, unless it is about SQLite's file as such."""
    if "database_url" not in metafunc.fixturenames:
        return
    names = ["sqlite"]
    if metafunc.definition.get_closest_marker("sqlite") is None:
        names.append("postgresql")
    if metafunc.module.__name__.endswith(UNDER_FIRE):
        names.append("serializable")
    metafunc.parametrize("database_url", names, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database at the present schema; "" is the file in the data folder."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_database"), request.getfixturevalue("data_dir"))
        yield ""
        return
    postgresql: Postgres = request.getfixturevalue("postgresql")
    url = postgresql.fresh(SERIALIZABLE if request.param == "serializable" else "")
    yield url
    postgresql.drop(url)


@pytest.fixture
def server(data_dir: Path, database_url: str) -> Iterator[Server]:
    """A server with an empty campaign."""
    with open_server(data_dir, database_url) as made:
        _fire_at(made.engine, database_url)
        yield made


@pytest.fixture
def office(data_dir: Path, database_url: str) -> Iterator[Deployment]:
    """A deployment with an inspector, a reviewer and an administrator."""
    made = Deployment(data_dir, database_url=database_url)
    _fire_at(made.engine, database_url)
    yield made
    made.app.state.refusals.close()
    made.engine.dispose()


@pytest.fixture
def phone(server: Server) -> TestPhone:
    """A phone of a new inspector."""
    return server.phone()


def _fire_at(engine: Engine, database_url: str) -> None:
    if "serializable" in database_url:
        UnderFire(engine)
