"""The page for a problem: one sentence, and a link back."""

from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from shared import problems
from shared.problem_texts import sentence
from shared.problems import Problem
from sync_server.access import sessions
from sync_server.access.policy import Access
from sync_server.database.transactions import reading
from sync_server.deps import SESSION_COOKIE
from sync_server.pages.rendering import page, words_for

_LISTS = {"hazards": "/ledger"} | {
    name: f"/{name}"
    for name in ("ledger", "visits", "quarantine", "conflicts", "people", "devices", "audit", "home-visits")
}
"""First part of a path → the page with its list."""
_FOR_PROGRAMS = ("/api/", "/exports/", "/app/", "/static/", "/tiles/")


def shown(request: Request, problem: Problem) -> Response | None:
    """The page for a problem; the sign-in page where that is missing; None for a program."""
    if not _a_person_asks(request, problem):
        return None
    if problem.kind is problems.sign_in_required:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        wanted = here if request.method == "GET" else "/"
        return RedirectResponse(f"/sign-in?next={quote(wanted, safe='')}", 303)
    words = words_for(request)
    return page(
        request,
        "problem.html",
        _access(request, problem),
        status=problem.kind.status,
        sentence=sentence(problem.code, problem.details, words.code),
        code=problem.code,
        back=_way_back(request, problem),
    )


def _a_person_asks(request: Request, problem: Problem) -> bool:
    path, accepts = request.url.path, request.headers.get("accept", "")
    if path.startswith("/exports/") and problem.kind in (problems.overloaded, problems.export_too_long):
        return "text/html" in accepts
    if path.startswith(_FOR_PROGRAMS) or path.endswith(".json"):
        return False
    return "application/json" not in accepts or "text/html" in accepts


def _access(request: Request, problem: Problem) -> Access | None:
    token = request.cookies.get(SESSION_COOKIE)
    if not token or problem.kind.status == problems.overloaded.status:
        return None
    try:
        with reading(request.app.state.engine) as session:
            return sessions.access_of(session, token)
    except Problem:  # the database went away just now
        return None


def _way_back(request: Request, problem: Problem) -> str:
    """To the page of the hazard that the decision was about, to the list the page belongs to, or the map."""
    parts = request.url.path.split("/")
    if request.method == "POST" and len(parts) > 2:
        return "/".join(parts[: 3 if parts[1] == "hazards" else 2])
    if problem.kind is not problems.role_forbidden and (len(parts) > 2 or request.url.query):
        return _LISTS.get(parts[1], "/")
    return "/"
