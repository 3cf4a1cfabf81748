"""Refused home visits: listed, and accepted as visits of the school, or discarded with a reason."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathParameter
from sqlmodel import Session

from shared.problem_texts import sentence
from shared.records.values import Sha256
from sync_server.access import schools
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, HomeVisitReader, campaign_of
from sync_server.pages import saved
from sync_server.pages.filter_dependency import minute
from sync_server.pages.forms import Given, text_in
from sync_server.pages.rendering import page, words_for
from sync_server.queries import people_lists
from sync_server.texts.home_visits import HomeVisitTexts, home_visit_texts
from sync_server.vault import quarantine, visits
from sync_server.vault.quarantine import RefusedEnvelope

router = APIRouter()
Envelope = Annotated[Sha256, PathParameter()]
Before = Annotated[
    str | None, Query(max_length=140, pattern=r"^[0-9T:.Z-]{20,30}_[0-9a-f]{64}_[0-9a-f-]{36}$")
]
_LIST = "/home-visits/refused"


@router.get(_LIST)
def refused_page(
    request: Request, access: HomeVisitReader, engine: EngineDep, before: Before = None
) -> Response:
    """What is to be settled, page by page, the newest first."""
    words = words_for(request)
    texts = home_visit_texts(words.code)
    at, sha256, person = (before or "__").split("_")
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        place = (at, sha256, person) if before else None
        rows, more = quarantine.page(session, access, campaign, place)
        names, school_names = people_lists.people_names(session), schools.school_names(session)
        phones = people_lists.device_names(session, campaign)
    lines = [_line(one, names, school_names, phones, texts, words.code) for one in rows]
    return page(
        request,
        "home_visits_refused.html",
        access,
        v=texts,
        rows=lines,
        next=f"{_LIST}?before={'_'.join(more)}" if more else None,
        done=texts.discarded if saved.what(request) == "discarded" else "",
    )


def _line(
    one: RefusedEnvelope,
    names: dict[str, str],
    school_names: dict[str, str],
    phones: dict[str, str],
    texts: HomeVisitTexts,
    language: str,
) -> dict[str, Any]:
    row, sender = one.row, names.get(one.row.person, "")
    phone = phones.get(row.sent_with or "", "")
    return {
        "envelope": row.sha256,
        "received_at": minute(row.received_at),
        "where": f"{school_names.get(row.school or '', row.school)} {row.class_name}" if row.school else "",
        "sender": (texts.sent_with if phone else texts.sent_by).format(name=sender, phone=phone),
        "why": sentence(row.code, row.details, language),
        "may_accept": one.may_accept,
        "unreadable": row.record is None,
        "size": one.size,
    }


@router.post("/home-visits/refused/{envelope}/accept")
def accept(request: Request, access: HomeVisitReader, engine: EngineDep, envelope: Envelope) -> Response:
    """Make it a home visit of the school."""

    def work(session: Session) -> str:
        return quarantine.accept(session, access, campaign_of(session, request).id, envelope)

    return saved.go_to(f"/home-visits/{in_transaction(engine, work)}", "accepted")


@router.post("/home-visits/refused/{envelope}/discard")
def discard(
    request: Request, access: HomeVisitReader, engine: EngineDep, envelope: Envelope, given: Given
) -> Response:
    """Settle that it is none."""
    reason = text_in(given, "reason", visits.LONGEST_REASON)

    def work(session: Session) -> None:
        quarantine.discard(session, access, campaign_of(session, request).id, envelope, reason)

    in_transaction(engine, work)
    return saved.go_to(_LIST, "discarded")
