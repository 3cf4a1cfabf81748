"""The audit log: who did what to accounts and devices, and which data were exported."""

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
    """Add one entry to the audit log; `details` is JSON-ready."""
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
