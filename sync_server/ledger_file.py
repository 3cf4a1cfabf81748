"""Exports the whole ledger to a file, for people with access to the data folder."""

from pathlib import Path

from sqlalchemy import Engine

from shared.problems import Problem
from sync_server.access.policy import SYSTEM
from sync_server.database.timestamps import this_year
from sync_server.exports import columns, csv_table, geojson, workbook
from sync_server.pages.hazards.export_task import Task
from sync_server.photos.service import PhotoService
from sync_server.queries.filters import Filter
from sync_server.queries.hazards import Order

ENDINGS = (".xlsx", ".csv", ".geojson")


def write(engine: Engine, photos: Path, origin: str, out: Path) -> None:
    """Write all hazards without masking; `origin` is the base of photo links. Recorded in the audit log."""
    task = Task(engine, SYSTEM, Filter(), Order("number"), origin, this_year())
    photo_service = PhotoService.in_folder(photos)

    def thumb(sha256: str) -> bytes | None:
        try:
            return photo_service.small(sha256, "thumb")
        except Problem:
            return None

    heading = task.note(out.name)
    table = columns.table(heading)
    if out.suffix == ".xlsx":
        workbook.write(out, table, task.entries(thumb))
        return
    entries = task.entries()
    chunks = csv_table.lines(table, entries) if out.suffix == ".csv" else geojson.chunks(entries)
    with out.open("wb") as stream:
        for chunk in chunks:
            stream.write(chunk)
