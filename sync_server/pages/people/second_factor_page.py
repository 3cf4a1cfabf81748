"""One's own two-step verification: turned on with an app, recovery codes, turned off; reset for others."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Cookie, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Engine
from sqlmodel import Session

from shared import problems
from shared.problems import Problem
from sync_server.access import people, sessions
from sync_server.access.policy import Access
from sync_server.access.sign_in import second_factor
from sync_server.access.sign_in.secret_box import SecretBox
from sync_server.database.tables import PersonRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, PeopleManager, SecretBoxDep, SignedIn
from sync_server.pages import saved, session_cookie
from sync_server.pages.filter_dependency import minute
from sync_server.pages.people.account_page import PersonPath
from sync_server.pages.people.one_time import qr
from sync_server.pages.people.password_check import PasswordCheck, PasswordCheckDep, why_not
from sync_server.pages.rendering import page, words_for
from sync_server.texts.accounts import account_texts

router = APIRouter()
_HERE = "/account/second-factor"
Text = Annotated[str, Form(max_length=1000)]


@router.get(_HERE)
def second_factor_page(request: Request, access: SignedIn, engine: EngineDep, box: SecretBoxDep) -> Response:
    """Whether it is on, and the way to turn it on or off."""
    return _shown(request, access, engine, box)


@router.post(f"{_HERE}/begin")
def begin(
    request: Request,
    access: SignedIn,
    engine: EngineDep,
    box: SecretBoxDep,
    check: PasswordCheckDep,
    password: Text = "",
) -> Response:
    """Show a secret for the app, once the password was given."""
    own = access.person.id

    def work(session: Session) -> None:
        second_factor.begin(session, box, own)

    return _with_password(request, access, engine, box, check, password, work)


@router.post(f"{_HERE}/confirm")
def confirm(
    request: Request,
    access: SignedIn,
    engine: EngineDep,
    box: SecretBoxDep,
    code: Text = "",
    anlan_session: Annotated[str | None, Cookie()] = None,
) -> Response:
    """Turn it on with a code of the app, show the recovery codes, and sign out everywhere else."""
    own = access.person.id

    def work(session: Session) -> tuple[list[str], str]:
        codes = second_factor.confirm(session, box, own, code)
        return codes, sessions.end_others(session, own, anlan_session or "")

    try:
        codes, token = in_transaction(engine, work)
    except Problem as problem:
        return _shown(request, access, engine, box, problem=problem)
    answer = _shown(request, access, engine, box, codes=codes)
    session_cookie.keep(request, answer, token)
    return answer


@router.post(f"{_HERE}/codes")
def new_codes(
    request: Request,
    access: SignedIn,
    engine: EngineDep,
    box: SecretBoxDep,
    check: PasswordCheckDep,
    password: Text = "",
) -> Response:
    """Show new recovery codes, once the password was given."""
    own, codes = access.person.id, list[str]()

    def work(session: Session) -> None:
        codes[:] = second_factor.renew_codes(session, own)

    return _with_password(request, access, engine, box, check, password, work, codes)


@router.post(f"{_HERE}/off")
def turn_off(
    request: Request,
    access: SignedIn,
    engine: EngineDep,
    box: SecretBoxDep,
    check: PasswordCheckDep,
    password: Text = "",
) -> Response:
    """Turn it off, once the password was given."""
    own = access.person.id

    def work(session: Session) -> None:
        second_factor.turn_off(session, own, own)

    return _with_password(request, access, engine, box, check, password, work)


@router.post(f"{_HERE}/mine")
def typed_myself(access: SignedIn, engine: EngineDep) -> Response:
    """Forget the wrong codes: they were one's own slips."""
    in_transaction(engine, lambda session: people.forget_wrong_codes(session, access.person.id))
    return RedirectResponse("/account", 303)


@router.post("/people/{person}/second-factor/reset")
def reset(access: PeopleManager, engine: EngineDep, person: PersonPath) -> Response:
    """Let somebody who lost their phone sign in with the password alone."""

    def work(session: Session) -> None:
        if session.get(PersonRow, person) is None:
            raise problems.not_found()
        if person == access.person.id:
            raise problems.own_account()
        second_factor.turn_off(session, person, access.person.id)

    in_transaction(engine, work)
    return saved.go_to(f"/people/{person}/account", "reset")


def _with_password(
    request: Request,
    access: Access,
    engine: Engine,
    box: SecretBox,
    check: PasswordCheck,
    password: str,
    work: Callable[[Session], None],
    codes: list[str] | None = None,
) -> Response:
    """Do the work if the password is right."""
    try:
        check.of(access, password)
        in_transaction(engine, work)
    except Problem as problem:
        return _shown(request, access, engine, box, problem=problem)
    return _shown(request, access, engine, box, codes=codes) if codes else RedirectResponse(_HERE, 303)


def _shown(
    request: Request,
    access: Access,
    engine: Engine,
    box: SecretBox,
    *,
    problem: Problem | None = None,
    codes: list[str] | None = None,
) -> Response:
    words = words_for(request)
    texts = account_texts(words.code)
    with reading(engine) as session:
        since = second_factor.since(session, access.person.id)
        secret = second_factor.unconfirmed(session, box, access.person.id)
        left = second_factor.codes_left(session, access.person.id)
    address = second_factor.address(secret, access.person.name) if secret else ""
    return page(
        request,
        "second_factor.html",
        access,
        status=problem.kind.status if problem else 200,
        a=texts,
        sentence=why_not(request, problem) if problem else None,
        since=minute(since),
        left=left,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)) if secret else "",
        address=address,
        qr=qr(address, texts.scan_this) if secret else "",
        codes=codes or [],
    )
