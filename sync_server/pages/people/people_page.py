"""People: their roles, and links and codes for signing in; for the administrator."""

from collections.abc import Callable
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Form, Query, Request, Response
from fastapi import Path as PathParameter
from sqlalchemy import Engine
from sqlmodel import Session

from shared import permissions, problems
from shared.permissions import SCHOOL_ROLES, Action, Grant
from shared.problem_texts import sentence
from shared.problems import Problem
from shared.vocabulary import Role
from sync_server.access import audit, devices, grants, links, names, people
from sync_server.access.people import Person
from sync_server.access.policy import Access
from sync_server.database.tables import PersonRow
from sync_server.database.timestamps import later
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, PeopleManager, SettingsDep, campaign_of
from sync_server.pages import saved
from sync_server.pages.filter_dependency import minute
from sync_server.pages.rendering import origin, page, words_for
from sync_server.queries import people_lists
from sync_server.settings import Settings

router = APIRouter()
Text = Annotated[str, Form(max_length=200)]
PersonPath = Annotated[str, PathParameter(max_length=40)]
TownCodes = Annotated[list[Annotated[str, Form(max_length=12)]], Form(max_length=50)]
Whose = Annotated[str, Form(alias="person", max_length=40)]


@router.get("/people")
def people_page(
    request: Request, access: PeopleManager, engine: EngineDep, q: Annotated[str, Query(max_length=60)] = ""
) -> Response:
    """Everyone with an account, or those whose names hold `q`."""
    with reading(engine) as session:
        return _shown(request, access, session, search=q)


@router.post("/people")
def add_person(
    request: Request,
    access: PeopleManager,
    engine: EngineDep,
    settings: SettingsDep,
    role: Annotated[Role, Form()],
    name: Text = "",
    towns: TownCodes = [],  # noqa: B006
) -> Response:
    """Add someone for some towns or, without any, the city; on the web with a link to set a password."""

    def work(session: Session) -> tuple[Person, str]:
        added = people.add(session, name, role, scope=grants.scope_of_towns(towns), by=access.person.id)
        audit.note(session, "person_added", person=access.person.id, subject=added.id, role=role.value)
        token = links.make(session, added.id) if permissions.may(role, Action.WORK_IN_BROWSER) else ""
        return added, token

    try:
        added, token = in_transaction(engine, work)
    except Problem as problem:
        with reading(engine) as session:
            return _shown(request, access, session, problem=problem, given=(name, role, towns))
    with reading(engine) as session:
        link = _password_link(request, settings, added.name, token) if token else None
        said = words_for(request).person_added.format(name=added.name)
        return _shown(request, access, session, link=link, said=said)


@router.post("/people/{person}/deactivate")
def deactivate(request: Request, access: PeopleManager, engine: EngineDep, person: PersonPath) -> Response:
    """End what somebody can do here, at once."""
    return _changed(request, access, engine, lambda s: people.deactivate(s, person, access.person.id))


@router.post("/people/{person}/reactivate")
def reactivate(request: Request, access: PeopleManager, engine: EngineDep, person: PersonPath) -> Response:
    """Let a person in again."""
    return _changed(request, access, engine, lambda s: people.reactivate(s, person, access.person.id))


@router.post("/people/{person}/rename")
def rename(
    request: Request, access: PeopleManager, engine: EngineDep, person: PersonPath, name: Text = ""
) -> Response:
    """Give somebody another name."""
    return _changed(request, access, engine, lambda s: people.rename(s, person, name, access.person.id))


@router.post("/people/{person}/grant")
def change_grant(
    request: Request,
    access: PeopleManager,
    engine: EngineDep,
    person: PersonPath,
    role: Annotated[Role, Form()],
    towns: TownCodes = [],  # noqa: B006
) -> Response:
    """Give somebody another role, for some towns or, without any, for the whole city."""

    def work(session: Session) -> None:
        grant = Grant(role, grants.scope_of_towns(towns))
        people.change_grant(session, person, grant, access.person.id)

    return _changed(request, access, engine, work)


def _changed(request: Request, access: Access, engine: Engine, work: Callable[[Session], None]) -> Response:
    try:
        in_transaction(engine, work)
    except Problem as problem:
        with reading(engine) as session:
            return _shown(request, access, session, problem=problem)
    return saved.go_to("/people", "person")


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

    def work(session: Session) -> tuple[str, str | None]:
        owner = _active(session, whose) if whose else None
        audit.note(session, "phone_code", person=access.person.id, subject=owner.id if owner else "")
        code = devices.make_code(session, campaign_of(session, request).id, owner.id if owner else None)
        return code, owner.name if owner else None

    code, owner = in_transaction(engine, work)
    words = words_for(request)
    title = words.code_title.format(name=owner) if owner else words.code_title_new
    address = f"{origin(request, settings)}/app/?code={code}"
    picture = segno.make(address, error="m", micro=False).svg_inline(border=3, omitsize=True, title=title)
    link = {
        "title": title,
        "lead": words.code_lead.format(until=minute(later(hours=devices.CODE_HOURS))),
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
        "lead": words.link_lead.format(until=minute(later(days=links.VALID_DAYS))),
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
    given: tuple[str, Role | None, list[str]] = ("", None, []),
    said: str = "",
    search: str = "",
) -> Response:
    words = words_for(request)
    name, role, towns = given
    everyone = people_lists.accounts(session, access)
    found = [one for one in everyone if names.key(search) in names.key(one.row.name)]
    return page(
        request,
        "people.html",
        access,
        status=problem.kind.status if problem else 200,
        sentence=sentence(problem.code, problem.details, words.code) if problem else None,
        link=link,
        name=name,
        given_role=role,
        given_towns=towns,
        said=said or (words.person_changed if saved.what(request) == "person" else ""),
        search=search,
        total=len(everyone),
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
            for account in found
        ],
    )
