"""What is shown once: links to set a password, and codes for phones."""

from typing import Any

import segno
from fastapi import Request
from sqlmodel import Session

from shared import problems
from sync_server.access import devices, links
from sync_server.database.tables import PersonRow
from sync_server.database.timestamps import later
from sync_server.pages.filter_dependency import minute
from sync_server.pages.rendering import origin, words_for
from sync_server.settings import Settings


def active_person(session: Session, whose: str) -> PersonRow:
    """The person of an id. Raises Problem not_found for nobody, and for somebody who is not active."""
    row = session.get(PersonRow, whose)
    if row is None or not row.active:
        raise problems.not_found()
    return row


def password_link(request: Request, settings: Settings, name: str, token: str) -> dict[str, Any]:
    """The card of a link to set a password."""
    words = words_for(request)
    return {
        "title": words.link_title.format(name=name),
        "lead": words.link_lead.format(until=minute(later(days=links.VALID_DAYS))),
        "address": f"{origin(request, settings)}/welcome/{token}",
        "qr": "",
        "code": "",
    }


def phone_code(request: Request, settings: Settings, owner: str | None, code: str) -> dict[str, Any]:
    """The card of a code for a phone of the person of that name; without one, of a new inspector."""
    words = words_for(request)
    title = words.code_title.format(name=owner) if owner else words.code_title_new
    address = enrolment_address(request, settings, code)
    return {
        "title": title,
        "lead": words.code_lead.format(until=minute(later(hours=devices.CODE_HOURS))),
        "address": address,
        "qr": qr(address, title),
        "code": code,
    }


def enrolment_address(request: Request, settings: Settings, code: str) -> str:
    """The link with which a phone is enrolled."""
    return f"{origin(request, settings)}/app/?code={code}"


def qr(address: str, title: str) -> str:
    """The QR code of an address, as SVG to stand in a page."""
    made = segno.make(address, error="m", micro=False)
    return made.svg_inline(border=3, omitsize=True, title=title)
