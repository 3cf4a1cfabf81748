"""Which requests the audit log calls refused, and whose they were."""

from contextlib import suppress

from fastapi import Request
from sqlalchemy import Engine

from shared import problems
from shared.problems import Problem
from sync_server.access import sessions
from sync_server.access.refusals import Refusals, Refused
from sync_server.database.transactions import reading
from sync_server.deps import SESSION_COOKIE, address_of, phone_of

_OF_STRANGERS = {problems.code_invalid: "code_refused", problems.link_invalid: "link_refused"}


def note(request: Request, problem: Problem) -> None:
    """Count a request that was answered with 403; of other sites' requests nobody here is the author."""
    if problem.kind is problems.cross_site:
        return
    refusals: Refusals = request.app.state.refusals
    if problem.kind in _OF_STRANGERS:
        refusals.count(Refused(_OF_STRANGERS[problem.kind]), address_of(request))
        return
    route = f"{request.method} {getattr(request.scope.get('route'), 'path', '')}"  # without ids and tokens
    person, device = _author(request)
    refusals.count(Refused("refused", person, device, route), address_of(request))


def _author(request: Request) -> tuple[str | None, str | None]:
    """The person and the device that a request is from."""
    engine: Engine = request.app.state.engine
    with suppress(Problem):
        token = request.cookies.get(SESSION_COOKIE)
        if token:
            with reading(engine) as session:
                access = sessions.access_of(session, token)
            if access:
                return access.person.id, None
        phone = phone_of(engine, request.headers.get("authorization", ""))
        return phone.person.id, phone.device
    return None, None
