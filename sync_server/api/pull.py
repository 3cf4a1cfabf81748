"""`GET /api/v1/campaigns/{campaign}/pull`: the log, page by page, spliced from stored text."""

from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Response
from sqlalchemy import Row

from shared import problems
from shared.sync.wire import MAX_OPERATIONS, PullAnswer
from sync_server.access import devices, people, receipts, schools, token_renewal
from sync_server.api.log_reader import LogReader, LogReaderDep
from sync_server.database import campaigns
from sync_server.database.campaigns import End
from sync_server.database.timestamps import now_text
from sync_server.database.transactions import reading
from sync_server.deps import AnswerRoom, LanesDep, OfficeKeyDep
from sync_server.http.declarations import PHONE, PHONES, SEEN_LOGS, answers
from sync_server.log import masked, pages
from sync_server.log.pages import DEVICE
from sync_server.unsent.office_key import OfficeKeyFile

router = APIRouter()


@router.get(
    "/campaigns/{campaign}/pull",
    openapi_extra={"security": PHONE},
    responses=answers(200, PullAnswer, *SEEN_LOGS, *PHONES),
)
async def pull(
    reader: LogReaderDep,
    lanes: LanesDep,
    _held: AnswerRoom,
    office: OfficeKeyDep,
    limit: Annotated[int, Query(ge=1, le=MAX_OPERATIONS)] = MAX_OPERATIONS,
    epoch: Annotated[str, Query(max_length=40)] | None = None,
) -> Response:
    """The operations after `since`, in order; `tip` and `epoch`: what the phone knows of the log there."""
    return await lanes.logs.run(partial(_pull, reader, office, epoch, limit))


def _pull(reader: LogReader, office: OfficeKeyFile, epoch: str | None, limit: int) -> Response:
    phone, campaign = reader.phone, reader.phone.campaign
    with reading(reader.engine) as session:
        row = campaigns.get(session, campaign)
        present = row.epoch
        if epoch not in (None, present):
            raise problems.epoch_changed(epoch=present)
        another = reader.has_seen_another(session, row)
        if not another:
            page = pages.scoped(session, campaign, phone.device, reader.scope, reader.seen.since, limit)
            named = devices.names(session, campaign, {row[DEVICE] for row in page.rows})
            unit = people.unit_of(session, phone.access.person.id)
            roles = schools.given_roles(session, phone.access.grants, unit)
            given = receipts.of(row, End(page.next, page.fingerprint))
            wires = masked.wires(session, campaign, phone.access, phone.device, page.rows)
    if another:
        raise reader.told_apart(present)
    due = {"renew_token": True} if token_renewal.is_due(phone.token_since) else {}
    again = {"again": True} if page.again else {}
    key = office.public()
    office_key = {"office_key": key.model_dump()} if key else {}
    tail = orjson.dumps(
        {
            **due,
            **again,
            **office_key,
            "next": page.next,
            "tip": page.fingerprint,
            "receipt": given,
            "more": page.more,
            "devices": named,
            "scope": phone.access.fingerprint,
            "left": page.left,
            "roles": roles,
            "epoch": present,
            "server_time": now_text(),
        }
    )
    ops = ",".join([_spliced(row, wire) for row, wire in zip(page.rows, wires, strict=True)])
    return reader.answer(b'{"ops":[' + ops.encode() + b"]," + tail[1:])


def _spliced(row: Row[Any], wire: str) -> str:
    """A `wire.StampedOperation`: the stamp is put before the operation's own text."""
    seq, _, _, hlc_eff, base_eff, ledger_no, _ = tuple(row)
    stamp = f'{{"seq":{seq},'
    if hlc_eff:
        stamp += f'"hlc_eff":"{hlc_eff}",'
    if base_eff is not None:
        stamp += f'"base_eff":{base_eff},'
    if ledger_no:
        stamp += f'"ledger_no":"{ledger_no}",'
    return stamp + wire[1:]
