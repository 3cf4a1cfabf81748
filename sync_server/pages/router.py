"""All pages for people."""

from collections.abc import AsyncIterator

from anyio import to_thread
from fastapi import APIRouter, Depends, Request

from shared import problems
from sync_server.deps import SESSION_COOKIE, MemoryDep
from sync_server.http.lanes import PAGES_WAITING
from sync_server.http.memory import PAGE
from sync_server.pages import contract_page
from sync_server.pages.audit import audit_files, audit_page
from sync_server.pages.devices import device_page, devices_page, unsent_page
from sync_server.pages.hazards import export_files, hazard_page, ledger_page, sign_page
from sync_server.pages.home_visits import (
    erasing_page,
    export_page,
    handover_page,
    home_visit_page,
    home_visits_page,
    plan_page,
    refused_page,
)
from sync_server.pages.map import map_page, map_points, map_visits
from sync_server.pages.people import (
    account_page,
    import_page,
    password_page,
    people_page,
    person_page,
    schools_page,
    second_factor_page,
    sheets_page,
    sign_in,
)
from sync_server.pages.progress import patrols_page, progress_page
from sync_server.pages.review import (
    conflicts_page,
    deleted_page,
    quarantine_page,
    same_place_page,
    todo_page,
)
from sync_server.pages.visits import visit_files, visit_page, visits_page


async def _admit(request: Request, memory: MemoryDep) -> AsyncIterator[None]:
    """Let so many pages be made, and be on their way to a browser, at a time. Raises Problem overloaded."""
    if to_thread.current_default_thread_limiter().statistics().tasks_waiting >= PAGES_WAITING:
        raise problems.overloaded(retry_after_s=2)
    with memory.pages.reserved(request.cookies.get(SESSION_COOKIE, ""), PAGE):
        yield


router = APIRouter(dependencies=[Depends(_admit)])
for part in (sign_in, map_points, map_visits, map_page, ledger_page, sign_page, hazard_page, conflicts_page):
    router.include_router(part.router)
for part in (
    account_page,
    password_page,
    second_factor_page,
    people_page,
    import_page,
    sheets_page,
    person_page,
    schools_page,
):
    router.include_router(part.router)
for part in (
    devices_page,
    unsent_page,
    device_page,
    deleted_page,
    quarantine_page,
    same_place_page,
    todo_page,
):
    router.include_router(part.router)
for part in (
    home_visits_page,
    export_page,
    erasing_page,
    refused_page,
    handover_page,
    plan_page,
    home_visit_page,
):
    router.include_router(part.router)
for part in (visits_page, visit_page, visit_files, progress_page, patrols_page):
    router.include_router(part.router)
for part in (export_files, audit_page, audit_files, contract_page):
    router.include_router(part.router)
