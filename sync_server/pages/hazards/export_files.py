"""The ledger to take away, as XLSX, CSV and GeoJSON: the same query and the same masking as on the screen."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask

from shared.problems import Problem
from sync_server.deps import PhotosDep
from sync_server.exports import csv_ledger, geojson, workbook
from sync_server.exports.ledger_line import Heading
from sync_server.http.no_range_file import NoRangeFile
from sync_server.pages.hazards.export_task import TaskDep

router = APIRouter(prefix="/exports")


@router.get("/ledger.xlsx")
def ledger_xlsx(task: TaskDep, photos: PhotosDep, paper: Literal["a3", "a4"] = "a3") -> Response:
    """The ledger as a workbook with pictures, set for printing on `paper`."""

    def thumb(sha256: str) -> bytes | None:
        try:
            return photos.small(sha256, "thumb")
        except Problem:
            return None

    heading = task.note("ledger.xlsx")
    folder = tempfile.TemporaryDirectory(prefix="anlan-export-")
    path = Path(folder.name) / "ledger.xlsx"
    try:
        workbook.write(path, heading, task.entries(thumb), a4=paper == "a4")
    except BaseException:
        folder.cleanup()
        raise
    headers = _headers(workbook.title(heading), "xlsx")
    return NoRangeFile(
        path, media_type=workbook.MEDIA_TYPE, headers=headers, background=BackgroundTask(folder.cleanup)
    )


@router.get("/ledger.csv")
def ledger_csv(task: TaskDep) -> Response:
    """The ledger as CSV."""
    heading = task.note("ledger.csv")
    return _streamed(csv_ledger.lines(heading.profile, task.entries()), csv_ledger.MEDIA_TYPE, heading, "csv")


@router.get("/hazards.geojson")
def hazards_geojson(task: TaskDep) -> Response:
    """The hazards as GeoJSON."""
    heading = task.note("hazards.geojson")
    return _streamed(geojson.chunks(task.entries()), geojson.MEDIA_TYPE, heading, "geojson")


def _streamed(pieces: Iterator[bytes], media_type: str, heading: Heading, ending: str) -> Response:
    return StreamingResponse(pieces, media_type=media_type, headers=_headers(workbook.title(heading), ending))


def _headers(title: str, ending: str) -> dict[str, str]:
    name = quote(f"{title}.{ending}")
    return {
        "Content-Disposition": f"attachment; filename=\"ledger.{ending}\"; filename*=UTF-8''{name}",
        "Cache-Control": "no-store",
    }
