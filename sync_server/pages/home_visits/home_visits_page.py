"""The home visits that a person may open, with masked names."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from sync_server.database.transactions import reading
from sync_server.deps import EngineDep, HomeVisitReader, SettingsDep, campaign_of
from sync_server.pages.filter_dependency import minute
from sync_server.pages.rendering import page, words_for
from sync_server.queries import people_lists
from sync_server.texts.home_visits import HomeVisitTexts, home_visit_texts
from sync_server.vault import visits
from sync_server.vault.visits import ListedVisit

router = APIRouter()
Before = Annotated[str | None, Query(max_length=80, pattern=r"^[0-9T:.Z-]{20,30}_[0-9a-f-]{36}$")]


@router.get("/home-visits")
def home_visits_page(
    request: Request, access: HomeVisitReader, engine: EngineDep, settings: SettingsDep, before: Before = None
) -> Response:
    """One page of the list."""
    said = home_visit_texts(words_for(request).code)
    at, _, last = (before or "").partition("_")
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        rows, more = visits.page(session, access, campaign, (at, last) if before else None)
        keys = visits.keys_or_problem(session, campaign, settings.keys)
        names = people_lists.people_names(session)
        lines = [line(one, names, said) for one in visits.masked(rows, keys)]
    return page(
        request,
        "home_visits.html",
        access,
        v=said,
        rows=lines,
        next=f"/home-visits?before={'_'.join(more)}" if more else None,
    )


def line(one: ListedVisit, names: dict[str, str], said: HomeVisitTexts) -> dict[str, Any]:
    """A home visit as lists show it."""
    states = {
        "withdrawn": said.withdrawn,
        "expired": said.expired,
        "key_destroyed": said.key_destroyed,
        "": said.does_not_open if one.why else said.kept,
    }
    return {
        "id": one.row.id,
        "sealed_at": minute(one.row.sealed_at),
        "school": one.row.school,
        "class_name": one.row.class_name,
        "pupil": one.masked,
        "teacher": names.get(one.row.person, ""),
        "state": states[one.row.erased_why],
        "keep_until": one.row.keep_until,
        "gone": one.row.sealed is None,
    }
