"""The interpreter snapshot that phones take and start from: complete, and free of the state of that time."""

import json
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mobile_app.packaging.programs import node
from mobile_app.packaging.web import page

LOADED = """
import sys
answer = [name for name in {names!r} if name not in sys.modules]
"""
WORKING = """
import sqlite3
import msgpack, pydantic, sqlmodel
class Water(sqlmodel.SQLModel, table=True):
    name: str = sqlmodel.Field(primary_key=True)
    depth: float | None = None
engine = sqlmodel.create_engine("sqlite://")
sqlmodel.SQLModel.metadata.create_all(engine)
with sqlmodel.Session(engine) as session:
    session.add(Water(name="莞水", depth=1.5))
    session.commit()
    kept = session.exec(sqlmodel.select(Water)).one().model_dump()
class Strict(pydantic.BaseModel):
    n: int
try:
    Strict(n="x")
except pydantic.ValidationError as error:
    why = error.errors()[0]["type"]
answer = [msgpack.unpackb(msgpack.packb(kept)), why, msgpack.Packer.__module__]
"""
LAZY = """
import requests, geographiclib.geodesic, sqlalchemy.ext.baked, flet.controls.material.radio
answer = [requests.__version__.count("."), sqlalchemy.ext.baked.__file__]
"""
LOCAL_STATE = """
import time
answer = [random.random(), time.timezone, abs(time.time() - {now}) < 600]
"""


@dataclass(frozen=True)
class Taken:
    """The built app, and the folder with a snapshot of it."""

    app: Path
    folder: Path

    def run(self, code: str, timezone: str = "UTC") -> Any:
        """Boot from the snapshot as the phone does, run `code` and return the value of `answer`."""
        worker = (page.SOURCE / "python_worker.js").read_text("utf-8")
        start = re.findall(r"const START = `(.*?)`;", worker, re.DOTALL)[0]
        prologue = start.replace('runpy.run_module("main"', "(lambda *_, **__: None)(0") + code
        output = run_node("run_in_snapshot.mjs", self.app, self.folder, given=prologue, timezone=timezone)
        return json.loads(output.splitlines()[-1])


def run_node(program: str, *arguments: Path, given: str = "", timezone: str = "UTC") -> str:
    done = subprocess.run(
        [node(), str(Path(__file__).with_name(program)), *map(str, arguments)],
        input=given,
        env={**os.environ, "TZ": timezone},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def taken(web_app: Path, tmp_path_factory: pytest.TempPathFactory) -> Taken:
    folder = tmp_path_factory.mktemp("snapshot")
    run_node("take_snapshot.mjs", web_app, folder)
    return Taken(web_app, folder)


def test_everything_needed_at_start_is_already_imported(taken: Taken) -> None:
    needed = ["mobile_app.app", "mobile_app.services", "sqlmodel", "pydantic_core", "msgpack._cmsgpack"]
    assert taken.run(LOADED.format(names=[*needed, "flet.controls.material.filled_button"])) == []


def test_side_modules_work_after_restoring_the_snapshot(taken: Taken) -> None:
    assert taken.run(WORKING) == [
        {"name": "莞水", "depth": 1.5},
        "int_parsing",
        "msgpack._cmsgpack",
    ]


def test_other_modules_can_still_be_imported(taken: Taken) -> None:
    assert taken.run(LAZY) == [2, "/anlan/packages.zip/sqlalchemy/ext/baked.pyc"]


def test_clock_time_zone_and_random_numbers_are_the_phones_own(taken: Taken) -> None:
    code = LOCAL_STATE.format(now=time.time())
    one, two = (taken.run(code, timezone) for timezone in ("Asia/Shanghai", "UTC"))
    assert one[0] != two[0]
    assert [one[1:], two[1:]] == [[-28800, True], [0, True]]
