"""`POST /api/v1/campaigns/{campaign}/push`: what people saved on a phone, to the log."""

import re
from collections import Counter
from functools import partial
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from sqlalchemy import Engine
from sqlmodel import Session

from shared import problems
from shared.problems import Problem
from shared.sync.waiting import Waiting
from shared.sync.wire import PushAnswer, PushRequest
from sync_server.access import devices, receipts
from sync_server.access.bursts import Bursts
from sync_server.access.devices import Phone
from sync_server.commands import restore
from sync_server.commands.restore import SeenLog
from sync_server.database import campaigns
from sync_server.database.timestamps import now_ms, text_of_ms
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, LanesDep, MemoryDep, PhoneDep, WaitingDep
from sync_server.http import body, compression
from sync_server.http.declarations import CHANGING, MESSAGE, PHONE, PHONES, SEEN_LOGS, answers, takes
from sync_server.log import ingest, validation

router = APIRouter()

_DEVICE = re.compile(r"[0-9a-f]{16}")


@router.post(
    "/campaigns/{campaign}/push",
    openapi_extra=takes(PushRequest, PHONE),
    responses=answers(
        *(200, PushAnswer, problems.operation_rewritten, *SEEN_LOGS),
        *(problems.quarantine_full, problems.too_many_changes),
        *(*MESSAGE, *CHANGING, *PHONES),
    ),
)
async def push(
    campaign: str,
    request: Request,
    phone: PhoneDep,
    engine: EngineDep,
    lanes: LanesDep,
    memory: MemoryDep,
    waiting: WaitingDep,
) -> Response:
    """Validate and store operations; the answer describes what is committed."""
    if campaign != phone.campaign:
        raise problems.campaign_foreign()
    with memory.messages.reserved(phone.device) as held:
        content = await body.read_bytes(request, held)
        gzip = compression.accepts(request, "gzip")
        work = partial(_push, engine, request.app.state.bursts, phone, waiting, content, gzip)
        return await lanes.pushes.run(work, phone.device)


def _push(
    engine: Engine, bursts: Bursts, phone: Phone, waiting: Waiting | None, content: bytes, gzip: bool
) -> Response:
    message = body.parse(content, PushRequest)
    received = now_ms()
    device = _device_of(engine, phone, message)
    profile = campaigns.profile_at(engine, phone.campaign)
    sender = validation.Sender(phone.campaign, device, phone.access, profile)
    seen = SeenLog(message.since, message.tip, message.receipt)
    entries = [validation.validate(raw, sender) for raw in message.ops]
    remaining, held_back = bursts.remaining(phone.person.id), ingest.HeldBack()

    def work(session: Session) -> dict[str, Any] | None:
        campaign = campaigns.get(session, phone.campaign)
        if message.epoch != campaign.epoch:
            raise problems.epoch_changed(epoch=campaign.epoch)
        if restore.is_another(session, campaign, seen):
            return None
        results, end = ingest.ingest(session, campaign, sender, entries, received, remaining, held_back)
        _note(session, phone, held_back)
        devices.seen(session, phone, waiting)
        return {
            "device": _named_device(message),
            "results": results,
            "server_time": text_of_ms(received),
            "epoch": campaign.epoch,
            "seq": end.seq,
            "tip": end.fingerprint,
            "receipt": receipts.of(campaign, end),
        }

    try:
        answer = in_transaction(engine, work)
    except Problem as problem:
        if problem.kind is problems.too_many_changes:
            in_transaction(engine, lambda session: _note(session, phone, held_back))
        raise
    if answer is None:  # on a log that lost what came before, new operations would hide what fills the gap
        raise restore.answer(engine, bursts, phone, message.epoch, seen)
    stored = {result["n"] for result in answer["results"] if result["status"] == "stored"}
    new = {entry.number: entry.bursts for entry in entries if entry.number in stored}
    bursts.spend(phone.person.id, Counter(burst for counted in new.values() for burst in counted))
    return compression.api_answer(orjson.dumps(answer), gzip=gzip)


def _note(session: Session, phone: Phone, held_back: ingest.HeldBack) -> None:
    if held_back.burst is not None:
        devices.held_back(session, phone, held_back.burst.value, held_back.operations)


def _device_of(engine: Engine, phone: Phone, message: PushRequest) -> str:
    """The device of the operations: the phone's own, or one it was before a copy of it appeared."""
    named = _named_device(message)
    if named is not None and named != phone.device:
        with reading(engine) as session:
            if named in devices.predecessors(session, phone):
                return named
    return phone.device


def _named_device(message: PushRequest) -> str | None:
    """The device that the first operation names; None if that is not a device's id."""
    device = message.ops[0].get("device") if message.ops else None
    return device if isinstance(device, str) and _DEVICE.fullmatch(device) else None
