"""Importing files with what phones have not sent: choosing them, and what became of each."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from shared import problems
from shared.plural import plural
from shared.problem_texts import sentence
from shared.problems import Problem
from shared.sealed.unsent_file import ENDING, MAX_FILE
from sync_server.access.policy import Access
from sync_server.database.transactions import reading
from sync_server.deps import DeviceManager, EngineDep, LanesDep, OfficeKeyDep, campaign_of
from sync_server.pages.forms import text_in
from sync_server.pages.rendering import page, words_for
from sync_server.texts.unsent import UnsentTexts, unsent_texts
from sync_server.texts.words import Language
from sync_server.unsent.intake import Intake
from sync_server.unsent.office_key import OfficeKeyFile
from sync_server.unsent.outcome import Fate, Outcome
from sync_server.unsent.reading import UnsentReader

router = APIRouter()
PATH = "/devices/import"
MOST_FILES = 20
MOST_BYTES = 4 * MAX_FILE
"""Size limit of the form."""
SECONDS = 900.0
"""Time limit for all files to arrive."""
_FATES: tuple[Fate, ...] = ("new", "known", "quarantined", "settled", "refused", "left")


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What became of a file with this `name`: an outcome, or why nothing of it was taken."""

    name: str
    outcome: Outcome | None = None
    problem: Problem | None = None


@router.get(PATH)
def unsent_page(request: Request, access: DeviceManager) -> Response:
    """How it is done, and where to send the files."""
    return _page(request, access)


@router.post(PATH)
async def import_unsent(
    request: Request, access: DeviceManager, engine: EngineDep, lanes: LanesDep, office: OfficeKeyDep
) -> Response:
    """Take in all of a file, or nothing where it is not whole; importing it again adds nothing."""
    try:
        async with asyncio.timeout(SECONDS):
            form = await request.form(max_files=MOST_FILES, max_fields=4)
    except TimeoutError:
        raise problems.body_too_slow(retry_after_s=1) from None
    try:
        files, trust = _files_in(form), _trust(form)
        work = partial(_imported, request, engine, office, files, access, trust)
        imported = await lanes.exports.run(work, access.person.id)
    except Problem as problem:
        return await run_in_threadpool(_page, request, access, problem=problem)
    finally:
        await form.close()
    return await run_in_threadpool(_page, request, access, imported)


def _trust(form: FormData) -> tuple[str, str]:
    """Why what a phone made whose access has ended is to be accepted, and whose it is; "" where it is not."""
    trusted, reason, whose = text_in(form, "trusted"), text_in(form, "reason", 1000), text_in(form, "whose")
    if trusted and not reason:
        raise problems.reason_missing()
    if trusted and not whose:
        raise problems.invalid(errors=[{"path": "whose", "reason": "missing"}])
    return (reason, whose) if trusted else ("", "")


def _files_in(form: FormData) -> list[UploadFile]:
    files = [file for file in form.getlist("file") if isinstance(file, UploadFile) and file.filename]
    if not files:
        raise problems.invalid(errors=[{"path": "file", "reason": "missing"}])
    return files


def _imported(
    request: Request,
    engine: Engine,
    office: OfficeKeyFile,
    files: Sequence[UploadFile],
    access: Access,
    trust: tuple[str, str],
) -> list[ImportedFile]:
    intake: Intake = request.app.state.unsent_intake
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
    kid, opened = office.opener()
    found: list[ImportedFile] = []
    for file in files:
        name = file.filename or ""
        try:
            unsent = UnsentReader(file.file, kid, opened)
            found.append(ImportedFile(name, intake.take(campaign, unsent, access, *trust)))
        except Problem as problem:
            problem.__traceback__ = problem.__context__ = None
            found.append(ImportedFile(name, problem=problem))
    return found


def _page(
    request: Request,
    access: Access,
    imported: Sequence[ImportedFile] = (),
    problem: Problem | None = None,
) -> Response:
    language = words_for(request).code
    texts = unsent_texts(language)
    troubles = [problem, *(one.problem for one in imported)]
    first = next((trouble for trouble in troubles if trouble), None)
    return page(
        request,
        "unsent.html",
        access,
        status=first.kind.status if first else 200,
        u=texts,
        ending=ENDING,
        sentence=_sentence(problem, language),
        imported=[
            {
                "name": one.name,
                "outcome": one.outcome,
                "sentence": _sentence(one.problem, language),
                "lines": _lines(one.outcome, texts) if one.outcome else [],
                "refused": _refused(one.outcome, language) if one.outcome else [],
            }
            for one in imported
        ],
    )


def _sentence(problem: Problem | None, language: Language) -> str | None:
    return sentence(problem.code, problem.details, language) if problem else None


def _lines(outcome: Outcome, texts: UnsentTexts) -> list[dict[str, Any]]:
    """One line for each kind of thing in the file, with how many met which fate."""
    kinds = (
        (texts.records, outcome.operations),
        (texts.home_visits, outcome.home_visits),
        (texts.photos, outcome.photos),
    )
    return [
        {"what": name, "fates": [plural(texts.fates[fate], count[fate]) for fate in _FATES if count[fate]]}
        for name, count in kinds
        if count.total()
    ]


def _refused(outcome: Outcome, language: Language) -> list[str]:
    """Why something was refused or left, in sentences."""
    codes = [*outcome.refused, *([outcome.stopped.code] if outcome.stopped else [])]
    return [sentence(code, {}, language) for code in dict.fromkeys(codes)]
