"""Turns every error into one shape: `{code, details}` with a fitting status."""

import logging
from collections.abc import Callable, Mapping

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from shared import problems
from shared.problems import Problem
from sync_server.http import compression
from sync_server.http.form_limit import FormLimit

log = logging.getLogger("anlan")

_FORBIDDEN = 403
_BY_STATUS = {404: problems.not_found, 405: problems.method_not_allowed}

Noted = Callable[[Request, Problem], None]
"""Notes that a request was refused; may wait for the database."""

Shown = Callable[[Request, Problem], Response | None]
"""Shows a problem to a person: a page, or None if the client is a program."""


def answer(problem: Problem) -> Response:
    """A problem as JSON."""
    response = compression.json_answer(problem.as_json(), problem.kind.status)
    if problem.kind is problems.token_invalid:
        response.headers["WWW-Authenticate"] = "Bearer"
    return _with_retry_after(response, problem)


def _with_retry_after(response: Response, problem: Problem) -> Response:
    if "retry_after_s" in problem.details:
        response.headers["Retry-After"] = str(problem.details["retry_after_s"])
    return response


def install(
    app: FastAPI, shown: Shown, noted: Noted, session_cookie: str, files: Mapping[str, int] | None = None
) -> None:
    """Handle all errors of the app's routes, with the page of `shown` if it gives one.

    `files`: see `FormLimit`.
    """

    def respond(request: Request, problem: Problem) -> Response:
        page = shown(request, problem)
        return _with_retry_after(page, problem) if page else answer(problem)

    app.add_middleware(FormLimit, respond=respond, session_cookie=session_cookie, files=files)

    @app.exception_handler(Problem)
    async def _(request: Request, error: Problem) -> Response:
        if error.kind.status == _FORBIDDEN:
            await run_in_threadpool(noted, request, error)
        return respond(request, error)

    @app.exception_handler(RequestValidationError)
    async def _(request: Request, error: RequestValidationError) -> Response:
        return respond(request, _of_parameters(error))

    @app.exception_handler(HTTPException)
    async def _(request: Request, error: HTTPException) -> Response:
        kind = _BY_STATUS.get(error.status_code, problems.invalid)
        response = respond(request, kind())
        for name, value in (error.headers or {}).items():
            response.headers[name] = value
        return response

    @app.exception_handler(ClientDisconnect)
    async def _(_request: Request, _error: ClientDisconnect) -> Response:
        return answer(problems.bad_encoding())  # the client has disconnected

    @app.exception_handler(Exception)
    async def _(request: Request, error: Exception) -> Response:
        route = getattr(request.scope.get("route"), "path", "")  # the path may contain a token
        log.error("%s %s failed", request.method, route, exc_info=error)
        return respond(request, problems.internal())


def _of_parameters(error: RequestValidationError) -> Problem:
    found = [{"path": ".".join(map(str, e["loc"]))[:80], "reason": e["type"]} for e in error.errors()[:20]]
    return problems.invalid(errors=found)
