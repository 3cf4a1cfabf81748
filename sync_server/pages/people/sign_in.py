"""Sign-in, sign-out, setting a password, and the language."""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Cookie, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from shared import problems
from shared.problem_texts import sentence
from shared.problems import Problem
from sync_server.access import links, names, sessions
from sync_server.access.people import Person
from sync_server.access.refusals import Refused
from sync_server.access.sign_in import passwords, second_factor
from sync_server.access.sign_in.attempts import Target
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import (
    SESSION_COOKIE,
    AttemptsDep,
    EngineDep,
    RefusalsDep,
    SecretBoxDep,
    Visitor,
    address_of,
    origin_of,
    session_limits,
)
from sync_server.pages import session_cookie
from sync_server.pages.rendering import LANGUAGE_COOKIE, local_path, page, words_for
from sync_server.texts.accounts import account_texts

router = APIRouter()
_YEAR_S = 365 * 24 * 3600
STEP_COOKIE = "anlan_sign_in"
_STEP_PATH = "/sign-in/code"
Text = Annotated[str, Form(max_length=1000)]
StepToken = Annotated[str | None, Cookie()]


@router.get("/sign-in")
def sign_in_page(request: Request, visitor: Visitor, next: str = "/") -> Response:
    """The form; redirects whoever is signed in."""
    if visitor is not None:
        return RedirectResponse(local_path(next), 303)
    return page(request, "sign_in.html", None, next=local_path(next), name="", sentence=None)


@router.post("/sign-in")
def sign_in(
    request: Request,
    engine: EngineDep,
    attempts: AttemptsDep,
    refusals: RefusalsDep,
    name: Text = "",
    password: Text = "",
    next: Text = "/",
) -> Response:
    """Open a session, or show the form again with what was wrong."""
    try:
        with attempts.guard(Target.PASSWORD, names.tidy(name), address_of(request)):
            with reading(engine) as session:
                checked = sessions.check(session, name, password)
            new_hash = passwords.hash_again(checked.password_hash, password)

            def work(session: Session) -> Person:
                sessions.recheck(session, checked, new_hash)
                return checked.person

            return _signed_in(request, engine, work, local_path(next))
    except Problem as problem:
        if problem.kind is problems.sign_in_failed:
            refusals.count_sign_in(name, address_of(request))
        said = sentence(problem.code, problem.details, words_for(request).code)
        answer = page(
            request,
            "sign_in.html",
            None,
            status=problem.kind.status,
            next=local_path(next),
            name=name,
            sentence=said,
        )
        return _say_when(answer, problem)


@router.post("/sign-out")
def sign_out(engine: EngineDep, anlan_session: Annotated[str | None, Cookie()] = None) -> Response:
    """End the session."""
    if anlan_session:
        in_transaction(engine, lambda session: sessions.sign_out(session, anlan_session))
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


@router.get("/welcome/{token}")
def welcome_page(request: Request, engine: EngineDep, attempts: AttemptsDep, token: str) -> Response:
    """The form that sets a password, for the person of an unused link."""
    with attempts.guard(Target.LINK, token, address_of(request)), reading(engine) as session:
        owner = links.person_of(session, token)
    return page(request, "welcome.html", None, owner=owner, sentence=None)


@router.post("/welcome/{token}")
def welcome(
    request: Request,
    engine: EngineDep,
    attempts: AttemptsDep,
    token: str,
    password: Text = "",
    again: Text = "",
) -> Response:
    """Set the password, use up the link, and sign the person in."""
    with attempts.guard(Target.LINK, token, address_of(request)), reading(engine) as session:
        owner = links.person_of(session, token)
    words = words_for(request)
    if password != again:
        said = words.passwords_differ
        return page(request, "welcome.html", None, status=422, owner=owner, sentence=said)
    try:
        password_hash = passwords.hash_new(password, owner.name)
    except Problem as problem:
        said = sentence(problem.code, problem.details, words.code)
        return page(request, "welcome.html", None, status=problem.kind.status, owner=owner, sentence=said)

    def work(session: Session) -> Person:
        return links.redeem(session, token, password_hash)

    return _signed_in(request, engine, work, "/")


@router.get("/language/{language}")
def choose_language(language: str, next: str = "/") -> Response:
    """Store the language and go back to the previous page."""
    answer = RedirectResponse(local_path(next), 303)
    code = "en" if language.startswith("en") else "zh"
    answer.set_cookie(LANGUAGE_COOKIE, code, max_age=_YEAR_S, httponly=True, samesite="lax")
    return answer


def _signed_in(request: Request, engine: EngineDep, who: Callable[[Session], Person], where: str) -> Response:
    """Open a session for who is found in its transaction, or ask for a code first where they need one."""

    def work(session: Session) -> tuple[str, bool]:
        person = who(session)
        if second_factor.since(session, person.id):
            return second_factor.wait(session, person.id), True
        return _opened(request, session, person), False

    token, waits = in_transaction(engine, work)
    if not waits:
        return _with_session(request, token, where)
    answer = RedirectResponse(f"/sign-in/code?next={quote(where)}", 303)
    seconds = second_factor.STEP_MINUTES * 60
    answer.set_cookie(
        STEP_COOKIE,
        token,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=session_cookie.is_https(request),
        path=_STEP_PATH,
    )
    return answer


@router.get(_STEP_PATH)
def code_page(
    request: Request, engine: EngineDep, next: str = "/", anlan_sign_in: StepToken = None
) -> Response:
    """The form for a code; whoever waits for none begins again."""
    try:
        with reading(engine) as session:
            second_factor.waiting(session, anlan_sign_in or "")
    except Problem as problem:
        if problem.kind is not problems.sign_in_required:
            raise
        return RedirectResponse(f"/sign-in?next={quote(local_path(next))}", 303)
    return _code_form(request, local_path(next))


@router.post(_STEP_PATH)
def show_code(
    request: Request,
    engine: EngineDep,
    attempts: AttemptsDep,
    refusals: RefusalsDep,
    box: SecretBoxDep,
    code: Text = "",
    next: Text = "/",
    anlan_sign_in: StepToken = None,
) -> Response:
    """Open the session, or show the form again with what was wrong."""
    token, where, person = anlan_sign_in or "", local_path(next), ""
    target = Target.SECOND_FACTOR if second_factor.is_of_app(code) else Target.RECOVERY_CODE

    def work(session: Session) -> tuple[str, bool]:
        opened = _opened(request, session, second_factor.redeem(session, box, token, code))
        return opened, second_factor.wrong_codes(session, person) is not None

    try:
        with reading(engine) as session:
            person = second_factor.waiting(session, token)
            key = second_factor.attempts_key(session, person)
        with attempts.guard(target, key, address_of(request)):
            opened, suspicious = in_transaction(engine, work)
    except Problem as problem:
        if problem.kind is problems.sign_in_required:
            return RedirectResponse(f"/sign-in?next={quote(where)}", 303)
        if problem.kind is problems.second_factor_wrong:
            refusals.count(Refused("second_factor_failed", person), address_of(request))
            in_transaction(engine, lambda s: second_factor.count_wrong(s, person), durable=False)
        return _code_form(request, where, problem)
    answer = _with_session(request, opened, "/account" if suspicious else where)
    answer.delete_cookie(STEP_COOKIE, path=_STEP_PATH)
    return answer


def _code_form(request: Request, where: str, problem: Problem | None = None) -> Response:
    words = words_for(request)
    answer = page(
        request,
        "sign_in_code.html",
        None,
        status=problem.kind.status if problem else 200,
        a=account_texts(words.code),
        next=where,
        sentence=sentence(problem.code, problem.details, words.code) if problem else None,
    )
    return _say_when(answer, problem)


def _say_when(answer: Response, problem: Problem | None) -> Response:
    if problem and "retry_after_s" in problem.details:
        answer.headers["Retry-After"] = str(problem.details["retry_after_s"])
    return answer


def _opened(request: Request, session: Session, person: Person) -> str:
    """The token of a new session; the one that the browser had so far ends."""
    before = request.cookies.get(SESSION_COOKIE)
    if before:
        sessions.close(session, before)
    limits = session_limits(request.app.state.settings)
    return sessions.open_for(session, person, origin_of(request), limits)


def _with_session(request: Request, token: str, where: str) -> RedirectResponse:
    answer = RedirectResponse(where, 303)
    session_cookie.keep(request, answer, token)
    return answer
