"""People for the administrator: who they are, which roles they have; adding somebody."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from sqlmodel import Session

from shared import permissions
from shared.permissions import Action
from shared.problem_texts import sentence
from shared.problems import Problem
from shared.vocabulary import Role
from sync_server.access import audit, devices, grants, links, names, people, schools
from sync_server.access.people import Person
from sync_server.access.policy import Access
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, PeopleManager, SettingsDep, campaign_of
from sync_server.pages import saved
from sync_server.pages.people import one_time
from sync_server.pages.people.grant_form import GrantForm, GrantFormDep, grant_words
from sync_server.pages.rendering import page, words_for
from sync_server.queries import people_lists
from sync_server.texts.people import people_texts
from sync_server.texts.people_import import import_texts

router = APIRouter()
SHOWN = 25
"""People on one page: more of them are long on a phone."""
Text = Annotated[str, Form(max_length=200)]


@router.get("/people")
def people_page(
    request: Request,
    access: PeopleManager,
    engine: EngineDep,
    q: Annotated[str, Query(max_length=60)] = "",
    skipped: Annotated[int, Query(ge=0, lt=10**6)] = 0,
) -> Response:
    """Everyone with an account, or those whose names hold `q`, a page at a time."""
    with reading(engine) as session:
        return _shown(request, access, session, search=q, skipped=skipped)


@router.post("/people")
def add_person(
    request: Request,
    access: PeopleManager,
    engine: EngineDep,
    settings: SettingsDep,
    form: GrantFormDep,
    name: Text = "",
) -> Response:
    """Add someone with a role; those who work on the web get a link to set a password."""

    def work(session: Session) -> tuple[Person, str]:
        by = access.person.id
        grant = form.grant(session, by)
        added = people.add(session, name, grant.role, scope=grant.scope, by=by)
        audit.note(session, "person_added", person=by, subject=added.id, **grants.described(grant))
        token = links.make(session, added.id) if permissions.may(grant.role, Action.WORK_IN_BROWSER) else ""
        return added, token

    try:
        added, token = in_transaction(engine, work)
    except Problem as problem:
        with reading(engine) as session:
            return _shown(request, access, session, problem=problem, name=name, form=form)
    with reading(engine) as session:
        link = one_time.password_link(request, settings, added.name, token) if token else None
        said = words_for(request).person_added.format(name=added.name)
        return _shown(request, access, session, link=link, said=said, added=added)


@router.post("/people/phone-code")
def phone_code(request: Request, access: PeopleManager, engine: EngineDep, settings: SettingsDep) -> Response:
    """A fresh one-time code that makes a phone that of a new inspector, as a link and a QR code."""

    def work(session: Session) -> str:
        audit.note(session, "phone_code", person=access.person.id)
        return devices.make_code(session, campaign_of(session, request).id)

    code = in_transaction(engine, work)
    with reading(engine) as session:
        link = one_time.phone_code(request, settings, None, code)
        return _shown(request, access, session, link=link)


def _shown(
    request: Request,
    access: Access,
    session: Session,
    *,
    problem: Problem | None = None,
    link: dict[str, Any] | None = None,
    name: str = "",
    form: GrantForm | None = None,
    said: str = "",
    added: Person | None = None,
    search: str = "",
    skipped: int = 0,
) -> Response:
    words = words_for(request)
    everyone = people_lists.accounts(session, access)
    found = [one for one in everyone if names.key(search) in names.key(one.row.name)]
    known = schools.school_names(session)
    return page(
        request,
        "people.html",
        access,
        status=problem.kind.status if problem else 200,
        p=people_texts(words.code),
        i=import_texts(words.code),
        sentence=sentence(problem.code, problem.details, words.code) if problem else None,
        link=link,
        name=name,
        given=form,
        said=said or (words.person_changed if saved.what(request) == "person" else ""),
        added=added,
        search=search,
        total=len(found),
        skipped=skipped,
        shown=SHOWN,
        roles=list(Role),
        schools=sorted(known.values()),
        people=[
            {
                "id": account.row.id,
                "name": account.row.name,
                "active": account.row.active,
                "has_password": account.row.password_hash is not None,
                "phones": account.phones,
                "grants": [grant_words(given.grant, known, words) for given in account.given],
            }
            for account in found[skipped : skipped + SHOWN]
        ],
    )
