"""A real server for each test, or for each module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.processes import free_port as some_port
from tests.support.served import Served


@pytest.fixture
def served(data_dir: Path, free_port: int) -> Iterator[Served]:
    """`anlan serve`, for one test."""
    yield from _run_server(data_dir, free_port)


@pytest.fixture(scope="module")
def served_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`anlan serve`, for all tests of a module."""
    yield from _run_server(tmp_path_factory.mktemp("served"), some_port())


def _run_server(data: Path, port: int) -> Iterator[Served]:
    served = Served(data, port)
    served.start()
    yield served
    served.kill()
