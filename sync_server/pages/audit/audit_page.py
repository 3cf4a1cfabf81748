"""The audit log: filter, page by page, and the way to the exports."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from sync_server.database.transactions import reading
from sync_server.deps import AuditReader, EngineDep
from sync_server.pages.audit.audit_line import action_words, line
from sync_server.pages.rendering import page, words_for
from sync_server.queries import audit_log
from sync_server.queries.audit_log import AuditFilter
from sync_server.texts.audit_words import ACTIONS

router = APIRouter()


def _asked(request: Request) -> AuditFilter:
    return audit_log.parse(request.query_params)


AuditAsked = Annotated[AuditFilter, Depends(_asked)]


@router.get("/audit")
def audit_page(
    request: Request,
    access: AuditReader,
    engine: EngineDep,
    asked: AuditAsked,
    after: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """One page of what was done, the latest first."""
    words = words_for(request)
    with reading(engine) as session:
        rows, more = audit_log.page(session, access, asked, after or None)
        known = audit_log.known(session, access, rows)
        end = audit_log.end(session, access)
    return page(
        request,
        "audit.html",
        access,
        asked=asked,
        actions=[(action, action_words(action, words)) for action in ACTIONS],
        lines=[line(row, known, words) for row in rows],
        end=end,
        next=_address(asked, after=more) if more else None,
        about=lambda subject: _address(AuditFilter(subject=subject)),
        of_person=lambda name: _address(AuditFilter(person=name)),
    )


def _address(asked: AuditFilter, **more: str) -> str:
    return f"/audit?{'&'.join(filter(None, (asked.query(), urlencode(more))))}"
