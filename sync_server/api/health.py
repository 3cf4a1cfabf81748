"""`GET /healthz`: whether the server can do its work."""

from fastapi import APIRouter, Response
from sqlalchemy import text

from sync_server.database.transactions import reading
from sync_server.deps import EngineDep
from sync_server.http import compression

router = APIRouter()


@router.get("/healthz")
def healthz(engine: EngineDep) -> Response:
    """200 when the database answers."""
    with reading(engine) as session:
        session.execute(text("SELECT 1"))
    return compression.json_answer({"status": "ready"})
