"""One person, for the administrator: roles, phones and account; every change holds at once."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi import Path as PathParameter
from sqlalchemy import Engine
from sqlmodel import Session

from shared.problem_texts import sentence
from shared.problems import Problem
from shared.vocabulary import Role
from sync_server.access import audit, devices, links, people, schools
from sync_server.access.policy import Access
from sync_server.database.tables import DeviceRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, PeopleManager, SettingsDep, campaign_of
from sync_server.pages import saved
from sync_server.pages.devices.devices_page import waiting_there
from sync_server.pages.filter_dependency import minute
from sync_server.pages.people import one_time
from sync_server.pages.people.account_page import PersonPath
from sync_server.pages.people.grant_form import GrantFormDep, grant_words
from sync_server.pages.rendering import page, words_for
from sync_server.queries import people_lists
from sync_server.texts.accounts import account_texts
from sync_server.texts.people import people_texts
from sync_server.texts.words import Texts

router = APIRouter(prefix="/people/{person}")


@router.get("")
def person_page(request: Request, access: PeopleManager, engine: EngineDep, person: PersonPath) -> Response:
    """The page of somebody."""
    return _shown(request, access, engine, person)


@router.post("/grants")
def give_grant(
    request: Request, access: PeopleManager, engine: EngineDep, person: PersonPath, form: GrantFormDep
) -> Response:
    """Give somebody one more role."""
    by = access.person.id
    return _changed(
        *(request, access, engine, person),
        lambda s: people.give_grant(s, person, form.grant(s, by), by),
    )


@router.post("/grants/{grant}/withdraw")
def withdraw_grant(
    request: Request,
    access: PeopleManager,
    engine: EngineDep,
    person: PersonPath,
    grant: Annotated[str, PathParameter(max_length=40)],
) -> Response:
    """Withdraw one role."""
    by = access.person.id
    return _changed(request, access, engine, person, lambda s: people.withdraw_grant(s, person, grant, by))


@router.post("/deactivate")
def deactivate(request: Request, access: PeopleManager, engine: EngineDep, person: PersonPath) -> Response:
    """End what somebody can do here, at once."""
    by = access.person.id
    return _changed(request, access, engine, person, lambda s: people.deactivate(s, person, by))


@router.post("/reactivate")
def reactivate(request: Request, access: PeopleManager, engine: EngineDep, person: PersonPath) -> Response:
    """Let a person in again."""
    by = access.person.id
    return _changed(request, access, engine, person, lambda s: people.reactivate(s, person, by))


@router.post("/rename")
def rename(
    request: Request,
    access: PeopleManager,
    engine: EngineDep,
    person: PersonPath,
    name: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Give somebody another name."""
    by = access.person.id
    return _changed(request, access, engine, person, lambda s: people.rename(s, person, name, by))


@router.post("/unit")
def set_unit(
    request: Request,
    access: PeopleManager,
    engine: EngineDep,
    person: PersonPath,
    unit: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Say for which unit somebody works."""
    by = access.person.id
    return _changed(request, access, engine, person, lambda s: people.set_unit(s, person, unit, by))


@router.post("/password-link")
def password_link(
    request: Request, access: PeopleManager, engine: EngineDep, settings: SettingsDep, person: PersonPath
) -> Response:
    """A fresh one-time link with which someone sets a password."""

    def work(session: Session) -> tuple[str, str]:
        row = one_time.active_person(session, person)
        audit.note(session, "password_link", person=access.person.id, subject=row.id)
        return row.name, links.make(session, row.id)

    name, token = in_transaction(engine, work)
    link = one_time.password_link(request, settings, name, token)
    return _shown(request, access, engine, person, link=link)


@router.post("/phone-code")
def phone_code(
    request: Request, access: PeopleManager, engine: EngineDep, settings: SettingsDep, person: PersonPath
) -> Response:
    """A fresh one-time code that makes a phone somebody's, as a link and a QR code."""

    def work(session: Session) -> tuple[str, str]:
        row = one_time.active_person(session, person)
        audit.note(session, "phone_code", person=access.person.id, subject=row.id)
        return row.name, devices.make_code(session, campaign_of(session, request).id, row.id)

    name, code = in_transaction(engine, work)
    link = one_time.phone_code(request, settings, name, code)
    return _shown(request, access, engine, person, link=link)


def _changed(
    request: Request, access: Access, engine: Engine, person: str, work: Callable[[Session], None]
) -> Response:
    try:
        in_transaction(engine, work)
    except Problem as problem:
        return _shown(request, access, engine, person, problem=problem)
    return saved.go_to(f"/people/{person}", "person")


def _shown(
    request: Request,
    access: Access,
    engine: Engine,
    person: str,
    *,
    problem: Problem | None = None,
    link: dict[str, Any] | None = None,
) -> Response:
    words = words_for(request)
    texts = people_texts(words.code)
    with reading(engine) as session:
        account = people_lists.account(session, access, person)
        phones = people_lists.phones_of(session, access, campaign_of(session, request).id, person)
        known, givers = schools.school_names(session), people_lists.people_names(session)
        units = people_lists.units(session)
    listed = [_phone(row, words) for row in phones]
    return page(
        request,
        "person.html",
        access,
        status=problem.kind.status if problem else 200,
        p=texts,
        a=account_texts(words.code),
        sentence=sentence(problem.code, problem.details, words.code) if problem else None,
        link=link,
        said=words.person_changed if saved.what(request) == "person" else "",
        whose=account.row,
        own=person == access.person.id,
        grants=[
            {
                "id": given.id,
                **grant_words(given.grant, known, words),
                "since": texts.since.format(
                    at=minute(given.at), by=givers.get(given.by, texts.by_deployment)
                ),
            }
            for given in account.given
        ],
        phones=listed,
        unsent=[one for one in listed if one["holds"]],
        roles=list(Role),
        schools=sorted(known.values()),
        units=units,
    )


def _phone(row: DeviceRow, words: Texts) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name or row.id,
        "platform": words.platforms.get(row.platform, row.platform),
        "enrolled": minute(row.enrolled_at),
        "seen": minute(row.last_seen_at),
        "waiting": waiting_there(row, words),
        "holds": not row.revoked_at and bool(row.waiting or row.waiting_photos),
        "revoked": minute(row.revoked_at),
    }
