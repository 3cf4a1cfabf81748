"""`GET /healthz`: whether the server is ready."""

from fastapi import APIRouter, Response
from sqlalchemy import text

from sync_server.database.transactions import reading
from sync_server.deps import EngineDep, LanesDep, PhotosDep
from sync_server.http import compression

router = APIRouter()


@router.get("/healthz")
async def healthz(engine: EngineDep, photos: PhotosDep, lanes: LanesDep) -> Response:
    """200 when the database answers and photos can be received."""

    def check() -> None:
        with reading(engine) as session:
            session.execute(text("SELECT 1"))
        photos.check()

    await lanes.lookups.run(check)
    return compression.json_answer({"status": "ready"})
