"""Erasing home visits, where consent is withdrawn or the time is over: first shown, then done."""

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from sync_server.access.policy import Access
from sync_server.database.tables import HomeVisitRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, HomeVisitReader, RefusalsDep, SettingsDep, SignedIn, campaign_of
from sync_server.pages import saved
from sync_server.pages.filter_dependency import minute
from sync_server.pages.forms import Given, text_in, texts_in
from sync_server.pages.home_visits import not_own
from sync_server.pages.home_visits.home_visit_page import Visit
from sync_server.pages.rendering import page, words_for
from sync_server.queries import people_lists
from sync_server.texts.home_visits import home_visit_texts
from sync_server.vault import erasure, visits

router = APIRouter()


@router.post("/home-visits/expired")
def erase_expired(request: Request, access: HomeVisitReader, engine: EngineDep, given: Given) -> Response:
    """What is kept too long: shown, and erased when that is confirmed."""
    if text_in(given, "sure"):

        def work(session: Session) -> int:
            return erasure.erase_expired(session, access, campaign_of(session, request).id)

        in_transaction(engine, work)
        return saved.go_to("/home-visits", "erased")
    with reading(engine) as session:
        rows = erasure.expired(session, access, campaign_of(session, request).id)
        names = people_lists.people_names(session)
    texts = home_visit_texts(words_for(request).code)
    return _preview(
        request, access, rows, names, texts.expired_title, texts.expired_lead, "/home-visits/expired"
    )


@router.post("/home-visits/{visit}/withdraw")
def withdraw(
    request: Request,
    access: SignedIn,
    engine: EngineDep,
    settings: SettingsDep,
    refusals: RefusalsDep,
    visit: Visit,
    given: Given,
) -> Response:
    """The home visits of the same pupil: shown, and erased when that is confirmed."""
    not_own.require_own(request, access, engine, refusals, visit)
    if text_in(given, "sure"):
        chosen = texts_in(given, "visits")
        reason = text_in(given, "reason", visits.LONGEST_REASON)

        def work(session: Session) -> int:
            campaign = campaign_of(session, request).id
            return erasure.withdraw(session, access, campaign, chosen, settings.keys, reason)

        in_transaction(engine, work)
        return saved.go_to("/home-visits", "erased")
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        rows = visits.of_same_pupil(session, access, campaign, visit, settings.keys)
        names = people_lists.people_names(session)
    texts = home_visit_texts(words_for(request).code)
    action = f"/home-visits/{visit}/withdraw"
    return _preview(
        request, access, rows, names, texts.withdraw_title, texts.withdraw_lead, action, chosen=True
    )


def _preview(
    request: Request,
    access: Access,
    rows: list[HomeVisitRow],
    names: dict[str, str],
    title: str,
    lead: str,
    action: str,
    *,
    chosen: bool = False,
) -> Response:
    shown: list[dict[str, Any]] = [
        {
            "id": row.id,
            "sealed_at": minute(row.sealed_at),
            "class_name": row.held_class,
            "teacher": names.get(row.person, ""),
            "keep_until": row.keep_until,
        }
        for row in rows
    ]
    texts = home_visit_texts(words_for(request).code)
    return page(
        request,
        "home_visits_erasing.html",
        access,
        v=texts,
        title=title,
        lead=lead,
        action=action,
        again=action.removesuffix("/withdraw").removesuffix("/expired"),
        rows=shown,
        chosen=chosen,
    )
