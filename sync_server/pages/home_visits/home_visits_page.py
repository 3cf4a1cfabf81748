"""Home visits: those that a person may open, with masked names, and how many there are at least."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Engine

from shared import problems
from shared.home_visits import school_year
from shared.home_visits.school_year import SchoolYear
from shared.home_visits.vocabulary import VisitMode, VisitReason
from shared.permissions import Action
from shared.problem_texts import sentence
from shared.problems import Problem
from shared.towns import TOWNS
from sync_server.access import schools
from sync_server.access.policy import Access
from sync_server.database.tables import HomeVisitRow
from sync_server.database.timestamps import today
from sync_server.database.transactions import reading
from sync_server.deps import EngineDep, HomeVisitReader, SettingsDep, VisitIndexDep, campaign_of
from sync_server.pages import saved
from sync_server.pages.filter_dependency import minute
from sync_server.pages.home_visits import export_page
from sync_server.pages.rendering import page, words_for
from sync_server.queries import people_lists
from sync_server.settings import Settings
from sync_server.texts.handovers import handover_texts
from sync_server.texts.home_visits import HomeVisitTexts, home_visit_texts
from sync_server.texts.languages import label
from sync_server.vault import counts, erasure, full_export, offers, plans, quarantine, visits
from sync_server.vault.counts import VisitIndex
from sync_server.vault.visits import MaskedVisit

router = APIRouter()
_MOST_PLANS = 20
Before = Annotated[str | None, Query(max_length=80, pattern=r"^[0-9T:.Z-]{20,30}_[0-9a-f-]{36}$")]


@router.get("/home-visits")
def home_visits_page(
    request: Request,
    access: HomeVisitReader,
    engine: EngineDep,
    settings: SettingsDep,
    index: VisitIndexDep,
    before: Before = None,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    town: Annotated[str | None, Query(pattern=r"^[0-9]{9}$|^$")] = None,
) -> Response:
    """One page of the list, and the numbers of a school year, which begins in `year`."""
    texts = home_visit_texts(words_for(request).code)
    at, _, last = (before or "").partition("_")
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        rows, more = visits.page(session, access, campaign, (at, last) if before else None)
        keys = visits.keys_or_problem(session, campaign, settings.keys)
        names = people_lists.people_names(session)
        school_names, asked = schools.school_names(session), plans.asking(session)
        lines = [line(one, names, school_names, texts, asked) for one in visits.masked(rows, keys)]
        planned = plans.of_own_schools(session, access, campaign, settings.keys)
        waiting = offers.waiting(session, access, campaign)
        overdue = len(erasure.expired(session, access, campaign))
        refused = quarantine.waiting(session, access, campaign)
        exports = export_page.shown(
            access, full_export.listed(session, access, campaign), names, school_names
        )
    return page(
        request,
        "home_visits.html",
        access,
        v=texts,
        rows=lines,
        may_open=access.can(Action.SEE_HOME_VISITS),
        next=f"/home-visits?before={'_'.join(more)}" if more else None,
        overdue=overdue,
        offers=waiting,
        plans=planned.counts,
        to_decide=[
            {"id": row.id, "sealed_at": minute(row.sealed_at), "where": row.held_class}
            for row in planned.to_decide[:_MOST_PLANS]
        ],
        waiting_plans=len(planned.to_decide),
        approving=[(code, school_names.get(code, code), code in asked) for code in plans.own_schools(access)],
        h=handover_texts(words_for(request).code),
        grace=erasure.GRACE_DAYS,
        refused=refused,
        exports=exports,
        own_schools=[(code, school_names.get(code, code)) for code in full_export.own_schools(access)],
        years=_years(),
        done={
            "erased": texts.erased,
            "plans_set": texts.plans_set,
            "plan_decided": texts.plan_decided,
            "export_asked": texts.export_asked,
            "export_decided": texts.export_decided,
        }.get(saved.what(request), ""),
        counts=_counts(request, access, engine, settings, index, campaign, year, town or None),
    )


def _counts(
    request: Request,
    access: Access,
    engine: Engine,
    settings: Settings,
    index: VisitIndex,
    campaign: str,
    year: int | None,
    town: str | None,
) -> dict[str, Any] | None:
    """What the page says in numbers; None for those who may not count."""
    if not access.can(Action.COUNT_HOME_VISITS):
        return None
    words = words_for(request)
    texts = home_visit_texts(words.code)
    asked = school_year.starting(year) if year else school_year.of_day(today())
    shown: dict[str, Any] = {"year": asked, "town": town, "years": _years(), "problem": None}
    try:
        counted = index.counted(engine, campaign, settings.keys)
    except Problem as problem:
        if problem.kind is not problems.keys_unavailable:
            raise
        return {**shown, "problem": sentence(problem.code, problem.details, words.code)}
    with reading(engine) as session:
        public = counts.public(session, access, campaign, counted, asked.first, town)
        school_names = schools.school_names(session)
    terms: dict[str, dict[str, str]] = {
        "school": school_names,
        "mode": {term.value: label(term, words) for term in VisitMode},
        "reason": {term.value: label(term, words) for term in VisitReason},
    }
    tables = [
        (title, [(terms.get(by, {}).get(cell, cell), number) for cell, number in public.tables[by].items()])
        for by, title in zip(counts.BY, texts.by, strict=True)
    ]
    own = access.towns(Action.COUNT_HOME_VISITS)
    towns = [one for one in TOWNS if own is None or one.code in own]
    return {**shown, "total": public.total, "tables": tables, "towns": towns}


def _years() -> list[SchoolYear]:
    """The school years that can be asked for, the present one first: visits are not kept longer than two."""
    present = int(school_year.of_day(today()).first[:4])
    return [school_year.starting(present - ago) for ago in range(3)]


def line(
    one: MaskedVisit,
    names: dict[str, str],
    school_names: dict[str, str],
    texts: HomeVisitTexts,
    asked: Mapping[str, str],
) -> dict[str, Any]:
    """A home visit as lists show it. `names`: of people, `school_names`: of schools, both by their ids;
    `asked`: as `plans.asking`."""
    states = {
        "withdrawn": texts.withdrawn,
        "expired": texts.expired,
        "key_destroyed": texts.key_destroyed,
        "": texts.does_not_open if one.why else texts.kept,
    }
    return {
        "id": one.row.id,
        "sealed_at": minute(one.row.sealed_at),
        "school": school_names.get(one.row.held_school, one.row.held_school),
        "class_name": one.row.held_class,
        "pupil": one.masked,
        "teacher": names.get(one.row.person, ""),
        "holder": names.get(one.row.held_by, "") if one.row.held_by != one.row.person else "",
        "state": states[one.row.erased_why],
        "keep_until": one.row.keep_until,
        "gone": one.row.sealed is None,
        "plan": plan_words(one.row, one.plans, names, texts, asked),
    }


def plan_words(
    row: HomeVisitRow, has_plan: bool, names: dict[str, str], texts: HomeVisitTexts, asked: Mapping[str, str]
) -> str:
    """What became of a visit's plan, "" where nothing is to be approved."""
    words = {"": "", plans.WAITING: texts.plan_waits, plans.APPROVED: texts.plan_approved}
    said = {"name": names.get(row.plan_by or "", ""), "reason": row.plan_reason}
    return words.get(plans.state(row, has_plan, asked), texts.plan_returned).format(**said)
