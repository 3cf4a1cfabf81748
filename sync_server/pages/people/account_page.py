"""An account: the browsers in which it is signed in, for its owner and for the administrator."""

from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Form, Request, Response
from fastapi import Path as PathParameter
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from shared import problems
from shared.plural import plural
from sync_server.access import sessions
from sync_server.access.policy import Access
from sync_server.access.sign_in import second_factor
from sync_server.database.tables import PersonRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, PeopleManager, SignedIn
from sync_server.pages import saved
from sync_server.pages.filter_dependency import minute
from sync_server.pages.people.browser_names import browser_name
from sync_server.pages.rendering import page, words_for
from sync_server.texts.accounts import account_texts

router = APIRouter()
PersonPath = Annotated[str, PathParameter(max_length=40)]
Which = Annotated[str, Form(alias="session", max_length=20)]
Token = Annotated[str | None, Cookie(alias="anlan_session")]


@router.get("/account")
def own_account(request: Request, access: SignedIn, engine: EngineDep, token: Token = None) -> Response:
    """Where one is signed in oneself."""
    with reading(engine) as session:
        row = session.get_one(PersonRow, access.person.id)
        return _shown(request, access, session, row, sessions.id_of(token or ""))


@router.post("/account/sign-out")
def sign_out(access: SignedIn, engine: EngineDep, which: Which = "", token: Token = None) -> Response:
    """Sign out in one browser or, without its id, everywhere."""
    own = access.person.id
    in_transaction(engine, lambda session: sessions.end(session, own, own, which or None))
    if not which or which == sessions.id_of(token or ""):
        return RedirectResponse("/sign-in", 303)
    return saved.go_to("/account", "signed_out")


@router.get("/people/{person}/account")
def account(request: Request, access: PeopleManager, engine: EngineDep, person: PersonPath) -> Response:
    """Where somebody is signed in."""
    with reading(engine) as session:
        return _shown(request, access, session, _person(session, person))


@router.post("/people/{person}/sign-out")
def sign_other_out(
    access: PeopleManager, engine: EngineDep, person: PersonPath, which: Which = ""
) -> Response:
    """Sign somebody out in one browser or, without its id, everywhere."""

    def work(session: Session) -> None:
        _person(session, person)
        sessions.end(session, person, access.person.id, which or None)

    in_transaction(engine, work)
    return saved.go_to(f"/people/{person}/account", "signed_out")


def _person(session: Session, person: str) -> PersonRow:
    row = session.get(PersonRow, person)
    if row is None:
        raise problems.not_found()
    return row


def _shown(
    request: Request, access: Access, session: Session, owner: PersonRow, present: str = ""
) -> Response:
    open_ones: list[dict[str, Any]] = [
        {
            "id": one.id,
            "browser": browser_name(one.origin.browser),
            "address": one.origin.address,
            "since": minute(one.since),
            "seen": minute(one.seen),
            "present": one.id == present,
        }
        for one in sessions.listed(session, owner.id)
    ]
    own = bool(present)
    texts = account_texts(words_for(request).code)
    wrong = second_factor.wrong_codes(session, owner.id) if own else None
    return page(
        request,
        "account.html",
        access,
        a=texts,
        owner=owner.name,
        address="/account" if own else f"/people/{owner.id}",
        own=own,
        sessions=open_ones,
        signed_out=saved.what(request) == "signed_out",
        wrong_codes=plural(texts.wrong_codes, wrong[0], at=minute(wrong[1])) if wrong else "",
        password_changed=saved.what(request) == "password",
        was_reset=saved.what(request) == "reset",
        oneself=owner.id == access.person.id,
        since=minute(second_factor.since(session, owner.id)),
    )
