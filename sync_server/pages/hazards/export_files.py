"""The ledger to take away, as XLSX, CSV and GeoJSON: the same query and the same masking as on the screen.

Each is written to a file in the lane of exports, then sent: who reads it slowly keeps nobody waiting.
"""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from fastapi import APIRouter, Response
from starlette.background import BackgroundTask

from shared.problems import Problem
from sync_server.deps import LanesDep, PhotosDep
from sync_server.exports import columns, csv_table, geojson, workbook
from sync_server.exports.ledger_line import Heading
from sync_server.http.lanes import Lanes
from sync_server.http.no_range_file import NoRangeFile
from sync_server.pages.hazards.export_task import Task, TaskDep

router = APIRouter(prefix="/exports")

Write = Callable[[Path, Heading], None]


@router.get("/ledger.xlsx")
async def ledger_xlsx(
    task: TaskDep, photos: PhotosDep, lanes: LanesDep, paper: Literal["a3", "a4"] = "a3"
) -> Response:
    """The ledger as a workbook with pictures, set for printing on `paper`."""

    def thumb(sha256: str) -> bytes | None:
        try:
            return photos.small(sha256, "thumb")
        except Problem:
            return None

    def write(path: Path, heading: Heading) -> None:
        workbook.write(path, columns.table(heading), task.entries(thumb), a4=paper == "a4")

    return await _export(lanes, task, write, "ledger.xlsx", workbook.MEDIA_TYPE)


@router.get("/ledger.csv")
async def ledger_csv(task: TaskDep, lanes: LanesDep) -> Response:
    """The ledger as CSV."""

    def write(path: Path, heading: Heading) -> None:
        with path.open("wb") as stream:
            stream.writelines(csv_table.lines(columns.table(heading), task.entries()))

    return await _export(lanes, task, write, "ledger.csv", csv_table.MEDIA_TYPE)


@router.get("/hazards.geojson")
async def hazards_geojson(task: TaskDep, lanes: LanesDep) -> Response:
    """The hazards as GeoJSON."""

    def write(path: Path, _heading: Heading) -> None:
        with path.open("wb") as stream:
            stream.writelines(geojson.chunks(task.entries()))

    return await _export(lanes, task, write, "hazards.geojson", geojson.MEDIA_TYPE)


async def _export(lanes: Lanes, task: Task, write: Write, name: str, media_type: str) -> Response:
    return await lanes.exports.run(partial(_written, task, write, name, media_type), task.access.person.id)


def _written(task: Task, write: Write, name: str, media_type: str) -> Response:
    heading = task.note(name)
    folder = tempfile.TemporaryDirectory(prefix="anlan-export-")
    path = Path(folder.name) / name
    try:
        write(path, heading)
    except BaseException:
        folder.cleanup()
        raise
    headers = _headers(columns.title(heading), path.suffix.removeprefix("."))
    return NoRangeFile(
        path, media_type=media_type, headers=headers, background=BackgroundTask(folder.cleanup)
    )


def _headers(title: str, ending: str) -> dict[str, str]:
    name = quote(f"{title}.{ending}")
    return {
        "Content-Disposition": f"attachment; filename=\"ledger.{ending}\"; filename*=UTF-8''{name}",
        "Cache-Control": "no-store",
    }
