"""The list of phones, for the administrator; ending the access of one; and a restored server."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from shared import problems
from shared.plural import plural
from sync_server.access import devices
from sync_server.commands import restore
from sync_server.database.tables import DeviceRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import DeviceManager, EngineDep, PhotosDep, campaign_of
from sync_server.pages.filter_dependency import minute
from sync_server.pages.rendering import local_path, page, words_for
from sync_server.photos.abandoned import drop_abandoned
from sync_server.queries import people_lists
from sync_server.texts.unsent import unsent_texts
from sync_server.texts.words import Texts

router = APIRouter(prefix="/devices")
SHOWN = 100


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
            "waiting": waiting_there(owned.row, words),
            "claimed": minute(owned.row.claimed_at),
            "claims": owned.row.claims,
            "bursts": bursts_of(owned.row, words),
            "copied": copied_said(owned.row, words),
            "revoked": minute(owned.row.revoked_at),
        }
        for owned in found[:SHOWN]
    ]
    return page(
        request,
        "devices.html",
        access,
        u=unsent_texts(words.code),
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


@router.post("/{device}/revoke")
def revoke(
    request: Request,
    access: DeviceManager,
    engine: EngineDep,
    photos: PhotosDep,
    device: str,
    next: Annotated[str, Form(max_length=200)] = "/devices",
) -> Response:
    """End a phone's access; what it was uploading is dropped. `next`: the page to go to."""
    in_transaction(
        engine,
        lambda session: devices.revoke(session, campaign_of(session, request).id, device, access.person.id),
    )
    drop_abandoned(engine, photos.staging)
    return RedirectResponse(local_path(next), 303)


def bursts_of(device: DeviceRow, words: Texts) -> str:
    """How often operations were left there for a burst, and the last time; "" where that never was."""
    if not device.bursts:
        return ""
    kind = words.burst_kinds.get(device.burst or "", device.burst or "")
    return plural(
        words.bursts_said, device.bursts, at=minute(device.burst_at), kind=kind, left=device.burst_left
    )


def copied_said(device: DeviceRow, words: Texts) -> str:
    """That a copy of it was here, "" where none was, or it has no access any more."""
    if device.revoked_at or not device.copied_at:
        return ""
    return words.copied_said.format(at=minute(device.copied_at))


def waiting_there(device: DeviceRow, words: Texts) -> str:
    """What is still to be sent there as it last said, "" where it never said."""
    if device.waiting is None:
        return ""
    records = plural(words.waiting_records, device.waiting)
    photos = plural(words.waiting_photos, device.waiting_photos or 0)
    said = words.waiting.format(records=records, photos=photos)
    return f"{said} {words.waiting_at.format(at=minute(device.waiting_at))}" if device.waiting_at else said
