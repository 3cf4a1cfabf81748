"""One home visit: what everybody who may open it sees of it, and its content, once and for a reason."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter
from sqlmodel import Session

from shared import problems
from shared.home_visits.form import FORM, LABELS
from shared.home_visits.model import HomeVisit
from shared.operations import RecordId
from shared.problem_texts import sentence
from shared.problems import Problem
from sync_server.access import schools
from sync_server.access.policy import Access
from sync_server.database.tables import HomeVisitRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, SettingsDep, SignedIn, campaign_of
from sync_server.pages import saved
from sync_server.pages.filter_dependency import minute
from sync_server.pages.forms import Given, text_in
from sync_server.pages.home_visits.home_visits_page import line
from sync_server.pages.rendering import page, words_for
from sync_server.pages.values import value_words
from sync_server.queries import people_lists
from sync_server.texts.handovers import handover_texts
from sync_server.texts.home_visits import home_visit_texts
from sync_server.texts.words import Texts
from sync_server.vault import visits

router = APIRouter()
Visit = Annotated[RecordId, PathParameter()]


@router.get("/home-visits/{visit}")
def home_visit_page(
    request: Request, access: SignedIn, engine: EngineDep, settings: SettingsDep, visit: Visit
) -> Response:
    """The page on which a reason is given. An attempt at the visit of others is noted."""
    texts = home_visit_texts(words_for(request).code)
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        row = visits.get(session, access, campaign, visit)
        if row is not None:
            keys = visits.keys_or_problem(session, campaign, settings.keys)
            [one] = visits.masked([row], keys)
            shown = line(one, people_lists.people_names(session), schools.school_names(session), texts)
    if row is None:
        in_transaction(engine, lambda s: visits.note_refusal(s, access, campaign, visit))
        raise problems.not_found()
    why = sentence(one.why, {}, words_for(request).code) if one.why else None
    return page(
        request,
        "home_visit.html",
        access,
        v=texts,
        done=texts.accepted if saved.what(request) == "accepted" else "",
        h=handover_texts(words_for(request).code),
        visit=shown,
        sentence=why,
    )


@router.post("/home-visits/{visit}")
def open_home_visit(
    request: Request,
    access: SignedIn,
    engine: EngineDep,
    settings: SettingsDep,
    visit: Visit,
    given: Given,
) -> Response:
    """The content, after the audit log says who reads it and why."""
    reason = text_in(given, "other", visits.LONGEST_REASON) or text_in(given, "reason")

    def work(session: Session) -> tuple[HomeVisitRow, HomeVisit, str, str] | Problem:
        campaign = campaign_of(session, request).id
        found = visits.open_for(session, access, campaign, visit, settings.keys, reason)
        if isinstance(found, Problem):
            return found
        row, content = found
        teacher = people_lists.people_names(session).get(row.person, "")
        return row, content, teacher, schools.school_names(session).get(row.held_school, row.held_school)

    found = in_transaction(engine, work)
    if isinstance(found, Problem):
        raise found
    return _opened(request, access, *found, reason)


def _opened(
    request: Request,
    access: Access,
    row: HomeVisitRow,
    content: HomeVisit,
    teacher: str,
    school: str,
    reason: str,
) -> Response:
    words = words_for(request)
    texts = home_visit_texts(words.code)
    return page(
        request,
        "home_visit_opened.html",
        access,
        v=texts,
        h=handover_texts(words.code),
        row=row,
        teacher=teacher,
        school=school,
        reason=reason,
        sections=_sections(content, words),
    )


def _sections(content: HomeVisit, words: Texts) -> list[dict[str, Any]]:
    """The parts of the form with all that was filled in."""
    say = value_words(words)
    found = []
    for part in FORM.sections:
        names = [field.name for field in part.fields]
        if "legal_basis" in names:
            names += ["consent_at", "consent_version"]
        values = {name: getattr(content, name) for name in names}
        values |= {name: minute(content.consent_at) for name in names if name == "consent_at"}
        facts = [(LABELS[name].of(words.code), say.read(name, values[name])) for name in names]
        facts = [(label, value) for label, value in facts if value]
        if facts and part.title:
            found.append({"title": part.title.of(words.code), "facts": facts})
    return found
