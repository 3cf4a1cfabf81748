"""The only way into the log: saving, replaying, acknowledging and pulling all end here.

In whatever order and however often operations arrive, the phone ends in the same state.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select, tuple_
from sqlmodel import Session, col

from mobile_app.store.database import meta
from mobile_app.store.database.tables import StoredOperation
from mobile_app.store.log import entries, projection, snapshot
from mobile_app.store.log.entries import LogEntry
from mobile_app.store.queries import listing, photos
from mobile_app.store.queries.upload_states import OperationState
from shared import problems
from shared.operations import canonical


def append(session: Session, several: Sequence[LogEntry]) -> set[str]:
    """Add operations to the log and to the records they are about; returns the hazards they affect.

    Known operations change nothing, except that a new stamp is stored. An operation that this phone issued
    again under another device is replaced by the other copy's operation with the same key.

    Problem: operation_rewritten {device, n} if the server has other content under the key of an own one.
    """
    known = _known(session, several)
    fresh: dict[tuple[str, str, int], LogEntry] = {}
    told_again: list[LogEntry] = []
    claimed_too_much: list[LogEntry] = []
    for entry in several:
        key = entry.operation.key
        before = known.get(key)
        if before is not None:
            if entry.stamp is None or before.seq is not None:
                if before.state == OperationState.ACKED:
                    told_again.append(entry)
                continue
            if before.state != OperationState.MOVED:
                if before.wire != canonical(entry.operation):
                    raise problems.operation_rewritten(device=before.device, n=before.n)
                entry = replace(entry, state=OperationState.ACKED)
                if before.base > entry.write.base:
                    claimed_too_much.append(entry)
        if key not in fresh or fresh[key].stamp is None:
            fresh[key] = entry
    back = _of_dropped_records(session, told_again)
    if not fresh and not back:
        return set()
    news = list(fresh.values())
    owners = projection.owners_of(session, (entry.operation for entry in [*news, *back]))
    _give_back(session, claimed_too_much)
    touched = {owner for owner in owners.values() if owner}
    rows = [entry.row(owners[entry.operation.record]) for entry in news]
    if rows:
        session.execute(insert(StoredOperation).prefix_with("OR REPLACE"), rows)
    projection.absorb(session, [*news, *back], owners)
    photos.expect(session, [entry.operation for entry in news], owners)
    _count(session, news)
    listing.refresh(session, touched)
    return touched


def _of_dropped_records(session: Session, told_again: Sequence[LogEntry]) -> list[LogEntry]:
    """Own operations from the server on records that were dropped and now come back."""
    here = projection.known(session, {entry.operation.record for entry in told_again})
    return [entry for entry in told_again if entry.operation.record not in here]


def _give_back(session: Session, several: Sequence[LogEntry]) -> None:
    """Take operations off their records that had seen less than they said; their stamps add them again.

    What they superseded without having seen it must be there again.
    """
    if projection.remove(
        session, {entry.operation.record for entry in several}, {entry.key for entry in several}
    ):
        snapshot.begin(session)


def _known(session: Session, several: Sequence[LogEntry]) -> dict[tuple[str, str, int], Any]:
    columns = (col(StoredOperation.campaign), col(StoredOperation.device), col(StoredOperation.n))
    also = (
        *(col(StoredOperation.seq), col(StoredOperation.base)),
        *(col(StoredOperation.state), col(StoredOperation.wire)),
    )
    found: dict[tuple[str, str, int], Any] = {}
    for some in entries.slices([entry.operation.key for entry in several], 200):
        rows = session.execute(select(*columns, *also).where(tuple_(*columns).in_(some)))
        found.update({(row.campaign, row.device, row.n): row for row in rows})
    return found


def _count(session: Session, several: Iterable[LogEntry]) -> None:
    """Never fall behind what was seen: numbers and stamps continue from the greatest."""
    where, who = meta.progress(session), meta.identity(session)
    n, hlc = where.n, where.hlc
    for entry in several:
        if who and entry.operation.device == who.device:
            n = max(n, entry.operation.number)
        hlc = max(hlc, entry.write.hlc)
    if (n, hlc) != (where.n, where.hlc):
        meta.set_progress(session, replace(where, n=n, hlc=hlc))
