"""The ledger on the screen: filter, order, pages, and links to the exports."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from shared.permissions import Action
from shared.profiles.profile import Profile
from shared.towns import town_name
from shared.vocabulary import RiskLevel, Status
from sync_server.access.masking import Mask, mask_for
from sync_server.database import campaigns
from sync_server.database.tables import HazardRow
from sync_server.database.timestamps import today
from sync_server.database.transactions import reading
from sync_server.deps import EngineDep, SignedIn, campaign_of
from sync_server.pages.filter_dependency import Asked, is_late
from sync_server.pages.rendering import page, words_for
from sync_server.queries import hazards, people_lists, photo_files
from sync_server.queries.filters import Filter
from sync_server.queries.hazards import Order
from sync_server.texts.languages import label
from sync_server.texts.words import Texts

router = APIRouter()


@router.get("/ledger")
def ledger(
    request: Request,
    access: SignedIn,
    engine: EngineDep,
    asked: Asked,
    sort: str | None = None,
    dir: str | None = None,
    after: str | None = None,
    before: str | None = None,
) -> Response:
    """One page of the hazards of the filter."""
    words = words_for(request)
    order = hazards.parse_order(sort, dir)
    with reading(engine) as session:
        register = campaign_of(session, request)
        campaign, profile = register.id, campaigns.profile_of(register)
        found = hazards.page(
            session, access, campaign, asked, today(), order=order, after=after or None, before=before or None
        )
        total = hazards.count(session, access, campaign, asked, today())
        photos = [(row.id, sha256) for row in found.rows for sha256 in (row.before_photo, row.after_photo)]
        here = photo_files.here(session, campaign, photos)
        names = people_lists.people_names(session)
        rows = [_line(row, profile, here, names, mask_for(access, row), words) for row in found.rows]
    box = asked.box
    return page(
        request,
        "ledger.html",
        access,
        profile=profile,
        action="/ledger",
        asked=asked,
        box_text=f"{box.west},{box.south},{box.east},{box.north}" if box else "",
        sort=sort,
        total=total,
        rows=rows,
        heads=_heads(profile, asked, order, words),
        masked=mask_for(access).on,
        may_export=access.can(Action.EXPORT),
        previous=_address(asked, order, before=found.before) if found.before else None,
        next=_address(asked, order, after=found.after) if found.after else None,
        export_query=_query(asked, order),
    )


def _line(
    row: HazardRow,
    profile: Profile,
    here: frozenset[tuple[str, str]],
    names: dict[str, str],
    mask: Mask,
    words: Texts,
) -> dict[str, Any]:
    hazard = mask.hazard(hazards.record(row, profile))

    def said(name: str) -> str:
        return getattr(hazard, name, None) or ""

    status = Status(row.status)
    photo = next((sha256 for sha256 in (row.after_photo, row.before_photo) if (row.id, sha256) in here), None)
    return {
        "id": row.id,
        "number": row.ledger_no or words.no_number,
        "name": row.water_name or profile.unnamed.of(words.code),
        "town": town_name(row.town_code, words.code),
        "village": row.village or "",
        "type": label(profile.types(row.water_type), words) if row.water_type else "",
        "risk": RiskLevel(row.risk_level) if row.risk_level else None,
        "unrated": hazards.is_unrated(row, profile),
        "status": status,
        "submitted": row.rectified_on if status is Status.PENDING_ACCEPTANCE else None,
        "concurrent_statuses": [Status(other) for other in row.concurrent_statuses],
        "unit": row.assignee_unit or said("responsible_unit") or said("owner_unit"),
        "responsible": said("responsible_person"),
        "phone": said("phone"),
        "due": row.due_date,
        "late": is_late(row.due_date, status),
        "found": row.found_on or "",
        "inspector": mask.name(names.get(row.inspector)),
        "photo": photo,
        "photo_awaited": bool(row.photo_count) and photo is None,
        "conflicts": row.conflicts,
    }


def _heads(profile: Profile, asked: Filter, order: Order, words: Texts) -> list[dict[str, Any]]:
    columns = (
        (words.photo, None),
        (profile.label(profile.title_field, words.code) + words.and_number, "number"),
        (words.town, "town"),
        (profile.label(profile.type_field, words.code), None),
        (words.risk_level, "risk"),
        (words.status, None),
        (words.responsible, None),
        (words.due_date, "due"),
        (words.found, "found"),
    )
    heads = []
    for text, by in columns:
        current = by == order.by
        heads.append(
            {
                "label": text,
                "href": _address(asked, Order(by, current and not order.backwards)) if by else None,
                "sorted": ("descending" if order.descending else "ascending") if current else None,
                "arrow": ("▼" if order.descending else "▲") if current else "",
            }
        )
    return heads


def _query(asked: Filter, order: Order, **cursor: str) -> str:
    parts: dict[str, str] = {}
    if order != Order():
        parts = {"sort": order.by, "dir": "desc" if order.descending else "asc"}
    return "&".join(filter(None, (asked.query(), urlencode(parts | cursor))))


def _address(asked: Filter, order: Order, **cursor: str) -> str:
    query = _query(asked, order, **cursor)
    return f"/ledger?{query}" if query else "/ledger"
