"""All pages for people."""

from fastapi import APIRouter

from sync_server.pages import contract_page
from sync_server.pages.hazards import export_files, hazard_page, ledger_page
from sync_server.pages.map import map_page, map_points
from sync_server.pages.people import people_page, sign_in
from sync_server.pages.review import conflicts_page, quarantine_page

router = APIRouter()
for part in (sign_in, map_points, map_page, ledger_page, hazard_page, conflicts_page):
    router.include_router(part.router)
for part in (people_page, quarantine_page, export_files, contract_page):
    router.include_router(part.router)
