"""Hand-over of a pupil's home visits: offered from an opened one, then accepted, declined or withdrawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathParameter
from sqlalchemy import Engine
from sqlmodel import Session

from shared import problems
from shared.home_visits.vocabulary import ConsentHow
from shared.operations import RecordId
from shared.problem_texts import sentence
from shared.problems import Problem
from sync_server.access import schools
from sync_server.access.policy import Access
from sync_server.database.timestamps import today
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, HandoverParty, RefusalsDep, SettingsDep, campaign_of
from sync_server.pages import saved
from sync_server.pages.filter_dependency import minute
from sync_server.pages.forms import Given, text_in, texts_in
from sync_server.pages.home_visits import not_own
from sync_server.pages.home_visits.home_visit_page import Visit
from sync_server.pages.rendering import page, words_for
from sync_server.queries import people_lists
from sync_server.settings import Settings
from sync_server.texts.handovers import HandoverTexts, handover_texts
from sync_server.texts.home_visits import home_visit_texts
from sync_server.texts.languages import label
from sync_server.texts.words import Texts
from sync_server.vault import handovers, offers, visits
from sync_server.vault.handovers import Consent
from sync_server.vault.key_file import Keys
from sync_server.vault.offers import Offer

router = APIRouter()
Handover = Annotated[RecordId, PathParameter()]
_LIST = "/home-visits/handovers"
_ASKED = ("school", "class_name", "consent_how", "consent_on")


@router.post("/home-visits/{visit}/handover")
def offer(
    request: Request,
    access: HandoverParty,
    engine: EngineDep,
    settings: SettingsDep,
    refusals: RefusalsDep,
    visit: Visit,
    given: Given,
) -> Response:
    """The home visits of the same pupil: shown, and offered when that is confirmed. No others are."""
    not_own.require_own(request, access, engine, refusals, visit)
    if not text_in(given, "sure"):
        return _form(request, access, engine, settings, visit)
    asked = {name: text_in(given, name) for name in _ASKED}
    chosen = texts_in(given, "visits")
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        same = {row.id for row in visits.of_same_pupil(session, access, campaign, visit, settings.keys)}
    if not same.issuperset(chosen):  # the guardian of one pupil agrees
        raise problems.not_found()

    def work(session: Session) -> str:
        consent = _consent(asked["consent_how"], asked["consent_on"])
        return handovers.offered(
            session, access, campaign, chosen, asked["school"], asked["class_name"], consent
        )

    try:
        in_transaction(engine, work)
    except Problem as problem:
        if problem.kind is problems.not_found:
            raise
        return _form(request, access, engine, settings, visit, asked, chosen, problem)
    return saved.go_to(_LIST, "handover_made")


@router.get(_LIST)
def handovers_page(
    request: Request,
    access: HandoverParty,
    engine: EngineDep,
    settings: SettingsDep,
    skipped: Annotated[int, Query(ge=0, lt=10**6)] = 0,
) -> Response:
    """What is offered to the person's classes and from them, and what became of it, page by page."""
    words = words_for(request)
    texts = handover_texts(words.code)
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        found, more = offers.listed(session, access, campaign, skipped)
        known = _Known(
            people_lists.people_names(session),
            schools.school_names(session),
            visits.keys_or_problem(session, campaign, settings.keys),
            _receivers(session, access, found),
        )
        shown = [_shown(access, one, known, texts, words) for one in found]
    return page(
        request,
        "home_visit_handovers.html",
        access,
        v=home_visit_texts(words.code),
        h=texts,
        next=f"{_LIST}?skipped={more}" if more else None,
        parts=[
            (title, part)
            for title, part in (
                (texts.incoming, [one for one in shown if one["may_decide"]]),
                (texts.outgoing, [one for one in shown if not (one["settled"] or one["may_decide"])]),
                (texts.settled, [one for one in shown if one["settled"]]),
            )
            if part
        ],
        done={
            "handover_made": texts.made,
            "handover_accepted": texts.accepted,
            "handover_declined": texts.declined,
            "handover_withdrawn": texts.withdrawn,
        }.get(saved.what(request), ""),
    )


@router.post("/home-visits/handovers/{offer}/accept")
def accept(
    request: Request, access: HandoverParty, engine: EngineDep, offer: Handover, given: Given
) -> Response:
    """Take over what is offered."""
    holder = text_in(given, "holder") or access.person.id
    return _settled(request, engine, "accepted", lambda s, c: handovers.accept(s, access, c, offer, holder))


@router.post("/home-visits/handovers/{offer}/decline")
def decline(
    request: Request, access: HandoverParty, engine: EngineDep, offer: Handover, given: Given
) -> Response:
    """Leave it where it is, with a reason."""
    reason = text_in(given, "reason", visits.LONGEST_REASON)
    return _settled(request, engine, "declined", lambda s, c: handovers.decline(s, access, c, offer, reason))


@router.post("/home-visits/handovers/{offer}/withdraw")
def withdraw(request: Request, access: HandoverParty, engine: EngineDep, offer: Handover) -> Response:
    """Take an offer back."""
    return _settled(request, engine, "withdrawn", lambda s, c: handovers.withdraw(s, access, c, offer))


def _settled(request: Request, engine: Engine, how: str, work: Callable[[Session, str], Any]) -> Response:
    in_transaction(engine, lambda session: work(session, campaign_of(session, request).id))
    return saved.go_to(_LIST, f"handover_{how}")


def _consent(how: str, on: str) -> Consent:
    try:
        return Consent(ConsentHow(how), date.fromisoformat(on))
    except ValueError:
        raise problems.consent_missing() from None


def _form(
    request: Request,
    access: Access,
    engine: Engine,
    settings: Settings,
    visit: str,
    asked: dict[str, str] | None = None,
    chosen: list[str] | None = None,
    problem: Problem | None = None,
) -> Response:
    """The form; what was typed stays in it."""
    words = words_for(request)
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        rows = visits.of_same_pupil(session, access, campaign, visit, settings.keys)
        here = next(row for row in rows if row.id == visit)
        names, school_names = people_lists.people_names(session), schools.school_names(session)
        classes = schools.classes(session)
    lines = [
        {
            "id": row.id,
            "sealed_at": minute(row.sealed_at),
            "class_name": row.held_class,
            "teacher": names.get(row.person, ""),
            "chosen": row.id in chosen if chosen is not None else row.held_class == here.held_class,
        }
        for row in rows
    ]
    return page(
        request,
        "home_visit_handover.html",
        access,
        status=problem.kind.status if problem else 200,
        sentence=sentence(problem.code, problem.details, words.code) if problem else None,
        v=home_visit_texts(words.code),
        h=handover_texts(words.code),
        visit=visit,
        rows=lines,
        asked=asked or {**dict.fromkeys(_ASKED, ""), "school": here.held_school, "consent_on": today()},
        schools=sorted(school_names.items(), key=lambda one: one[1]),
        classes=sorted({one for several in classes.values() for one in several}),
        ways=list(ConsentHow),
        today=today(),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What all offers of a page are shown with. `receivers`: (school, class) → who may have home visits of
    it, where the person may choose."""

    names: Mapping[str, str]
    schools: Mapping[str, str]
    keys: Keys | Problem
    receivers: Mapping[tuple[str, str], Mapping[str, str]]


def _shown(access: Access, one: Offer, known: _Known, texts: HandoverTexts, words: Texts) -> dict[str, Any]:
    """An offer as the list shows it, with the pupil's masked name while it is open."""
    row, names = one.row, known.names
    masked = [found.masked for found in visits.masked([one.first] if one.first else [], known.keys)]
    ends = {
        "from_place": f"{known.schools.get(row.from_school, row.from_school)} {row.from_class}",
        "to_place": f"{known.schools.get(row.to_school, row.to_school)} {row.to_class}",
    }
    by = {
        "name": names.get(row.settled_by or "", ""),
        "at": minute(row.settled_at),
        "holder": names.get(row.holder or "", ""),
        "reason": row.reason,
    }
    outcomes = {
        "accepted": texts.accepted_by,
        "declined": texts.declined_by,
        "withdrawn": texts.withdrawn_by,
    }
    return {
        "id": row.id,
        "title": texts.from_to.format(**ends),
        "pupil": texts.pupil.format(name=masked[0]) if any(masked) else "",
        "offered": texts.offered_by.format(name=names.get(row.offered_by, ""), at=minute(row.offered_at)),
        "offered_at": minute(row.offered_at),
        "agreed": texts.agreed.format(on=row.consent_on, how=label(ConsentHow(row.consent_how), words)),
        "count": row.visits if row.settled else one.visits,
        "settled": row.settled,
        "outcome": outcomes[row.settled].format(**by) if row.settled else "",
        "may_decide": one.may_decide,
        "may_withdraw": one.may_withdraw,
        "holders": _holders(access, one, known),
    }


def _receivers(
    session: Session, access: Access, listed: Sequence[Offer]
) -> dict[tuple[str, str], dict[str, str]]:
    """Whom the person may choose to have what is offered: only themself unless they administer the school."""
    places = {
        (one.row.to_school, one.row.to_class)
        for one in listed
        if one.may_decide and handovers.may_choose_holder(access, one.row)
    }
    return {place: handovers.receivers(session, *place) for place in places}


def _holders(access: Access, one: Offer, known: _Known) -> list[tuple[str, str]]:
    there = known.receivers.get((one.row.to_school, one.row.to_class), {}) if one.may_decide else {}
    return sorted(there.items(), key=lambda found: (found[0] == access.person.id, found[1]))
