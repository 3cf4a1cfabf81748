"""`/api/v1/home-visits`: public keys for phones, and the home visits that they sealed."""

from functools import partial

import orjson
from fastapi import APIRouter, Request, Response
from sqlalchemy import Engine
from sqlmodel import Session

from shared import problems
from shared.home_visits.envelope import MAX_ENVELOPE, MAX_ENVELOPES
from shared.home_visits.model import CONSENT_VERSION
from shared.home_visits.wire import EnvelopesAnswer, EnvelopesRequest, VisitKeysAnswer
from shared.permissions import Action, schools_of
from sync_server.access import devices, schools
from sync_server.access.devices import Phone
from sync_server.database.timestamps import now, now_text, text_of
from sync_server.database.transactions import in_transaction
from sync_server.deps import EngineDep, LanesDep, MemoryDep, PhoneDep, SettingsDep
from sync_server.http import body, compression
from sync_server.http.declarations import CHANGING, MESSAGE, PHONE, PHONES, answers, takes
from sync_server.settings import Settings
from sync_server.vault import count_notes, ingest, keys

router = APIRouter()
_MOST = MAX_ENVELOPES * (MAX_ENVELOPE + 16) + 1024
"""Bytes of the largest message."""


@router.get(
    "/home-visits/keys",
    openapi_extra={"security": PHONE},
    responses=answers(
        200, VisitKeysAnswer, problems.role_forbidden, problems.keys_unavailable, *CHANGING, *PHONES
    ),
)
async def home_visit_keys(
    request: Request, phone: PhoneDep, engine: EngineDep, lanes: LanesDep, settings: SettingsDep
) -> Response:
    """The public keys to seal to, and where this person may record home visits."""
    phone.access.require(Action.RECORD_HOME_VISITS)
    gzip = compression.accepts(request, "gzip")
    return await lanes.lookups.run(partial(_keys, engine, settings, phone, gzip), phone.device)


def _keys(engine: Engine, settings: Settings, phone: Phone, gzip: bool) -> Response:
    def work(session: Session) -> tuple[list[dict[str, object]], dict[str, str]]:
        keys.ensure(session, phone.campaign, settings.keys)
        published: list[dict[str, object]] = [
            {"kid": row.kid, "jwk": row.jwk, "from": row.first, "until": row.until}
            for row in keys.published(session, phone.campaign)
        ]
        return published, schools.school_names(session)

    found, names = in_transaction(engine, work)
    places: dict[str, set[str]] = {}
    for scope in schools_of(phone.access.grants, Action.RECORD_HOME_VISITS):
        whole = scope.code in places and not places[scope.code]
        places[scope.code] = (
            set() if whole or not scope.classes else {*places.get(scope.code, ()), *scope.classes}
        )
    answer = {
        "campaign": phone.campaign,
        "keys": found,
        "places": [
            {"school": code, "name": names.get(code, code), "classes": sorted(places[code])}
            for code in sorted(places)
        ],
        "consent_version": CONSENT_VERSION,
        "server_time": now_text(),
    }
    return compression.api_answer(orjson.dumps(answer), gzip=gzip)


@router.post(
    "/home-visits",
    openapi_extra=takes(EnvelopesRequest, PHONE),
    responses=answers(200, EnvelopesAnswer, problems.quarantine_full, *MESSAGE, *CHANGING, *PHONES),
)
async def take_home_visits(
    request: Request,
    phone: PhoneDep,
    engine: EngineDep,
    lanes: LanesDep,
    memory: MemoryDep,
    settings: SettingsDep,
) -> Response:
    """Store sealed home visits; the answer describes what is committed."""
    with memory.messages.reserved(phone.device) as held:
        content = await body.read_bytes(request, held, _MOST)
        gzip = compression.accepts(request, "gzip")
        return await lanes.pushes.run(partial(_take, engine, settings, phone, content, gzip), phone.device)


def _take(engine: Engine, settings: Settings, phone: Phone, content: bytes, gzip: bool) -> Response:
    message = body.parse(content, EnvelopesRequest)
    notebook = count_notes.open_notebook(settings.keys)
    received = [ingest.read(text, notebook) for text in message.envelopes]
    moment = now()

    def work(session: Session) -> dict[str, object]:
        known = {phone.device, *devices.predecessors(session, phone)}
        results = ingest.ingest(session, phone, known, received, moment, settings.keys)
        devices.seen(session, phone)
        return {"device": phone.device, "results": results, "server_time": text_of(moment)}

    return compression.api_answer(orjson.dumps(in_transaction(engine, work)), gzip=gzip)
