"""Attempts at the home visits of others, by whatever route: not found, and noted in the audit log."""

from typing import NoReturn

from fastapi import Request
from sqlalchemy import Engine

from shared import problems
from sync_server.access.policy import Access
from sync_server.access.refusals import Refusals, Refused
from sync_server.database.transactions import reading
from sync_server.deps import campaign_of
from sync_server.vault import visits


def require_own(request: Request, access: Access, engine: Engine, refusals: Refusals, visit: str) -> None:
    """Refuse a home visit that the person may not open. Raises Problem not_found."""
    with reading(engine) as session:
        own = visits.get(session, access, campaign_of(session, request).id, visit)
    if own is None:
        refuse(request, access, engine, refusals, visit)


def refuse(
    request: Request, access: Access, engine: Engine, refusals: Refusals, visit: str, reason: str = ""
) -> NoReturn:
    """Note that somebody asked for a home visit that is not theirs to open, repeated attempts summed up."""
    with reading(engine) as session:
        school = visits.of_others(session, campaign_of(session, request).id, visit)
    if school is not None:
        refused = Refused("home_visit_refused", access.person.id, route=request.method, subject=visit)
        said = {"school": school, "code": problems.not_found.code, "reason": reason}
        refusals.count(refused, **said)
    raise problems.not_found()
