"""Sheets to print: a code for a phone of each of several people, with what to do with it."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from shared import problems
from sync_server.access import audit, devices, schools
from sync_server.access.policy import Access
from sync_server.commands import people_import
from sync_server.database.timestamps import later
from sync_server.database.transactions import in_transaction
from sync_server.deps import EngineDep, PeopleManager, SettingsDep, campaign_of
from sync_server.pages.filter_dependency import minute
from sync_server.pages.people import one_time
from sync_server.pages.people.grant_form import grant_words
from sync_server.pages.rendering import origin, page, words_for
from sync_server.queries import people_lists
from sync_server.texts.people_import import import_texts

router = APIRouter(prefix="/people")
MOST_SHEETS = 100
Chosen = Annotated[list[Annotated[str, Form(max_length=40)]], Form(max_length=MOST_SHEETS)]


@router.post("/sheets")
def sheets(
    request: Request,
    access: PeopleManager,
    engine: EngineDep,
    settings: SettingsDep,
    person: Chosen = [],  # noqa: B006
    imported: Annotated[str, Form(alias="import", max_length=40)] = "",
    skipped: Annotated[int, Form(ge=0, lt=10**6)] = 0,
) -> Response:
    """Fresh codes for the chosen people, or for those of an import after the first `skipped`."""
    words = words_for(request)
    texts = import_texts(words.code)

    def work(session: Session) -> list[dict[str, Any]]:
        chosen = person
        if imported:
            added = people_import.plan(session, access, imported).created or ()
            chosen = list(added[skipped : skipped + MOST_SHEETS])
        campaign, names = campaign_of(session, request).id, schools.school_names(session)
        found = [one for one in _accounts(session, access, chosen) if one.row.active]
        devices.end_codes(session, [one.row.id for one in found])
        made = []
        for one in found:
            code = devices.make_code(session, campaign, one.row.id, hours=devices.SHEET_HOURS)
            audit.note(session, "phone_code", person=access.person.id, subject=one.row.id)
            made.append(
                {
                    "name": one.row.name,
                    "grants": [grant_words(given.grant, names, words) for given in one.given],
                    "code": code,
                }
            )
        return made

    made = in_transaction(engine, work)
    if not made:
        raise problems.nobody_chosen()
    for one in made:
        address = one_time.enrolment_address(request, settings, one["code"])
        one["qr"] = one_time.qr(address, f"{texts.sheets} {one['name']}")
    until = minute(later(hours=devices.SHEET_HOURS))
    return page(
        request,
        "sheets.html",
        access,
        i=texts,
        made=made,
        lead=texts.sheets_lead.format(until=until),
        until=texts.until.format(until=until),
        address=f"{origin(request, settings)}/app/",
    )


def _accounts(session: Session, access: Access, chosen: list[str]) -> list[people_lists.Account]:
    wanted = set(chosen)
    found = {one.row.id: one for one in people_lists.accounts(session, access) if one.row.id in wanted}
    return [found[id] for id in dict.fromkeys(chosen) if id in found]
