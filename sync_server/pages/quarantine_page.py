"""What arrived and could not be taken, for the administrator to look at."""

import contextlib
import json

from fastapi import APIRouter, Request, Response

from shared.problem_texts import sentence
from sync_server.deps import Administrator, EngineDep
from sync_server.pages.asking import minute
from sync_server.pages.rendering import page, words_for
from sync_server.store import campaigns, rosters
from sync_server.store.database import reading

router = APIRouter()
SHOWN = 200
_LONGEST = 4000


@router.get("/quarantine")
def quarantine(request: Request, person: Administrator, engine: EngineDep) -> Response:
    """The latest operations that were set aside, at most 200."""
    words = words_for(request)
    with reading(engine) as session:
        found = rosters.set_aside(session, campaigns.current(session).id, SHOWN)
    items = [
        {
            "at": minute(kept.row.received_at),
            "device": kept.device or kept.row.device,
            "person": kept.owner or "",
            "n": kept.row.n,
            "code": kept.row.code,
            "sentence": sentence(kept.row.code, kept.row.details, words.code),
            "raw": _readable(kept.row.raw),
        }
        for kept in found
    ]
    return page(request, "quarantine.html", person, items=items)


def _readable(raw: str) -> str:
    with contextlib.suppress(ValueError, RecursionError):
        raw = json.dumps(json.loads(raw), ensure_ascii=False, indent=1) if raw else ""
    return raw[:_LONGEST]
