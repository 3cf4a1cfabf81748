"""The phone is killed between any two steps of saving and syncing: its claims hold, without duplicates."""

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.dying_sync import DISKS
from tests.support.served import Served

EVERYDAY_STRIDE = 29
"""Steps between kills in the everyday test: a prime, so as not to hit a recurring step each time."""


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory if possible: a killed process leaves it like a disk, and it is faster."""
    shm = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=shm if shm.is_dir() else tmp_path))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def served(memory: Path, free_port: int) -> Iterator[Served]:
    """`anlan serve` with its data in memory."""
    (memory / "server").mkdir()
    served = Served(memory / "server", free_port)
    served.start()
    yield served
    served.kill()


def _lives(memory: Path, served: Served, disk: str, stride: int) -> list[dict[str, Any]]:
    """The lives of one phone, as `dying_sync` prints them."""
    link = f"{served.url}/app/?code={served.code()}"
    database = served.data / "anlan.sqlite3"
    arguments = [str(memory / disk), link, str(database), disk, str(stride)]
    driver = [sys.executable, "-m", "tests.faults.dying_sync", *arguments]
    done = subprocess.run(driver, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lives = [json.loads(line) for line in done.stdout.splitlines()]
    assert lives[-1]["status"] == 0, done.stderr
    assert lives[-1]["left"] > 80, "the last life survived saving and syncing"
    assert {len(life["claims"]) for life in lives} == {0, 1, 2, 3}, "kills hit every part"
    assert [life for life in lives if life["missing"]] == [], "claimed to be uploaded"
    return lives


def _check(served: Served, claims: list[dict[str, str]]) -> None:
    """Everything that was claimed is on the server, and nothing is duplicated."""
    server = sqlite3.connect(f"file:{served.data / 'anlan.sqlite3'}?mode=ro", uri=True)
    edits = dict(
        _rows(server, "SELECT record, count(*) FROM operation WHERE type = 'hazard' GROUP BY record")
    )
    assert {claim["saved"] for claim in claims if "saved" in claim} <= edits.keys()
    assert all(edits[claim["edited"]] == 2 for claim in claims if "edited" in claim)
    assert set(edits.values()) <= {1, 2}
    names = Counter(name for (name,) in _rows(server, "SELECT water_name FROM hazard"))
    assert set(names.values()) == {1}, "duplicate hazard"
    photos = Counter(sha256 for (sha256,) in _rows(server, "SELECT sha256 FROM photo"))
    assert {claim["photo"] for claim in claims if "photo" in claim} <= photos.keys()
    assert set(photos.values()) == {1}, "duplicate photo"
    assert {sha256 for (sha256,) in _rows(server, "SELECT sha256 FROM photo_file")} == photos.keys()
    assert _rows(server, "SELECT count(*) FROM quarantine") == [(0,)]
    assert _rows(server, "SELECT count(*) FROM hazard WHERE conflicts") == [(0,)]
    server.close()
    for sha256 in photos:
        data = (served.data / "photos" / sha256[:2] / sha256).read_bytes()
        assert hashlib.sha256(data).hexdigest() == sha256
    print(f"{len(edits)} hazards, {len(photos)} photos")


@pytest.mark.parametrize(
    "stride", [EVERYDAY_STRIDE, pytest.param(1, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])]
)
def test_no_claim_is_lost_or_duplicated_wherever_the_phone_is_killed(
    memory: Path, served: Served, stride: int
) -> None:
    claims: list[dict[str, str]] = []
    for disk in DISKS:
        lives = _lives(memory, served, disk, stride)
        print(f"{disk} disk: {len(lives) - 1} kills")
        claims += [claim for life in lives for claim in life["claims"]]
    _check(served, claims)


def _rows(server: sqlite3.Connection, query: str) -> list[Any]:
    return server.execute(query).fetchall()
