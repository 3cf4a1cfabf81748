"""Photo bytes: which wait, how far each upload has got, which the server has verified."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col

from mobile_app.store.database import meta
from mobile_app.store.database.tables import PhotoFile, StoredRecord
from mobile_app.store.queries import listing, titles
from mobile_app.store.queries.titles import Titled
from mobile_app.store.queries.upload_states import PhotoState
from shared.operations import Kind, Operation
from shared.problems import Problem
from shared.sync.wire import Reason

_OPEN = (PhotoState.WAITING, PhotoState.UPLOADING)


@dataclass(frozen=True, slots=True)
class WaitingPhoto:
    """A photo that the server lacks: its announcement, and how far an earlier upload got."""

    sha256: str
    mime: str
    bytes: int
    record: str
    owner: str | None
    n: int
    sent: int
    upload: str | None


def expect(session: Session, operations: Iterable[Operation], owners: Mapping[str, str | None]) -> None:
    """Add the photos that operations attach: own ones wait to be sent, others are at the server."""
    who = meta.identity(session)
    rows = [
        {
            "sha256": operation.fields["sha256"],
            "owner": owners[operation.record],
            "record": operation.record,
            "mime": operation.fields["mime"],
            "bytes": operation.fields["bytes"],
            "n": operation.number,
            "state": PhotoState.WAITING if who and operation.device == who.device else PhotoState.REMOTE,
            "sent": 0,
        }
        for operation in operations
        if operation.kind is Kind.ATTACH
    ]
    if not rows:
        return
    session.execute(insert(PhotoFile).on_conflict_do_nothing(), rows)
    mine = [row["sha256"] for row in rows if row["state"] is PhotoState.WAITING]
    session.execute(  # bytes seen first at the server and now taken here too: let the server say it has them
        update(PhotoFile)
        .where(col(PhotoFile.sha256).in_(mine), col(PhotoFile.state) == PhotoState.REMOTE)
        .values(state=PhotoState.WAITING)
    )


def waiting(session: Session) -> list[WaitingPhoto]:
    """Photos that are to be sent to the server, in the order they were saved."""
    return _in_states(session, _OPEN)


def undelivered(session: Session) -> list[WaitingPhoto]:
    """Photos that the server has not verified, those that failed included, in the order they were saved."""
    return _in_states(session, (*_OPEN, PhotoState.FAILED))


def _in_states(session: Session, states: Sequence[PhotoState]) -> list[WaitingPhoto]:
    rows = session.execute(
        select(PhotoFile).where(col(PhotoFile.state).in_(states)).order_by(col(PhotoFile.n))
    ).scalars()
    return [
        WaitingPhoto(row.sha256, row.mime, row.bytes, row.record, row.owner, row.n, row.sent, row.upload)
        for row in rows
    ]


def count_waiting(session: Session) -> tuple[int, int]:
    """(photos, bytes) that wait to be sent."""
    count, size = session.execute(
        select(func.count(), func.coalesce(func.sum(col(PhotoFile.bytes) - col(PhotoFile.sent)), 0)).where(
            col(PhotoFile.state).in_(_OPEN)
        )
    ).one()
    return int(count), int(size)


def advanced(session: Session, sha256: str, upload: str | None, sent: int) -> None:
    """The server has the first `sent` bytes under the address `upload`."""
    _set(session, sha256, state=PhotoState.UPLOADING, upload=upload, sent=sent, code=None, details=None)


def delivered(session: Session, sha256: str, at: str) -> None:
    """The server has verified the hash of all bytes; it was `at` (ISO 8601, UTC) by this phone's clock."""
    size = session.execute(select(col(PhotoFile.bytes)).where(col(PhotoFile.sha256) == sha256)).scalar_one()
    _set(
        session,
        sha256,
        state=PhotoState.DELIVERED,
        delivered_at=at,
        sent=size,
        upload=None,
        code=None,
        details=None,
        shown=True,
    )


def failed(session: Session, sha256: str, problem: Problem) -> None:
    """The server or this device refused the photo; the person is told."""
    _set(
        session,
        sha256,
        state=PhotoState.FAILED,
        sent=0,
        upload=None,
        code=problem.code,
        details=json.dumps(problem.details, ensure_ascii=False),
        shown=True,
    )


@dataclass(frozen=True, slots=True)
class FailedPhoto:
    """A photo that failed: what it belongs to, None where that is not here, and why."""

    sha256: str
    owner: Titled | None
    why: Reason


def failures(session: Session, limit: int) -> list[FailedPhoto]:
    """The photos that failed, in the order they were saved."""
    rows = session.execute(
        select(PhotoFile)
        .where(col(PhotoFile.state) == PhotoState.FAILED)
        .order_by(col(PhotoFile.n))
        .limit(limit)
    ).scalars()
    return [
        FailedPhoto(row.sha256, titles.of(session, row.owner), why)
        for row in rows
        if (why := listing.why(row.code, row.details))
    ]


def retry(session: Session, sha256: str | None = None) -> None:
    """Send the failed photo `sha256`, or all failed photos, again: a person asked for it."""
    some = col(PhotoFile.state) == PhotoState.FAILED
    if sha256 is not None:
        some &= col(PhotoFile.sha256) == sha256
    hazards = session.execute(select(col(PhotoFile.owner)).where(some)).scalars().all()
    session.execute(update(PhotoFile).where(some).values(state=PhotoState.WAITING, code=None, details=None))
    listing.refresh(session, [hazard for hazard in hazards if hazard])


def freeable(session: Session, delivered_before: str) -> list[tuple[str, int]]:
    """(SHA-256, bytes) of the originals here that the server verified before a moment (ISO 8601, UTC)."""
    rows = session.execute(
        select(col(PhotoFile.sha256), col(PhotoFile.bytes))
        .where(col(PhotoFile.state) == PhotoState.DELIVERED)
        .where(col(PhotoFile.freed).is_(False), col(PhotoFile.delivered_at) < delivered_before)
        .order_by(col(PhotoFile.n))
    )
    return [(sha256, size) for sha256, size in rows]


def freed(session: Session, sha256: str) -> None:
    """The original has been deleted from this phone."""
    _set(session, sha256, freed=True)


def restart_uploads(session: Session, *states: PhotoState) -> None:
    """Send photos in these states from their first byte; the server says which of them it has."""
    session.execute(
        update(PhotoFile)
        .where(col(PhotoFile.state).in_(states))
        .values(state=PhotoState.WAITING, sent=0, upload=None, code=None, details=None)
    )


def named(session: Session, names: Sequence[str]) -> set[str]:
    """Those of `names` (SHA-256) that a saved photo names."""
    return set(
        session.execute(select(col(PhotoFile.sha256)).where(col(PhotoFile.sha256).in_(names))).scalars()
    )


def _set(session: Session, sha256: str, *, shown: bool = False, **values: Any) -> None:
    session.execute(update(PhotoFile).where(col(PhotoFile.sha256) == sha256).values(**values))
    if shown:
        owners = session.execute(select(col(StoredRecord.owner)).where(col(StoredRecord.sha256) == sha256))
        listing.refresh(session, [owner for owner in owners.scalars() if owner])
