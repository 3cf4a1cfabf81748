"""All pages for people, and the static files they use."""

from fastapi import APIRouter

from sync_server.http import static_files
from sync_server.pages import (
    conflicts_page,
    entry,
    export_files,
    hazard_page,
    ledger_page,
    map_page,
    map_points,
    people_page,
    quarantine_page,
)

router = APIRouter()
for part in (entry, map_points, map_page, ledger_page, hazard_page, conflicts_page):
    router.include_router(part.router)
for part in (people_page, quarantine_page, export_files, static_files):
    router.include_router(part.router)
