"""A fresh server for each test that asks for one."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from sync_server.access import people
from sync_server.settings import Settings
from sync_server.upkeep import setting_up
from tests.support.server import Server, TestPhone, open_server


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


@pytest.fixture
def server(data_dir: Path, empty_database: Path) -> Iterator[Server]:
    """A server with an empty campaign."""
    shutil.copy(empty_database, data_dir)
    with open_server(data_dir) as made:
        yield made


@pytest.fixture
def phone(server: Server) -> TestPhone:
    """A phone of a new inspector."""
    return server.phone()
