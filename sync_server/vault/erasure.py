"""Erases the content of home visits: consent was withdrawn, or the time to keep them is over.

The row stays as a tombstone, so that a phone which sends the visit again stores nothing. What was withdrawn
is also listed in a file beside the key file: a database restored from an older backup erases it again.
"""

import os
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select, text, update
from sqlmodel import Session

from shared import problems
from sync_server.access import audit
from sync_server.access.policy import Access
from sync_server.database.in_values import in_values
from sync_server.database.tables import HomeVisitRow, SealedQuarantineRow
from sync_server.database.timestamps import now_text, today
from sync_server.vault import visits

_VISIT = HomeVisitRow.metadata.tables["home_visit"].c
_QUARANTINE = SealedQuarantineRow.metadata.tables["home_visit_quarantine"].c
GRACE_DAYS = 30
"""How long after the last day the server waits for somebody in the school to erase it, before it does."""
_BATCH = 500


def withdraw(
    session: Session, access: Access, campaign: str, ids: Sequence[str], path: Path, reason: str
) -> int:
    """Erase home visits whose guardian withdrew the consent; how many. `path`: the key file.

    Problems: not_found for one that the person may not open, reason_missing, keys_unavailable where the list
    of what is withdrawn cannot be written.
    """
    if not reason:
        raise problems.reason_missing()
    rows = [visits.get(session, access, campaign, visit) for visit in dict.fromkeys(ids)]
    if not rows or not all(rows):
        raise problems.not_found()
    gone = [row.id for row in rows if row is not None and row.sealed is not None]
    _list(path, campaign, gone)
    _erase(session, campaign, gone, "withdrawn", access.person.id)
    for visit in gone:
        audit.note(session, "home_visit_withdrawn", person=access.person.id, subject=visit, reason=reason)
    return len(gone)


def expired(session: Session, access: Access, campaign: str) -> list[HomeVisitRow]:
    """The home visits that the person may open and that should not be kept any longer, without their
    envelopes."""
    found = select(HomeVisitRow).where(
        _VISIT.campaign == campaign,
        _VISIT.sealed.is_not(None),
        _VISIT.keep_until < today(),
        visits.where(access),
    )
    found = found.options(visits.WITHOUT_ENVELOPE).order_by(_VISIT.keep_until, _VISIT.sealed_at)
    return list(session.execute(found).scalars())


def erase_expired(session: Session, access: Access, campaign: str) -> int:
    """Erase what `expired` lists; how many."""
    gone = [row.id for row in expired(session, access, campaign)]
    _erase(session, campaign, gone, "expired", access.person.id)
    if gone:
        audit.note(session, "home_visits_expired", person=access.person.id, visits=len(gone))
    return len(gone)


def erase_forgotten(session: Session, campaign: str) -> int:
    """Erase what nobody erased within `GRACE_DAYS` after its last day, refused envelopes too; how many."""
    before = (date.fromisoformat(today()) - timedelta(days=GRACE_DAYS)).isoformat()
    of_visits = (_VISIT.campaign == campaign, _VISIT.sealed.is_not(None), _VISIT.keep_until < before)
    gone = list(session.execute(select(_VISIT.id).where(*of_visits)).scalars())
    _erase(session, campaign, gone, "expired", None)
    session.execute(
        update(SealedQuarantineRow)
        .where(_QUARANTINE.campaign == campaign, _QUARANTINE.keep_until < before)
        .values(sealed=None)
    )
    if gone:
        audit.note(session, "home_visits_expired", visits=len(gone))
    return len(gone)


def erase_again(session: Session, campaign: str, path: Path) -> int:
    """Erase what was withdrawn after the backup that this database comes from; how many."""
    gone: list[str] = []
    for some in _batches(sorted(withdrawn(campaign, path))):
        gone += session.execute(
            select(_VISIT.id).where(
                _VISIT.campaign == campaign, _VISIT.sealed.is_not(None), in_values(session, _VISIT.id, some)
            )
        ).scalars()
        _erase_refused(session, campaign, some)
    _erase(session, campaign, gone, "withdrawn", None)
    for visit in gone:
        audit.note(session, "home_visit_withdrawn", subject=visit)
    return len(gone)


def withdrawn(campaign: str, path: Path) -> set[str]:
    """The records of all home visits that were withdrawn, which the database may not know. `path`: the key
    file. Problem: keys_unavailable where the list cannot be read."""
    try:
        lines = _list_of(path).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return set()
    except (OSError, UnicodeDecodeError):
        raise problems.keys_unavailable(why="damaged") from None
    found = (line.partition(" ") for line in lines)
    return {visit for campaign_of, _, visit in found if campaign_of == campaign}


def _erase(session: Session, campaign: str, ids: Iterable[str], why: str, by: str | None) -> None:
    for some in _batches(list(ids)):
        _overwrite(session)
        session.execute(
            update(HomeVisitRow)
            .where(_VISIT.campaign == campaign, in_values(session, _VISIT.id, some))
            .values(sealed=None, counted=None, erased_at=now_text(), erased_why=why, erased_by=by)
        )
        _erase_refused(session, campaign, some)
    session.expire_all()


def _erase_refused(session: Session, campaign: str, ids: Sequence[str]) -> None:
    """Erase the refused envelopes of these records."""
    _overwrite(session)
    session.execute(
        update(SealedQuarantineRow)
        .where(_QUARANTINE.campaign == campaign, in_values(session, _QUARANTINE.record, ids))
        .values(sealed=None)
    )


def _overwrite(session: Session) -> None:
    """Let SQLite overwrite what goes, or the bytes would stay in free parts of the file."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete = ON"))


def _list(path: Path, campaign: str, ids: Sequence[str]) -> None:
    """Add to the list of what was withdrawn, before it is: it may be listed twice, but never be missing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        opened = os.open(_list_of(path), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(opened, "a", encoding="utf-8") as file:
            file.writelines(f"{campaign} {visit}\n" for visit in ids)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        raise problems.keys_unavailable(why="unwritable") from None


def _list_of(path: Path) -> Path:
    return path.with_name(f"{path.stem}-withdrawn.txt")


def _batches(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]
