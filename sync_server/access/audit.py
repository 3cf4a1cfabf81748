"""The record of who did what to accounts, devices and data that leaves the house."""

import uuid
from typing import Any

from sqlmodel import Session

from sync_server.database.tables import AuditRow
from sync_server.database.timestamps import now_text


def note(
    session: Session,
    action: str,
    *,
    person: str | None = None,
    device: str | None = None,
    subject: str = "",
    **details: Any,
) -> AuditRow:
    """Add one line to the audit; `details` is JSON-ready."""
    row = AuditRow(
        id=str(uuid.uuid4()),
        at=now_text(),
        person=person,
        device=device,
        action=action,
        subject=subject,
        details=details,
    )
    session.add(row)
    return row
