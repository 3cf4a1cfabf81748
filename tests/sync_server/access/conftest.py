"""A filled server, made once and copied: filling one takes longer than most tests."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.server import open_server
from tests.sync_server.access.test_every_route import World, filled


@pytest.fixture(scope="session")
def filled_once(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The server whose files are copied; it is not asked any more."""
    with open_server(tmp_path_factory.mktemp("filled") / "var") as server:
        return filled(server)


@pytest.fixture
def world(filled_once: World, tmp_path: Path) -> Iterator[World]:
    """A filled server of one's own."""
    folder = tmp_path / "filled"  # with its keys, which lie beside its data
    shutil.copytree(filled_once.server.settings.data.parent, folder)
    with open_server(folder / "var") as server:
        yield replace(filled_once, server=server)
