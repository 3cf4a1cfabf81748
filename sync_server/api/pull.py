"""`GET /api/v1/campaigns/{campaign}/pull`: the log, page by page, spliced from stored text."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response

from shared import problems
from shared.wire import MAX_OPERATIONS
from sync_server.access import devices
from sync_server.access.devices import Phone
from sync_server.api import answers
from sync_server.deps import EngineDep, PhoneDep
from sync_server.store import campaigns, log
from sync_server.store.database import in_transaction, reading
from sync_server.store.moments import later, now_text

router = APIRouter()

SEEN_EVERY_MINUTES = 10


@router.get("/campaigns/{campaign}/pull")
def pull(
    campaign: str,
    request: Request,
    phone: PhoneDep,
    engine: EngineDep,
    since: Annotated[int, Query(ge=0, lt=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_OPERATIONS)] = MAX_OPERATIONS,
) -> Response:
    """The operations after `since`, in order."""
    if campaign != phone.campaign:
        raise problems.campaign_foreign()
    with reading(engine) as session:
        epoch = campaigns.get(session, campaign).epoch
        rows = log.page(session, campaign, since, limit + 1)
    more, rows = len(rows) > limit, rows[:limit]
    tail = orjson.dumps(
        {
            "next": rows[-1].seq if rows else since,
            "more": more,
            "epoch": epoch,
            "server_time": now_text(),
        }
    )
    ops = ",".join([_spliced(row.seq, row.wire, row.hlc_eff, row.ledger_no) for row in rows])
    _note_seen(engine, phone)
    return answers.packed(b'{"ops":[' + ops.encode() + b"]," + tail[1:], answers.takes_gzip(request))


def _spliced(seq: int, wire: str, hlc_eff: str | None, ledger_no: str | None) -> str:
    """A `wire.StampedOperation`: the stamp is put before the operation's own text."""
    stamp = f'{{"seq":{seq},'
    if hlc_eff:
        stamp += f'"hlc_eff":"{hlc_eff}",'
    if ledger_no:
        stamp += f'"ledger_no":"{ledger_no}",'
    return stamp + wire[1:]


def _note_seen(engine: EngineDep, phone: Phone) -> None:
    if (phone.last_seen_at or "") < later(minutes=-SEEN_EVERY_MINUTES):
        in_transaction(engine, lambda session: devices.seen(session, phone))
