"""A fresh server for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import Server, TestPhone, open_server


@pytest.fixture
def server(data_dir: Path) -> Iterator[Server]:
    """A server with an empty campaign."""
    with open_server(data_dir) as made:
        yield made


@pytest.fixture
def phone(server: Server) -> TestPhone:
    """A phone of a new inspector."""
    return server.phone()
