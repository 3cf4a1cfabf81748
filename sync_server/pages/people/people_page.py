"""People: who takes part, in which role, with links and codes to sign in; for the administrator."""

from collections.abc import Callable
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Form, Request, Response
from fastapi import Path as PathParameter
from fastapi.responses import RedirectResponse
from sqlalchemy import Engine
from sqlmodel import Session

from shared import permissions, problems
from shared.permissions import SCHOOL_ROLES, Action, Grant
from shared.problem_texts import sentence
from shared.problems import Problem
from shared.vocabulary import Role
from sync_server.access import audit, devices, grants, links, people
from sync_server.access.people import Person
from sync_server.access.policy import Access
from sync_server.database.tables import PersonRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, PeopleManager, SettingsDep, campaign_of
from sync_server.pages.rendering import origin, page, words_for
from sync_server.queries import people_lists
from sync_server.settings import Settings

router = APIRouter()
Text = Annotated[str, Form(max_length=200)]
PersonPath = Annotated[str, PathParameter(max_length=40)]
Whose = Annotated[str, Form(alias="person", max_length=40)]


@router.get("/people")
def people_page(request: Request, access: PeopleManager, engine: EngineDep) -> Response:
    """Everyone with an account."""
    with reading(engine) as session:
        return _shown(request, access, session)


@router.post("/people")
def add_person(
    request: Request,
    access: PeopleManager,
    engine: EngineDep,
    settings: SettingsDep,
    role: Annotated[Role, Form()],
    name: Text = "",
) -> Response:
    """Add someone; who works on the web gets a link to set a password."""

    def work(session: Session) -> tuple[Person, str]:
        added = people.add(session, name, role, by=access.person.id)
        audit.note(session, "person_added", person=access.person.id, subject=added.id, role=role.value)
        token = links.make(session, added.id) if permissions.may(role, Action.WORK_IN_BROWSER) else ""
        return added, token

    try:
        added, token = in_transaction(engine, work)
    except Problem as problem:
        with reading(engine) as session:
            return _shown(request, access, session, problem=problem, name=name)
    with reading(engine) as session:
        link = _password_link(request, settings, added.name, token) if token else None
        return _shown(request, access, session, link=link)


@router.post("/people/{person}/deactivate")
def deactivate(request: Request, access: PeopleManager, engine: EngineDep, person: PersonPath) -> Response:
    """End what somebody can do here, at once."""
    return _changed(request, access, engine, lambda s: people.deactivate(s, person, access.person.id))


@router.post("/people/{person}/reactivate")
def reactivate(request: Request, access: PeopleManager, engine: EngineDep, person: PersonPath) -> Response:
    """Let somebody in again."""
    return _changed(request, access, engine, lambda s: people.reactivate(s, person, access.person.id))


@router.post("/people/{person}/grant")
def change_grant(
    request: Request,
    access: PeopleManager,
    engine: EngineDep,
    person: PersonPath,
    role: Annotated[Role, Form()],
    towns: Annotated[list[Annotated[str, Form(max_length=12)]], Form(max_length=50)] = [],  # noqa: B006
) -> Response:
    """Give somebody another role, for some towns or, without any, for the whole city."""

    def work(session: Session) -> None:
        grant = Grant(role, grants.scope_of_towns([code for code in towns if code]))
        people.change_grant(session, person, grant, access.person.id)

    return _changed(request, access, engine, work)


def _changed(request: Request, access: Access, engine: Engine, work: Callable[[Session], None]) -> Response:
    try:
        in_transaction(engine, work)
    except Problem as problem:
        with reading(engine) as session:
            return _shown(request, access, session, problem=problem)
    return RedirectResponse("/people", 303)


@router.post("/people/password-link")
def password_link(
    request: Request, access: PeopleManager, engine: EngineDep, settings: SettingsDep, whose: Whose
) -> Response:
    """A fresh one-time link with which someone sets a password."""

    def work(session: Session) -> tuple[str, str]:
        row = _active(session, whose)
        audit.note(session, "password_link", person=access.person.id, subject=row.id)
        return row.name, links.make(session, row.id)

    name, token = in_transaction(engine, work)
    with reading(engine) as session:
        return _shown(request, access, session, link=_password_link(request, settings, name, token))


@router.post("/people/phone-code")
def phone_code(
    request: Request, access: PeopleManager, engine: EngineDep, settings: SettingsDep, whose: Whose = ""
) -> Response:
    """A fresh one-time code that makes a phone somebody's, as a link and a QR code."""

    def work(session: Session) -> str:
        owner = _active(session, whose).id if whose else None
        audit.note(session, "phone_code", person=access.person.id, subject=owner or "")
        return devices.make_code(session, campaign_of(session, request).id, owner)

    code = in_transaction(engine, work)
    words = words_for(request)
    address = f"{origin(request, settings)}/app/?code={code}"
    picture = segno.make(address, error="m", micro=False).svg_inline(
        border=3, omitsize=True, title=words.code_title
    )
    link = {
        "title": words.code_title,
        "lead": words.code_lead,
        "address": address,
        "qr": picture,
        "code": code,
    }
    with reading(engine) as session:
        return _shown(request, access, session, link=link)


def _active(session: Session, whose: str) -> PersonRow:
    row = session.get(PersonRow, whose)
    if row is None or not row.active:
        raise problems.not_found()
    return row


def _password_link(request: Request, settings: Settings, name: str, token: str) -> dict[str, Any]:
    words = words_for(request)
    return {
        "title": words.link_title.format(name=name),
        "lead": words.link_lead,
        "address": f"{origin(request, settings)}/welcome/{token}",
        "qr": "",
        "code": "",
    }


def _shown(
    request: Request,
    access: Access,
    session: Session,
    *,
    problem: Problem | None = None,
    link: dict[str, Any] | None = None,
    name: str = "",
) -> Response:
    words = words_for(request)
    return page(
        request,
        "people.html",
        access,
        status=problem.kind.status if problem else 200,
        sentence=sentence(problem.code, problem.details, words.code) if problem else None,
        link=link,
        name=name,
        roles=[role for role in Role if role not in SCHOOL_ROLES],
        people=[
            {
                "id": account.row.id,
                "name": account.row.name,
                "role": account.role,
                "active": account.row.active,
                "own": account.row.id == access.person.id,
                "has_password": account.row.password_hash is not None,
                "phones": account.phones,
                "towns": sorted(account.towns),
            }
            for account in people_lists.accounts(session, access)
        ],
    )
