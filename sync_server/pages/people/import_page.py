"""Adding many people from a workbook: its template, looking at what it would do, and doing it once."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Request, Response, UploadFile
from fastapi import Path as PathParameter
from fastapi.responses import RedirectResponse
from sqlalchemy import Engine

from shared.problem_texts import sentence
from shared.problems import Problem
from shared.towns import TOWNS, town_name
from shared.vocabulary import Role
from sync_server.access.policy import Access
from sync_server.commands import people_import
from sync_server.commands.people_import import PlannedRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, LanesDep, PeopleManager
from sync_server.exports import people_template
from sync_server.imports import people_workbook
from sync_server.imports.people_workbook import PeopleColumn
from sync_server.pages.export_answer import export
from sync_server.pages.people.sheets_page import MOST_SHEETS
from sync_server.pages.rendering import page, words_for
from sync_server.texts.languages import label
from sync_server.texts.people import people_texts
from sync_server.texts.people_import import import_texts
from sync_server.texts.words import Language, Texts

router = APIRouter(prefix="/people")
ImportPath = Annotated[str, PathParameter(max_length=40)]
LISTED = 200
"""Rows of each kind that the preview lists."""
_LANGUAGES: tuple[Language, ...] = ("zh", "en")
_COLUMNS: tuple[PeopleColumn, ...] = ("name", "role", "towns", "school", "classes")


@router.get("/import")
def import_page(request: Request, access: PeopleManager) -> Response:
    """How it is done, and where to send the file."""
    return _form(request, access)


@router.get("/import/template.xlsx")
async def template(request: Request, access: PeopleManager, lanes: LanesDep) -> Response:
    """The empty workbook."""
    words = words_for(request)
    texts = import_texts(words.code)
    separator = words.list_separator
    roles, towns = [label(role, words) for role in Role], [town_name(town.code, words.code) for town in TOWNS]
    first, of_roles, *more, of_towns = texts.notes
    notes = [first, of_roles + separator.join(roles), *more, of_towns + separator.join(towns)]

    def write(path: Path, _: str) -> None:
        titles = [texts.columns[name] for name in _COLUMNS]
        people_template.write(path, texts.template_sheet, titles, roles, texts.notes_sheet, notes)

    prepare = partial(tuple[str, str], (texts.template_file, ""))
    return await export(lanes, access.person.id, prepare, write, "people.xlsx", people_template.MEDIA_TYPE)


@router.post("/import")
async def send(
    request: Request,
    access: PeopleManager,
    engine: EngineDep,
    lanes: LanesDep,
    file: Annotated[UploadFile, File()],
) -> Response:
    """Look at a workbook, and keep its rows until they are confirmed."""
    data = await file.read()
    try:
        id = await lanes.exports.run(partial(_kept, engine, access, data), access.person.id)
    except Problem as problem:
        return _form(request, access, problem)
    return RedirectResponse(f"/people/imports/{id}", 303)


@router.get("/imports/{id}")
def preview(request: Request, access: PeopleManager, engine: EngineDep, id: ImportPath) -> Response:
    """What would become of each row, or has become of them."""
    words = words_for(request)
    with reading(engine) as session:
        plan = people_import.plan(session, access, id)
    faulty = [row for row in plan.rows if row.fault]
    shown = [*faulty[:LISTED], *plan.ready[:LISTED]]
    done = 0 if plan.created is None else len(plan.created)
    return page(
        request,
        "people_import.html",
        access,
        p=people_texts(words.code),
        i=import_texts(words.code),
        sentence=None,
        plan=plan,
        ready=len(plan.ready),
        faulty=len(faulty),
        done=done,
        rows=[_row_words(row, words) for row in shown],
        unlisted=len(plan.rows) - len(shown),
        sheets=[(at, min(at + MOST_SHEETS, done)) for at in range(0, done, MOST_SHEETS)],
    )


@router.post("/imports/{id}/confirm")
def confirm(access: PeopleManager, engine: EngineDep, id: ImportPath) -> Response:
    """Add the people; a second time nobody is added."""
    in_transaction(engine, lambda session: people_import.confirm(session, access, id))
    return RedirectResponse(f"/people/imports/{id}", 303)


def _form(request: Request, access: Access, problem: Problem | None = None) -> Response:
    words = words_for(request)
    return page(
        request,
        "people_import.html",
        access,
        status=problem.kind.status if problem else 200,
        p=people_texts(words.code),
        i=import_texts(words.code),
        sentence=sentence(problem.code, problem.details, words.code) if problem else None,
        plan=None,
    )


def _kept(engine: Engine, access: Access, data: bytes) -> str:
    titles = {
        people_workbook.folded(import_texts(language).columns[name]): name
        for language in _LANGUAGES
        for name in _COLUMNS
    }
    rows = people_workbook.read(data, titles)
    lines = [{"number": row.number, "cells": dict(row.cells), "fault": row.fault} for row in rows]
    return in_transaction(engine, lambda session: people_import.keep(session, access, lines))


def _row_words(row: PlannedRow, words: Texts) -> dict[str, Any]:
    texts, people = import_texts(words.code), people_texts(words.code)
    where = ""
    if not row.fault and row.school:
        where = f"{row.school} · {words.list_separator.join(row.classes) or people.whole_school}"
    elif not row.fault:
        towns = words.list_separator.join(town_name(code, words.code) for code in row.towns)
        where = towns or people.whole_city
    return {
        "number": row.number,
        "name": row.name,
        "role": label(row.role, words) if row.role else "",
        "where": where,
        "fault": texts.faults[row.fault].format(detail=row.detail) if row.fault else "",
    }
