"""The ledger to take away, as XLSX, CSV and GeoJSON: the same query and the same masking as on the screen."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Response

from shared.problems import Problem
from sync_server.deps import LanesDep, PhotosDep
from sync_server.exports import columns, csv_table, geojson, workbook
from sync_server.exports.ledger_line import Heading
from sync_server.http.lanes import Lanes
from sync_server.pages.export_answer import export
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
        workbook.write(
            path, columns.table(heading), lanes.pushes.let_pass(task.entries(thumb)), a4=paper == "a4"
        )

    return await _export(lanes, task, write, "ledger.xlsx", workbook.MEDIA_TYPE)


@router.get("/ledger.csv")
async def ledger_csv(task: TaskDep, lanes: LanesDep) -> Response:
    """The ledger as CSV."""

    def write(path: Path, heading: Heading) -> None:
        with path.open("wb") as stream:
            stream.writelines(csv_table.lines(columns.table(heading), lanes.pushes.let_pass(task.entries())))

    return await _export(lanes, task, write, "ledger.csv", csv_table.MEDIA_TYPE)


@router.get("/hazards.geojson")
async def hazards_geojson(task: TaskDep, lanes: LanesDep) -> Response:
    """The hazards as GeoJSON."""

    def write(path: Path, _heading: Heading) -> None:
        with path.open("wb") as stream:
            stream.writelines(geojson.chunks(lanes.pushes.let_pass(task.entries())))

    return await _export(lanes, task, write, "hazards.geojson", geojson.MEDIA_TYPE)


async def _export(lanes: Lanes, task: Task, write: Write, name: str, media_type: str) -> Response:
    def prepare() -> tuple[str, Heading]:
        heading = task.note(name)
        return columns.title(heading), heading

    return await export(lanes, task.access.person.id, prepare, write, name, media_type)
