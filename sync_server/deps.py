"""FastAPI dependencies of the routes. None commits: routes call `in_transaction` themselves.

Those that only look something up are `async`, so that they run without a thread. Failures are Problems:
token_invalid for a phone, sign_in_required and role_forbidden for a browser.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from typing import Annotated, Any

from fastapi import Cookie, Depends, Header, Query, Request
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from shared import problems
from shared.permissions import Action
from shared.problems import Problem
from shared.sync.waiting import HEADER, PATTERN, Waiting, parse_waiting
from sync_server.access import devices, sessions, token_renewal
from sync_server.access.devices import Phone
from sync_server.access.policy import Access
from sync_server.access.refusals import Refusals
from sync_server.access.sessions import Limits, Origin
from sync_server.access.sign_in.attempts import Attempts
from sync_server.access.sign_in.secret_box import SecretBox
from sync_server.database import campaigns
from sync_server.database.tables import CampaignRow
from sync_server.database.timestamps import this_year
from sync_server.database.transactions import in_transaction, looking_up, reading
from sync_server.http.lanes import Lanes
from sync_server.http.memory import LOG_PAGE, Memory
from sync_server.photos.service import PhotoService
from sync_server.settings import Settings
from sync_server.unsent.office_key import OfficeKeyFile
from sync_server.vault.counts import VisitIndex

SESSION_COOKIE = "anlan_session"


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


async def _lanes(request: Request) -> Lanes:
    lanes: Lanes = request.app.state.lanes
    return lanes


async def _memory(request: Request) -> Memory:
    memory: Memory = request.app.state.memory
    return memory


async def _attempts(request: Request) -> Attempts:
    attempts: Attempts = request.app.state.attempts
    return attempts


async def _secret_box(request: Request) -> SecretBox:
    box: SecretBox = request.app.state.secret_box
    return box


async def _refusals(request: Request) -> Refusals:
    refusals: Refusals = request.app.state.refusals
    return refusals


async def _office_key(request: Request) -> OfficeKeyFile:
    office_key: OfficeKeyFile = request.app.state.office_key
    return office_key


async def _photos(request: Request) -> PhotoService:
    photos: PhotoService = request.app.state.photos
    return photos


async def _visit_index(request: Request) -> VisitIndex:
    index: VisitIndex = request.app.state.visit_index
    return index


VisitIndexDep = Annotated[VisitIndex, Depends(_visit_index)]
SettingsDep = Annotated[Settings, Depends(_settings)]
EngineDep = Annotated[Engine, Depends(_engine)]
LanesDep = Annotated[Lanes, Depends(_lanes)]
MemoryDep = Annotated[Memory, Depends(_memory)]
PhotosDep = Annotated[PhotoService, Depends(_photos)]
RefusalsDep = Annotated[Refusals, Depends(_refusals)]
OfficeKeyDep = Annotated[OfficeKeyFile, Depends(_office_key)]
SecretBoxDep = Annotated[SecretBox, Depends(_secret_box)]
AttemptsDep = Annotated[Attempts, Depends(_attempts)]


def address_of(request: Request) -> str:
    """The address that a request comes from; behind a trusted proxy, the one that the proxy names."""
    return request.client.host if request.client else ""


def campaign_of(session: Session, request: Request) -> CampaignRow:
    """The campaign of a page: `?campaign=`, else the deployment's own. Problem: not_found."""
    return campaigns.requested(session, request.query_params.get("campaign"))


async def _year(year: Annotated[int | None, Query(ge=2000, le=2100)] = None) -> int:
    return year or this_year()


YearDep = Annotated[int, Depends(_year)]
"""The year that a page counts: `?year=`, else the present one in China."""


def phone_of(engine: Engine, authorization: str) -> Phone:
    """The phone that a request's `Authorization` names."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise problems.token_invalid()
    try:
        return _by_token(engine, token.strip())
    except Problem as problem:
        if problem.kind is not problems.token_invalid:
            raise
        token_renewal.resolve(engine, token.strip())
        return _by_token(engine, token.strip())


def _by_token(engine: Engine, token: str) -> Phone:
    with looking_up(engine) as connection:
        return devices.of_token(connection, token)


async def _phone(engine: EngineDep, lanes: LanesDep, authorization: Annotated[str, Header()] = "") -> Phone:
    return await lanes.lookups.run(partial(phone_of, engine, authorization))


PhoneDep = Annotated[Phone, Depends(_phone)]


async def _waiting(
    waiting: Annotated[
        str | None,
        Header(alias=HEADER, pattern=PATTERN, description="What will still wait on the phone after this."),
    ] = None,
) -> Waiting | None:
    return parse_waiting(waiting) if waiting else None


WaitingDep = Annotated[Waiting | None, Depends(_waiting)]
"""What the phone says is still to be sent; None where it does not say."""


async def _answer_room(memory: MemoryDep, phone: PhoneDep) -> AsyncIterator[None]:
    with memory.messages.reserved(phone.device, LOG_PAGE):
        yield


AnswerRoom = Annotated[None, Depends(_answer_room)]
"""Holds the memory of a page of the log until the phone has taken it."""


def session_limits(settings: Settings) -> Limits:
    """When browsers are signed out."""
    return Limits(settings.session_idle_hours, settings.session_hours)


def origin_of(request: Request) -> Origin:
    """Where a session comes from, for its list."""
    return Origin(address_of(request), request.headers.get("user-agent", ""))


async def _visitor(
    engine: EngineDep, settings: SettingsDep, anlan_session: Annotated[str | None, Cookie()] = None
) -> Access | None:
    if not anlan_session:
        return None
    return await run_in_threadpool(_access_of, engine, session_limits(settings), anlan_session)


def _access_of(engine: Engine, limits: Limits, anlan_session: str) -> Access | None:
    with reading(engine) as session:
        access = sessions.access_of(session, anlan_session)
        renewing = access is not None and sessions.wants_renewal(session, anlan_session, limits)
    if renewing:
        in_transaction(engine, lambda s: sessions.renew(s, anlan_session, limits), durable=False)
    return access


Visitor = Annotated[Access | None, Depends(_visitor)]
"""What the person who is signed in may do; None where nobody is."""


async def _signed_in(visitor: Visitor) -> Access:
    if visitor is None:
        raise problems.sign_in_required()
    return visitor


SignedIn = Annotated[Access, Depends(_signed_in)]


def _allowed(action: Action) -> Callable[[Access], Coroutine[Any, Any, Access]]:
    async def check(access: SignedIn) -> Access:
        access.require(action)
        return access

    return check


async def _home_visit_reader(access: SignedIn) -> Access:
    if not access.can(Action.COUNT_HOME_VISITS):
        access.require(Action.SEE_HOME_VISITS)
    return access


Decider = Annotated[Access, Depends(_allowed(Action.DECIDE))]
Exporter = Annotated[Access, Depends(_allowed(Action.EXPORT))]
ConflictSettler = Annotated[Access, Depends(_allowed(Action.SETTLE_CONFLICTS))]
Reviser = Annotated[Access, Depends(_allowed(Action.CHANGE_OTHERS))]
QuarantineSettler = Annotated[Access, Depends(_allowed(Action.SETTLE_QUARANTINE))]
HomeVisitReader = Annotated[Access, Depends(_home_visit_reader)]
"""Somebody who may open some home visits, or see how many there are."""
HandoverParty = Annotated[Access, Depends(_allowed(Action.HAND_OVER_HOME_VISITS))]
"""Somebody who may hand over some home visits, or receive them."""
PlanApprover = Annotated[Access, Depends(_allowed(Action.APPROVE_PLANS))]
PeopleManager = Annotated[Access, Depends(_allowed(Action.MANAGE_PEOPLE))]
AuditReader = Annotated[Access, Depends(_allowed(Action.READ_AUDIT))]
DeviceManager = Annotated[Access, Depends(_allowed(Action.MANAGE_DEVICES))]


async def _reader(
    engine: EngineDep, lanes: LanesDep, visitor: Visitor, authorization: Annotated[str, Header()] = ""
) -> Access | Phone:
    if visitor is not None:
        return visitor
    if authorization:
        return await lanes.lookups.run(partial(phone_of, engine, authorization))
    raise problems.sign_in_required()


Reader = Annotated[Access | Phone, Depends(_reader)]
"""A signed-in browser or an enrolled phone."""
