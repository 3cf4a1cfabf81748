"""`GET /api/v1/campaigns/{campaign}/progress`: how far city and towns are toward the year's target."""

from functools import partial

import orjson
from fastapi import APIRouter, Request, Response
from sqlalchemy import Engine

from shared import problems
from shared.permissions import Action
from shared.sync.progress import ProgressAnswer, TownProgress
from sync_server.access.devices import Phone
from sync_server.database import campaigns
from sync_server.database.timestamps import now_text, this_year
from sync_server.database.transactions import reading
from sync_server.deps import EngineDep, LanesDep, PhoneDep
from sync_server.http import compression
from sync_server.http.declarations import PHONE, PHONES, answers
from sync_server.queries import progress

router = APIRouter()


@router.get(
    "/campaigns/{campaign}/progress",
    openapi_extra={"security": PHONE},
    responses=answers(200, ProgressAnswer, problems.campaign_foreign, *PHONES),
)
async def count(
    campaign: str, request: Request, phone: PhoneDep, engine: EngineDep, lanes: LanesDep
) -> Response:
    """The numbers of the present year, of what the phone's person may see; none where that is nothing."""
    if campaign != phone.campaign:
        raise problems.campaign_foreign()
    gzip = compression.accepts(request, "gzip")
    return await lanes.logs.run(partial(_count, engine, phone, gzip), phone.device)


def _count(engine: Engine, phone: Phone, gzip: bool) -> Response:
    year, access = this_year(), phone.access
    granted = access.towns(Action.SEE_HAZARDS)
    with reading(engine) as session:
        campaign = campaigns.get(session, phone.campaign)
        sums = [
            (town, progress.of(session, access, campaign, year, town))
            for town in ([None] if granted is None else sorted(granted))
        ]
    answer = ProgressAnswer(
        year=year,
        definition=next((one.definition.value for _, one in sums), ""),
        towns=[
            TownProgress(
                town_code=town, target=one.target, counted=one.counted, relapsed=one.relapsed, net=one.net
            )
            for town, one in sums
        ],
        server_time=now_text(),
    )
    return compression.api_answer(orjson.dumps(answer.model_dump(mode="json")), gzip=gzip)
