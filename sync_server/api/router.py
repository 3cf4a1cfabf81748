"""All routes of the API that phones and programs use, under `/api/v1`."""

from fastapi import APIRouter

from sync_server.api import enrol, home_visits, photo_files, photos, progress, pull, push, snapshot

PREFIX = "/api/v1"

router = APIRouter(prefix=PREFIX)
for part in (photos, push, pull, snapshot, progress, enrol, photo_files, home_visits):
    router.include_router(part.router)
