"""`GET /api/v1/campaigns/{campaign}/snapshot`: the present records, for a phone that has none."""

from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Engine

from shared import problems
from shared.sync.waiting import Waiting
from shared.sync.wire import MAX_OPERATIONS, SnapshotAnswer
from sync_server.access import devices, receipts
from sync_server.access.bursts import Bursts
from sync_server.access.devices import Phone
from sync_server.api.pull import AsKnown, Receipt, Towns, note_seen, scope_of
from sync_server.commands import restore
from sync_server.commands.restore import SeenLog
from sync_server.database import campaigns
from sync_server.database.timestamps import now_text
from sync_server.database.transactions import reading
from sync_server.deps import AnswerRoom, EngineDep, LanesDep, PhoneDep, WaitingDep
from sync_server.http import compression
from sync_server.http.declarations import PHONE, PHONES, SEEN_LOGS, answers
from sync_server.log import masked, snapshot
from sync_server.log.scopes import Scope

router = APIRouter()


@router.get(
    "/campaigns/{campaign}/snapshot",
    openapi_extra={"security": PHONE},
    responses=answers(200, SnapshotAnswer, *SEEN_LOGS, *PHONES),
)
async def read(
    campaign: str,
    request: Request,
    phone: PhoneDep,
    engine: EngineDep,
    lanes: LanesDep,
    _held: AnswerRoom,
    waiting: WaitingDep,
    after: Annotated[str, Query(max_length=80)] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_OPERATIONS)] = MAX_OPERATIONS,
    since: Annotated[int, Query(ge=0, lt=2**53)] = 0,
    tip: AsKnown = None,
    receipt: Receipt = "",
    towns: Towns = "",
) -> Response:
    """The records after `after`, in the order of their keys; `since`, `tip`: how the phone knows the log."""
    if campaign != phone.campaign:
        raise problems.campaign_foreign()
    scope, gzip = scope_of(phone, towns), compression.accepts(request, "gzip")
    seen, bursts = SeenLog(since, tip, receipt), request.app.state.bursts
    return await lanes.logs.run(
        partial(_read, engine, bursts, phone, waiting, scope, seen, after, limit, gzip)
    )


def _read(
    engine: Engine,
    bursts: Bursts,
    phone: Phone,
    waiting: Waiting | None,
    scope: Scope,
    seen: SeenLog,
    after: str,
    limit: int,
    gzip: bool,
) -> Response:
    campaign = phone.campaign
    with reading(engine) as session:
        row = campaigns.get(session, campaign)
        another = restore.is_another(session, row, seen)
        try:
            page = snapshot.page(session, campaign, after, limit, scope)
        except ValueError:
            raise problems.invalid(errors=[{"path": "after", "reason": "unknown_value"}]) from None
        masked.mask_records(session, campaign, phone.access, phone.device, page.records)
        named = devices.names(session, campaign, _writers(page.records))
        epoch, given = row.epoch, receipts.of(row, page.end)
    if another:
        raise restore.answer(engine, bursts, phone, epoch, seen)
    body = orjson.dumps(
        {
            "records": page.records,
            "next": page.next,
            "seq": page.end.seq,
            "tip": page.end.fingerprint,
            "receipt": given,
            "devices": named,
            "scope": phone.access.fingerprint,
            "epoch": epoch,
            "server_time": now_text(),
        }
    )
    note_seen(engine, phone, waiting)
    return compression.api_answer(body, gzip=gzip)


def _writers(records: list[dict[str, Any]]) -> set[str]:
    """The devices of the writes that head something (`merge.to_json`)."""
    return {live[0] for record in records for live in record["state"]["live"]}
