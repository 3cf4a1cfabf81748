"""What every test may ask for: a browser, a free port, a data folder; and how hard hypothesis searches.

The whole suite stays under 15 minutes on two processors. What a new test may cost there, in seconds of one
processor: 0.3 on the server or on a phone without screen, where most things can be proved; 1 with
`anlan serve` in a process of its own; 10 in the phone app in Chromium, of which each start takes about 5, so
that what is walked the same way is one journey. A file takes at most a minute, as its tests run one after
another. Sweeps over many values, and whatever measures, are marked `soak`, with an everyday sample beside
them. Nothing large is made while tests are collected: every worker would make it.
"""

import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from sync_server.maintenance import setup
from sync_server.settings import Settings
from tests.support import compiled_once, routes_built_once
from tests.support.postgres import Postgres
from tools import chromium, postgres

# The everyday profile tries the same examples on every machine; soak searches anew each time. Hypothesis also
# draws numbers and texts that stand in the product's modules, of as many as are loaded: what is tried would
# depend on which other tests there are, and where the checkout lies.
settings.register_profile("ci", derandomize=True, database=None, deadline=None)
settings.register_profile(
    "soak",
    max_examples=10_000,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
if settings.get_current_profile_name() == "ci":
    providers._get_local_constants = lambda: providers._local_constants  # which stay empty

MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 2 * 2**30
"""Bytes: what the tests' files take at most, of all workers."""


def pytest_configure() -> None:
    """Keep the tests' files in memory where that is possible.

    Each commit of each test waits for the disk otherwise. What is synced, and when, is the same: the tests of
    durability look at the system calls, and kill processes, which leave memory as they leave a disk.
    """
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED:
        os.environ.setdefault("TMPDIR", str(MEMORY))
        tempfile.tempdir = None  # so that TMPDIR is read again


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: browsers and kills wait for a good part of their time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """Spare the garbage collector the modules, which stay: it took a sixth of the time of many tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def made_once() -> Iterator[None]:
    """No test waits for statements that another has had compiled, nor for routes that it has looked up."""
    with pytest.MonkeyPatch.context() as patch:
        compiled_once.put_in(patch)
        routes_built_once.put_in(patch)
        yield


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser that the test drives."""
    path = chromium.find()
    if path is None:
        pytest.fail(chromium.ADVICE, pytrace=False)
    return str(path)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgres]:
    """A PostgreSQL server, with a template at the present schema: making one takes longer than most tests."""
    programs = postgres.find()
    if programs is None:
        pytest.fail(postgres.ADVICE, pytrace=False)
    server = Postgres(programs)
    setup.open_database(Settings(server.folder, server.template())).dispose()
    yield server
    server.close()


@pytest.fixture
def free_port() -> int:
    """A port of the loopback address that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An empty data folder for one server."""
    folder = tmp_path / "var"
    folder.mkdir()
    return folder


@pytest.fixture
def anyio_backend() -> str:
    """Tests marked `anyio` run on asyncio, as the app does."""
    return "asyncio"
