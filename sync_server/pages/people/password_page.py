"""Changing one's own password."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Form, Request, Response
from sqlmodel import Session

from shared.problems import Problem
from sync_server.access import audit, people, sessions
from sync_server.access.policy import Access
from sync_server.access.sign_in import passwords
from sync_server.database.transactions import in_transaction
from sync_server.deps import EngineDep, SignedIn
from sync_server.pages import saved, session_cookie
from sync_server.pages.people.password_check import PasswordCheckDep, why_not
from sync_server.pages.rendering import page, words_for
from sync_server.texts.accounts import account_texts

router = APIRouter()
_HERE = "/account/password"
Text = Annotated[str, Form(max_length=1000)]


@router.get(_HERE)
def password_page(request: Request, access: SignedIn) -> Response:
    """The form for a new password."""
    return _shown(request, access)


@router.post(_HERE)
def change_password(
    request: Request,
    access: SignedIn,
    engine: EngineDep,
    check: PasswordCheckDep,
    present: Text = "",
    password: Text = "",
    again: Text = "",
    anlan_session: Annotated[str | None, Cookie()] = None,
) -> Response:
    """Set a new password, once the present one was given, and sign out everywhere else."""
    if password != again:
        return _shown(request, access, 422, words_for(request).passwords_differ)
    own = access.person
    try:
        before = check.of(access, present)
        password_hash = passwords.hash_new(password, own.name)

        def work(session: Session) -> str:
            sessions.recheck(session, before)
            people.set_password_hash(session, own.id, password_hash, staying=anlan_session or "")
            audit.note(session, "password_changed", person=own.id)
            return sessions.end_others(session, own.id, anlan_session or "")

        token = in_transaction(engine, work)
    except Problem as problem:
        return _shown(request, access, problem.kind.status, why_not(request, problem))
    answer = saved.go_to("/account", "password")
    session_cookie.keep(request, answer, token)
    return answer


def _shown(request: Request, access: Access, status: int = 200, said: str | None = None) -> Response:
    texts = account_texts(words_for(request).code)
    return page(request, "password.html", access, status=status, a=texts, sentence=said)
