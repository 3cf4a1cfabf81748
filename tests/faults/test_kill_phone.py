"""The phone is killed between any two steps of saving and syncing: what it said is so, and only once."""

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

A_FEW = 13
"""Steps from one death to the next in the everyday form: no divisor of anything that repeats."""


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is some: a killed process leaves it as it leaves a disk, only sooner."""
    shm = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=shm if shm.is_dir() else tmp_path))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def served(memory: Path, free_port: int) -> Iterator[Served]:
    """`anlan serve` in memory."""
    (memory / "server").mkdir()
    served = Served(memory / "server", free_port)
    served.start()
    yield served
    served.kill()


def _lives(memory: Path, served: Served, disk: str, stride: int) -> list[dict[str, Any]]:
    """The lives of one phone, each told as `dying_sync` tells it."""
    link = f"{served.url}/app/?code={served.code()}"
    database = served.data / "anlan.sqlite3"
    given = [str(memory / disk), link, str(database), disk, str(stride)]
    driver = [sys.executable, "-m", "tests.faults.dying_sync", *given]
    done = subprocess.run(driver, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lives = [json.loads(line) for line in done.stdout.splitlines()]
    assert lives[-1]["status"] == 0, done.stderr
    assert lives[-1]["left"] > 80, "it lives through saving and syncing"
    assert {len(life["said"]) for life in lives} == {0, 1, 2, 3}, "it dies in all their parts"
    assert [life for life in lives if life["missing"]] == [], "said to be uploaded"
    return lives


def _check(served: Served, said: list[dict[str, str]]) -> None:
    """Everything that was said is at the server, and nothing is there twice."""
    server = sqlite3.connect(f"file:{served.data / 'anlan.sqlite3'}?mode=ro", uri=True)
    edits = dict(
        _rows(server, "SELECT record, count(*) FROM operation WHERE type = 'hazard' GROUP BY record")
    )
    assert {one["saved"] for one in said if "saved" in one} <= edits.keys()
    assert all(edits[one["edited"]] == 2 for one in said if "edited" in one)
    assert set(edits.values()) <= {1, 2}
    names = Counter(name for (name,) in _rows(server, "SELECT water_name FROM hazard"))
    assert set(names.values()) == {1}, "a hazard is there twice"
    photos = Counter(sha256 for (sha256,) in _rows(server, "SELECT sha256 FROM photo"))
    assert {one["photo"] for one in said if "photo" in one} <= photos.keys()
    assert set(photos.values()) == {1}, "a photo is there twice"
    assert {sha256 for (sha256,) in _rows(server, "SELECT sha256 FROM photo_file")} == photos.keys()
    assert _rows(server, "SELECT count(*) FROM quarantine") == [(0,)]
    assert _rows(server, "SELECT count(*) FROM hazard WHERE conflicts") == [(0,)]
    server.close()
    for sha256 in photos:
        data = (served.data / "photos" / sha256[:2] / sha256).read_bytes()
        assert hashlib.sha256(data).hexdigest() == sha256
    print(f"{len(edits)} hazards, {len(photos)} photos")


@pytest.mark.parametrize(
    "stride", [A_FEW, pytest.param(1, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])]
)
def test_nothing_said_is_lost_or_doubled_wherever_the_phone_dies(
    memory: Path, served: Served, stride: int
) -> None:
    said: list[dict[str, str]] = []
    for disk in DISKS:
        lives = _lives(memory, served, disk, stride)
        print(f"{disk} disk: {len(lives) - 1} kills")
        said += [one for life in lives for one in life["said"]]
    _check(served, said)


def _rows(server: sqlite3.Connection, question: str) -> list[Any]:
    return server.execute(question).fetchall()
