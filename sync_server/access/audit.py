"""The audit log: who did what to accounts and devices, and which data were exported or read."""

import uuid
from typing import Any

from sqlmodel import Session

from sync_server.database import audit_chain
from sync_server.database.audit_chain import Entry
from sync_server.database.timestamps import now_text


def note(
    session: Session,
    action: str,
    *,
    person: str | None = None,
    device: str | None = None,
    subject: str = "",
    **details: Any,
) -> str:
    """Add one entry to the audit log when the transaction is committed; its id.

    `person`: who did it, None for the terminal and the server itself. `subject`: what it was done to.
    `details` is JSON-ready; `reason` is why somebody read what only few may read. Every action and every name
    of a detail has its words in `texts.audit_words`.
    """
    entry = Entry(str(uuid.uuid4()), now_text(), person, device, action, subject, details)
    audit_chain.note(session, entry)
    return entry.id
