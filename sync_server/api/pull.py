"""`GET /api/v1/campaigns/{campaign}/pull`: the log, page by page, spliced from stored text."""

import re
from contextlib import suppress
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Engine, Row

from shared import problems
from shared.problems import Problem
from shared.sync.waiting import Waiting
from shared.sync.wire import MAX_OPERATIONS, PullAnswer
from sync_server.access import devices, receipts, schools, token_renewal
from sync_server.access.bursts import Bursts
from sync_server.access.devices import Phone
from sync_server.commands import restore
from sync_server.commands.restore import SeenLog
from sync_server.database import campaigns
from sync_server.database.campaigns import End
from sync_server.database.timestamps import later, now_text
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import AnswerRoom, EngineDep, LanesDep, PhoneDep, WaitingDep
from sync_server.http import compression
from sync_server.http.declarations import PHONE, PHONES, SEEN_LOGS, answers
from sync_server.log import masked, pages
from sync_server.log.pages import DEVICE
from sync_server.log.scopes import Scope

router = APIRouter()

SEEN_EVERY_MINUTES = 10
_TOWN = re.compile(r"[0-9]{6,12}")
_MOST_TOWNS = 50
Towns = Annotated[str, Query(max_length=700)]
AsKnown = Annotated[str | None, Query(pattern=r"^[0-9a-f]{16}$")]
"""The tip of the log as a phone knows it."""
Receipt = Annotated[str, Query(max_length=80)]
"""The newest receipt that a phone was given."""


def scope_of(phone: Phone, towns: str) -> Scope:
    """The phone's scope: what its person may see, and the towns that it asks for. Raises invalid."""
    codes = [code for code in towns.split(",") if code]
    if len(codes) > _MOST_TOWNS or not all(map(_TOWN.fullmatch, codes)):
        raise problems.invalid(errors=[{"path": "towns", "reason": "unknown_value"}])
    return Scope(phone.access, tuple(codes))


@router.get(
    "/campaigns/{campaign}/pull",
    openapi_extra={"security": PHONE},
    responses=answers(200, PullAnswer, *SEEN_LOGS, *PHONES),
)
async def pull(
    campaign: str,
    request: Request,
    phone: PhoneDep,
    engine: EngineDep,
    lanes: LanesDep,
    _held: AnswerRoom,
    waiting: WaitingDep,
    since: Annotated[int, Query(ge=0, lt=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_OPERATIONS)] = MAX_OPERATIONS,
    tip: AsKnown = None,
    receipt: Receipt = "",
    epoch: Annotated[str, Query(max_length=40)] | None = None,
    towns: Towns = "",
) -> Response:
    """The operations after `since`, in order; `tip` and `epoch`: what the phone knows of the log there."""
    if campaign != phone.campaign:
        raise problems.campaign_foreign()
    scope, gzip = scope_of(phone, towns), compression.accepts(request, "gzip")
    seen, bursts = SeenLog(since, tip, receipt), request.app.state.bursts
    return await lanes.logs.run(
        partial(_pull, engine, bursts, phone, waiting, scope, seen, epoch, limit, gzip)
    )


def _pull(
    engine: Engine,
    bursts: Bursts,
    phone: Phone,
    waiting: Waiting | None,
    scope: Scope,
    seen: SeenLog,
    epoch: str | None,
    limit: int,
    gzip: bool,
) -> Response:
    campaign = phone.campaign
    with reading(engine) as session:
        row = campaigns.get(session, campaign)
        present = row.epoch
        if epoch not in (None, present):
            raise problems.epoch_changed(epoch=present)
        another = restore.is_another(session, row, seen)
        if not another:
            page = pages.scoped(session, campaign, phone.device, scope, seen.since, limit)
            named = devices.names(session, campaign, {row[DEVICE] for row in page.rows})
            roles = schools.given_roles(session, phone.access.grants)
            given = receipts.of(row, End(page.next, page.fingerprint))
            wires = masked.wires(session, campaign, phone.access, phone.device, page.rows)
    if another:
        raise restore.answer(engine, bursts, phone, present, seen)
    due = {"renew_token": True} if token_renewal.is_due(phone.token_since) else {}
    tail = orjson.dumps(
        {
            **due,
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
    note_seen(engine, phone, waiting)
    return compression.api_answer(b'{"ops":[' + ops.encode() + b"]," + tail[1:], gzip=gzip)


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


def note_seen(engine: Engine, phone: Phone, waiting: Waiting | None) -> None:
    """Record the contact now or, if the disk is full or too many write, at a later pull: reading goes on."""
    news = waiting is not None and waiting != phone.waiting
    if news or (phone.last_seen_at or "") < later(minutes=-SEEN_EVERY_MINUTES):
        with suppress(Problem):
            in_transaction(engine, lambda session: devices.seen(session, phone, waiting))
