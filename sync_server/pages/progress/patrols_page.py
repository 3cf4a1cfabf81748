"""巡查: how many of a year's patrols are valid, by town and by person, and how many waters they reached."""

from typing import Any

from fastapi import APIRouter, Request, Response

from shared.counting import percent
from shared.permissions import Action
from shared.towns import town_name
from sync_server.access.masking import mask_for
from sync_server.database import campaigns
from sync_server.database.timestamps import this_year
from sync_server.database.transactions import reading
from sync_server.deps import EngineDep, SignedIn, YearDep, campaign_of
from sync_server.pages.rendering import page, words_for
from sync_server.queries import people_lists, progress
from sync_server.queries.filters import NOWHERE, Filter
from sync_server.queries.numbers import patrol_numbers
from sync_server.queries.numbers.patrol_numbers import Patrols
from sync_server.texts.numbers.progress import progress_texts
from sync_server.texts.signs import sign_texts

router = APIRouter()
MOST_PEOPLE = 100
"""People in the table; those with the most valid patrols where there are more."""


@router.get("/progress/patrols")
def patrols_page(request: Request, access: SignedIn, engine: EngineDep, year: YearDep) -> Response:
    """The numbers of a year, of what the person may see; people only for those who decide."""
    access.require(Action.SEE_HAZARDS)
    words = words_for(request)
    with reading(engine) as session:
        campaign = campaign_of(session, request)
        profile = campaigns.profile_of(campaign)
        found = patrol_numbers.of_year(session, access, campaign, profile, year)
        years = progress.years(session, access, campaign, this_year())
        names = people_lists.people_names(session) if access.can(Action.DECIDE) else {}
    mask = mask_for(access)
    people = sorted(found.people.items(), key=lambda item: (-item[1].valid, -item[1].all, item[0]))
    people = people if access.can(Action.DECIDE) else []
    codes = sorted({*found.towns, *found.known}, key=lambda code: (code is None, code or ""))

    def town(code: str | None) -> dict[str, Any]:
        patrols, known = found.towns.get(code, Patrols()), found.known.get(code, 0)
        return {
            "name": town_name(code, words.code) if code else words.no_town,
            "href": f"/ledger?{Filter(town=code or NOWHERE).query()}",
            "patrols": patrols,
            "rate": percent(patrols.valid, patrols.all),
            "coverage": percent(patrols.waters, known),
            "known": known,
        }

    return page(
        request,
        "patrols.html",
        access,
        w=progress_texts(words.code),
        rule=sign_texts(words.code).rule.format(metres=f"{profile.patrol_m:g}"),
        year=year,
        years=years,
        limited=access.towns(Action.SEE_HAZARDS) is not None,
        whole=found.whole,
        known=sum(found.known.values()),
        towns=[town(code) for code in codes],
        people=[
            (mask.name(names.get(person, person[:8])), patrols, percent(patrols.valid, patrols.all))
            for person, patrols in people[:MOST_PEOPLE]
        ],
        left_out=max(0, len(people) - MOST_PEOPLE),
    )
