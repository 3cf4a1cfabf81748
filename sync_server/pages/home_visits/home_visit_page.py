"""One home visit: what everybody who may open it sees of it, and its content, once and for a reason."""

from dataclasses import dataclass
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
from sync_server.deps import EngineDep, RefusalsDep, SettingsDep, SignedIn, campaign_of
from sync_server.pages import saved
from sync_server.pages.filter_dependency import minute
from sync_server.pages.forms import Given, text_in
from sync_server.pages.home_visits import not_own
from sync_server.pages.home_visits.home_visits_page import line, plan_words
from sync_server.pages.rendering import page, words_for
from sync_server.pages.values import value_words
from sync_server.queries import people_lists
from sync_server.texts.handovers import handover_texts
from sync_server.texts.home_visits import home_visit_texts
from sync_server.texts.words import Texts
from sync_server.vault import plans, visits

router = APIRouter()
Visit = Annotated[RecordId, PathParameter()]


@router.get("/home-visits/{visit}")
def home_visit_page(
    request: Request,
    access: SignedIn,
    engine: EngineDep,
    settings: SettingsDep,
    refusals: RefusalsDep,
    visit: Visit,
) -> Response:
    """The page on which a reason is given. An attempt at the visit of others is noted."""
    texts = home_visit_texts(words_for(request).code)
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        row = visits.get(session, access, campaign, visit)
        if row is not None:
            keys = visits.keys_or_problem(session, campaign, settings.keys)
            [one] = visits.masked([row], keys)
            names, school_names = people_lists.people_names(session), schools.school_names(session)
            shown = line(one, names, school_names, texts, plans.asking(session))
    if row is None:
        not_own.refuse(request, access, engine, refusals, visit)
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
    refusals: RefusalsDep,
    visit: Visit,
    given: Given,
) -> Response:
    """The content, after the audit log says who reads it and why."""
    reason = text_in(given, "other", visits.LONGEST_REASON) or text_in(given, "reason")

    texts = home_visit_texts(words_for(request).code)

    def work(session: Session) -> _Opened | Problem:
        campaign = campaign_of(session, request).id
        found = visits.open_for(session, access, campaign, visit, settings.keys, reason)
        if isinstance(found, Problem):
            return found
        row, content = found
        names, asked = people_lists.people_names(session), plans.asking(session)
        return _Opened(
            row,
            content,
            names.get(row.person, ""),
            schools.school_names(session).get(row.held_school, row.held_school),
            plan_words(row, bool(content.follow_up), names, texts, asked),
            plans.may_decide(access, row, plans.state(row, bool(content.follow_up), asked)),
        )

    found = in_transaction(engine, work)
    if isinstance(found, Problem):
        if found.kind is problems.not_found:
            not_own.refuse(request, access, engine, refusals, visit, reason)
        raise found
    return _shown(request, access, found, reason)


@dataclass(frozen=True, slots=True)
class _Opened:
    """An opened home visit, with names and what became of its plan."""

    row: HomeVisitRow
    content: HomeVisit
    teacher: str
    school: str
    plan: str
    may_decide: bool


def _shown(request: Request, access: Access, opened: _Opened, reason: str) -> Response:
    words = words_for(request)
    return page(
        request,
        "home_visit_opened.html",
        access,
        v=home_visit_texts(words.code),
        h=handover_texts(words.code),
        row=opened.row,
        teacher=opened.teacher,
        school=opened.school,
        plan=opened.plan,
        may_decide=opened.may_decide,
        reason=reason,
        sections=_sections(opened.content, words),
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
