"""The list of schools, for the administrator: their names and towns, and the names of their classes."""

from collections import Counter
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import Engine
from sqlmodel import Session

from shared.permissions import School
from shared.problem_texts import sentence
from shared.problems import Problem
from sync_server.access import grants, schools
from sync_server.access.policy import Access
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, PeopleManager
from sync_server.pages import saved
from sync_server.pages.rendering import page, words_for
from sync_server.texts.people import people_texts

router = APIRouter(prefix="/schools")
Text = Annotated[str, Form(max_length=200)]


@router.get("")
def schools_page(request: Request, access: PeopleManager, engine: EngineDep) -> Response:
    """Every school for which somebody has or had a role."""
    return _shown(request, access, engine)


@router.post("/change")
def change(
    request: Request,
    access: PeopleManager,
    engine: EngineDep,
    code: Text = "",
    name: Text = "",
    town: Annotated[str, Form(max_length=12)] = "",
) -> Response:
    """Give a school another name or town."""
    by = access.person.id
    return _changed(request, access, engine, lambda s: schools.change(s, code, name, town or None, by))


@router.post("/class")
def rename_class(
    request: Request,
    access: PeopleManager,
    engine: EngineDep,
    code: Text = "",
    before: Text = "",
    after: Text = "",
) -> Response:
    """Give a class another name."""
    by = access.person.id
    return _changed(request, access, engine, lambda s: schools.rename_class(s, code, before, after, by))


def _changed(request: Request, access: Access, engine: Engine, work: Callable[[Session], None]) -> Response:
    try:
        in_transaction(engine, work)
    except Problem as problem:
        return _shown(request, access, engine, problem)
    return saved.go_to("/schools", "school")


def _shown(request: Request, access: Access, engine: Engine, problem: Problem | None = None) -> Response:
    words = words_for(request)
    with reading(engine) as session:
        listed, classes = schools.listed(session), schools.classes(session)
        people = {
            (given.person, given.grant.scope.code)
            for given in grants.live(session)
            if isinstance(given.grant.scope, School)
        }
    number = Counter(code for _, code in people)
    return page(
        request,
        "schools.html",
        access,
        status=problem.kind.status if problem else 200,
        p=people_texts(words.code),
        sentence=sentence(problem.code, problem.details, words.code) if problem else None,
        said=words.person_changed if saved.what(request) == "school" else "",
        schools=[
            {
                "code": row.code,
                "name": row.name,
                "town": row.town_code,
                "classes": classes.get(row.code, []),
                "people": number[row.code],
            }
            for row in listed
        ],
    )
