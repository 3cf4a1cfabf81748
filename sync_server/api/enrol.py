"""`POST /api/v1/enrol`: a phone is enrolled. `POST /api/v1/device`: a copy becomes a device of its own.

`POST /api/v1/device/token`: a phone's token is replaced.
"""

from functools import partial

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from shared import problems
from shared.sync import wire
from shared.sync.wire import EnrolAnswer, EnrolRequest, OfficeKey, TokenAnswer
from sync_server.access import devices, token_renewal
from sync_server.access.devices import Phone
from sync_server.access.sign_in.attempts import Target
from sync_server.database import campaigns
from sync_server.database.timestamps import now_text, this_year
from sync_server.database.transactions import in_transaction
from sync_server.deps import (
    AttemptsDep,
    EngineDep,
    LanesDep,
    MemoryDep,
    OfficeKeyDep,
    PhoneDep,
    address_of,
)
from sync_server.http import body, compression
from sync_server.http.declarations import CHANGING, DATABASE, MESSAGE, PHONE, PHONES, answers, takes

router = APIRouter()

MOST_BYTES = 16 * 1024
"""Size limit of an enrolment, which anybody may send: twenty tokens need far less."""
SECONDS = 30.0
"""Time limit for a whole enrolment to arrive."""


@router.post(
    "/enrol",
    status_code=201,
    openapi_extra=takes(EnrolRequest),
    responses=answers(
        *(201, EnrolAnswer, problems.code_invalid, problems.name_unclear, problems.too_many_attempts),
        *(*MESSAGE, *CHANGING, *DATABASE),
    ),
)
async def enrol(
    request: Request,
    engine: EngineDep,
    attempts: AttemptsDep,
    lanes: LanesDep,
    memory: MemoryDep,
    office: OfficeKeyDep,
) -> Response:
    """Use up a code; the answer carries the device's token, this once."""
    with memory.forms.reserved("") as held:
        content = await body.read_bytes(request, held, MOST_BYTES, SECONDS)
    message = body.parse(content, EnrolRequest)

    def work(session: Session) -> EnrolAnswer:
        name, platform = message.device_name, message.platform
        phone, token = devices.enrol(session, message.code, name, platform, message.was)
        return _answer(session, phone, token, office.public())

    def guarded() -> EnrolAnswer:
        with attempts.guard(Target.ENROLMENT_CODE, message.code, address_of(request)):
            return in_transaction(engine, work)

    answer = await lanes.lookups.run(guarded)
    return compression.json_answer(answer.model_dump(mode="json"), 201)


@router.post(
    "/device",
    status_code=201,
    openapi_extra={"security": PHONE},
    responses=answers(201, EnrolAnswer, problems.too_many_devices, *CHANGING, *PHONES),
)
async def succeed(phone: PhoneDep, engine: EngineDep, lanes: LanesDep, office: OfficeKeyDep) -> Response:
    """Another device for the same person, for a phone that found out that a copy of it lives."""

    def work(session: Session) -> EnrolAnswer:
        return _answer(session, *devices.succeed(session, phone), office.public())

    answer = await lanes.lookups.run(partial(in_transaction, engine, work))
    return compression.json_answer(answer.model_dump(mode="json"), 201)


@router.post(
    "/device/token",
    status_code=201,
    openapi_extra={"security": PHONE},
    responses=answers(201, TokenAnswer, problems.too_many_attempts, *CHANGING, *PHONES),
)
async def renew_token(phone: PhoneDep, engine: EngineDep, lanes: LanesDep) -> Response:
    """A new token for the same device; the old one works until the new one is used."""

    def work(session: Session) -> TokenAnswer:
        return TokenAnswer(token=token_renewal.offer(session, phone.campaign, phone.device))

    answer = await lanes.lookups.run(partial(in_transaction, engine, work))
    return compression.json_answer(answer.model_dump(mode="json"), 201)


def _answer(session: Session, phone: Phone, token: str, office_key: OfficeKey | None) -> EnrolAnswer:
    campaign = campaigns.get(session, phone.campaign)
    return EnrolAnswer(
        device=phone.device,
        token=token,
        person=wire.Person(id=phone.person.id, name=phone.person.name, role=phone.person.role),
        campaign=campaign.id,
        epoch=campaign.epoch,
        server_time=now_text(),
        settings=campaigns.settings_of(session, campaign, this_year()),
        predecessor=phone.predecessor,
        office_key=office_key,
    )
