"""`POST /api/v1/campaigns/{campaign}/push`: what people saved on a phone, onto the log."""

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from shared import problems
from shared.wire import PushRequest
from sync_server.access import devices
from sync_server.access.devices import Phone
from sync_server.api import answers, body
from sync_server.deps import EngineDep, PhoneDep
from sync_server.store import campaigns, intake
from sync_server.store.database import in_transaction
from sync_server.store.moments import now_ms, text_of_ms

router = APIRouter()


@router.post("/campaigns/{campaign}/push")
async def push(campaign: str, request: Request, phone: PhoneDep, engine: EngineDep) -> Response:
    """Judge and store operations; the answer describes what is committed."""
    if campaign != phone.campaign:
        raise problems.campaign_foreign()
    content = await body.read_bytes(request)
    return await run_in_threadpool(_push, engine, phone, content)


def _push(engine: EngineDep, phone: Phone, content: bytes) -> Response:
    message = body.parse(content, PushRequest)
    received = now_ms()
    sender = intake.Sender(phone.campaign, phone.device, phone.person.id, phone.person.role)
    judged = [intake.judge(raw, sender) for raw in message.ops]

    def work(session: Session) -> dict[str, Any]:
        campaign = campaigns.get(session, phone.campaign)
        if message.epoch != campaign.epoch:
            raise problems.epoch_changed(epoch=campaign.epoch)
        results = intake.take(session, campaign, sender, judged, received)
        devices.seen(session, phone)
        return {"results": results, "server_time": text_of_ms(received), "epoch": campaign.epoch}

    return answers.as_json(in_transaction(engine, work))
