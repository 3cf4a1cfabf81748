"""Phones, for the administrator: what each has done, ending its access, and undoing what it wrote."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi import Path as PathParameter
from fastapi.responses import RedirectResponse

from shared import problems
from shared.china_time import CHINA_TIME
from shared.operations import Kind
from shared.plural import plural
from shared.problem_texts import sentence
from shared.problems import Problem
from sync_server.access import devices
from sync_server.access.policy import Access
from sync_server.commands import restore, undo
from sync_server.commands.undo import Undone
from sync_server.database.tables import DeviceRow
from sync_server.database.timestamps import text_of
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import DeviceManager, EngineDep, PhotosDep, campaign_of
from sync_server.pages.filter_dependency import minute
from sync_server.pages.rendering import page, words_for
from sync_server.photos.abandoned import drop_abandoned
from sync_server.queries import device_work, hazards, people_lists
from sync_server.texts.words import Texts

router = APIRouter(prefix="/devices")
SHOWN = 100
_MOST_NAMED = 200
DevicePath = Annotated[str, PathParameter(max_length=40)]
Since = Annotated[str, Query(max_length=30)]


@router.get("")
def devices_page(
    request: Request,
    access: DeviceManager,
    engine: EngineDep,
    skipped: Annotated[int, Query(ge=0, lt=10**6)] = 0,
) -> Response:
    """The phones of the campaign, a page at a time; those that claim to have seen another log first."""
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        found = people_lists.phones(session, access, campaign, SHOWN + 1, skipped)
    words = words_for(request)
    shown = [
        {
            "id": owned.row.id,
            "name": owned.row.name or owned.row.id,
            "platform": words.platforms.get(owned.row.platform, owned.row.platform),
            "person": owned.owner,
            "enrolled": minute(owned.row.enrolled_at),
            "seen": minute(owned.row.last_seen_at),
            "waiting": _waiting(owned.row, words),
            "claimed": minute(owned.row.claimed_at),
            "claims": owned.row.claims,
            "revoked": minute(owned.row.revoked_at),
        }
        for owned in found[:SHOWN]
    ]
    return page(
        request,
        "devices.html",
        access,
        devices=shown,
        claimed=any(one["claims"] for one in shown),
        previous=max(0, skipped - SHOWN) if skipped else None,
        next=skipped + SHOWN if len(found) > SHOWN else None,
    )


@router.post("/restored")
def confirm_restored(
    request: Request, access: DeviceManager, engine: EngineDep, sure: Annotated[str, Form()] = ""
) -> Response:
    """Say that the server was restored from a backup: every phone sends again what it has."""
    if not sure:
        raise problems.invalid(errors=[{"path": "sure", "reason": "not_confirmed"}])
    in_transaction(engine, lambda s: restore.confirm(s, access, campaign_of(s, request).id))
    return RedirectResponse("/devices", 303)


@router.get("/{device}")
def device_page(
    request: Request, access: DeviceManager, engine: EngineDep, device: DevicePath, since: Since = ""
) -> Response:
    """What one phone has done, since a moment in China's time where one is given, with the way to undo it."""
    return _device(request, access, engine, device, since)


@router.post("/{device}/undo")
def undo_device(
    request: Request,
    access: DeviceManager,
    engine: EngineDep,
    device: DevicePath,
    since: Annotated[str, Form(max_length=30)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
    sure: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Undo everything that it wrote since a moment, as operations on the log."""
    try:
        if not sure:
            raise problems.invalid(errors=[{"path": "sure", "reason": "not_confirmed"}])
        with reading(engine) as session:
            campaign = campaign_of(session, request).id
        done = undo.undo_since(engine, access, campaign, device, _moment(since), reason.strip())
    except Problem as problem:
        if problem.kind is problems.not_found:
            raise
        return _device(request, access, engine, device, since, problem=problem)
    return _device(request, access, engine, device, since, done=done)


@router.post("/{device}/revoke")
def revoke(
    request: Request, access: DeviceManager, engine: EngineDep, photos: PhotosDep, device: str
) -> Response:
    """End a phone's access; what it was uploading is dropped."""
    in_transaction(
        engine,
        lambda session: devices.revoke(session, campaign_of(session, request).id, device, access.person.id),
    )
    drop_abandoned(engine, photos.staging)
    return RedirectResponse("/devices", 303)


def _waiting(device: DeviceRow, words: Texts) -> str:
    """What is still to be sent there as it last said, "" where it never said."""
    if device.waiting is None:
        return ""
    records = plural(words.waiting_records, device.waiting)
    photos = plural(words.waiting_photos, device.waiting_photos or 0)
    said = words.waiting.format(records=records, photos=photos)
    return f"{said} {words.waiting_at.format(at=minute(device.waiting_at))}" if device.waiting_at else said


def _moment(since: str) -> str:
    """The moment of a form, in China's time, as the database keeps it. Raises Problem invalid."""
    try:
        moment = datetime.fromisoformat(since)
        if not 2000 <= moment.year <= 2100:
            raise ValueError(since)
    except ValueError:
        raise problems.invalid(errors=[{"path": "since", "reason": "no_moment"}]) from None
    return text_of(moment if moment.tzinfo else moment.replace(tzinfo=CHINA_TIME))


def _device(
    request: Request,
    access: Access,
    engine: EngineDep,
    device: str,
    since: str,
    *,
    problem: Problem | None = None,
    done: Undone | None = None,
) -> Response:
    words = words_for(request)
    valid = since
    if since:
        try:
            _moment(since)
        except Problem as found:
            problem, valid = problem or found, ""
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        work = device_work.of_device(session, access, campaign, device, _moment(valid) if valid else "")
        names = people_lists.people_names(session)
        touched = sorted((done.left | done.hazards) - {""})[:_MOST_NAMED] if done else []
        look = hazards.several(session, access, campaign, touched)
    counts: list[dict[str, Any]] = [
        {
            "what": words.record_types.get(type, type),
            "kind": words.kinds.get(Kind(kind), kind),
            "count": count,
        }
        for type, kind, count in work.counts
    ]
    return page(
        request,
        "device.html",
        access,
        status=problem.kind.status if problem else 200,
        sentence=sentence(problem.code, problem.details, words.code) if problem else None,
        device=work.row,
        waiting=_waiting(work.row, words),
        owner=names.get(work.row.person, ""),
        seen=minute(work.row.last_seen_at),
        first=minute(work.first),
        last=minute(work.last),
        counts=counts,
        quarantined=work.quarantined,
        since=valid,
        done=plural(words.undone, done.operations) if done else "",
        look=[{"id": row.id, "name": row.ledger_no or row.water_name or row.id} for row in look],
    )
