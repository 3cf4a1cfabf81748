"""`GET /api/v1/campaigns/{campaign}/snapshot`: the present records, for a phone that has none."""

from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Response

from shared import problems
from shared.sync.wire import MAX_OPERATIONS, SnapshotAnswer
from sync_server.access import devices, receipts
from sync_server.api.log_reader import LogReader, LogReaderDep
from sync_server.database import campaigns
from sync_server.database.timestamps import now_text
from sync_server.database.transactions import reading
from sync_server.deps import AnswerRoom, LanesDep
from sync_server.http.declarations import PHONE, PHONES, SEEN_LOGS, answers
from sync_server.log import masked, snapshot

router = APIRouter()


@router.get(
    "/campaigns/{campaign}/snapshot",
    openapi_extra={"security": PHONE},
    responses=answers(200, SnapshotAnswer, *SEEN_LOGS, *PHONES),
)
async def read(
    reader: LogReaderDep,
    lanes: LanesDep,
    _held: AnswerRoom,
    after: Annotated[str, Query(max_length=80)] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_OPERATIONS)] = MAX_OPERATIONS,
) -> Response:
    """The records after `after`, in the order of their keys; `since`, `tip`: how the phone knows the log."""
    return await lanes.logs.run(partial(_read, reader, after, limit))


def _read(reader: LogReader, after: str, limit: int) -> Response:
    phone, campaign = reader.phone, reader.phone.campaign
    with reading(reader.engine) as session:
        row = campaigns.get(session, campaign)
        another = reader.has_seen_another(session, row)
        try:
            page = snapshot.page(session, campaign, after, limit, reader.scope)
        except ValueError:
            raise problems.invalid(errors=[{"path": "after", "reason": "unknown_value"}]) from None
        masked.mask_records(session, campaign, phone.access, phone.device, page.records)
        named = devices.names(session, campaign, _writers(page.records))
        epoch, given = row.epoch, receipts.of(row, page.end)
    if another:
        raise reader.told_apart(epoch)
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
    return reader.answer(body)


def _writers(records: list[dict[str, Any]]) -> set[str]:
    """The devices of the writes that head something (`merge.to_json`)."""
    return {live[0] for record in records for live in record["state"]["live"]}
