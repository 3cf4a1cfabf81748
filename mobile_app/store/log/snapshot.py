"""Reads the server's present records page by page, then drops local ones that are not among them.

The server's state of a record replaces the local one, with this phone's own operations on top.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col

from mobile_app.store.database import meta
from mobile_app.store.database.meta import Progress
from mobile_app.store.database.tables import PhotoFile, StoredOperation, StoredRecord
from mobile_app.store.log import entries, projection
from mobile_app.store.queries import listing
from mobile_app.store.queries.upload_states import UNSTORED, OperationState, PhotoState
from shared import merge
from shared.operations import GENESIS, RecordType
from shared.record_types import owner_of
from shared.sync.wire import SnapshotAnswer, SnapshotRecord

SLICE = 25
"""Records stored at a time where nothing else can run meanwhile, so that taps are answered soon."""
_BULK = {"synchronize_session": False}


def begin(session: Session) -> None:
    """Read everything again, from the first page."""
    where = meta.progress(session)
    meta.set_progress(
        session, replace(where, snapshot="", reading=where.reading + 1, ahead=0, ahead_fingerprint=GENESIS)
    )


def choose_towns(session: Session, codes: Sequence[str]) -> None:
    """Want the records of these towns from now on, or of all; missing ones must then be read.

    The cursor covers only the former towns: until the others are read, nothing there counts as seen.
    """
    if meta.towns(session):
        meta.set_progress(session, replace(meta.progress(session), cursor=0, fingerprint=GENESIS))
    meta.set_towns(session, codes)
    begin(session)


def begin_in_scope(session: Session, scope: str) -> None:
    """Read everything again, because the person may see other records now.

    The cursor covers only what they could see before.
    """
    where = meta.progress(session)
    if where.scope:
        where = replace(where, cursor=0, fingerprint=GENESIS)
    meta.set_progress(session, replace(where, scope=scope))
    begin(session)


def drop(session: Session, owners: Sequence[str]) -> None:
    """Delete hazards and visits that the person may no longer see.

    Unsent operations stay, and only they are shown of such a record.
    """
    for some in entries.slices(owners):
        owner = func.coalesce(col(StoredRecord.owner), col(StoredRecord.id))
        records = session.execute(select(col(StoredRecord.id)).where(owner.in_(some))).scalars().all()
        kept = entries.counted(session, records, UNSTORED)
        whose = {record: row.owner for record, row in projection.known(session, records).items()}
        session.execute(delete(StoredRecord).where(owner.in_(some)), execution_options=_BULK)
        unsent = (entry for those in kept.values() for entry in those)
        projection.absorb(session, unsent, whose, projection.OWN_ONLY)
        _drop_pulled(session)
        listing.refresh(session, set(some) & {owner for owner in whose.values() if owner})


def store(session: Session, records: Sequence[SnapshotRecord]) -> None:
    """Store the records of a page; storing them again changes nothing."""
    where = meta.progress(session)
    own = entries.counted(session, [one.record for one in records], (*UNSTORED, OperationState.ACKED))
    rows = []
    owners: set[str] = set()
    hlc = where.hlc
    for one in records:
        state = merge.from_json(one.state)
        hlc = max([hlc, *(write.hlc for write in state.live)])
        for entry in own.get(one.record, ()):
            state = merge.absorb(state, entry.write)
        owner = owner_of(one.type, one.record, merge.shown(state)) or None
        rows.append(projection.row_of(one.record, one.type, owner, one.ledger_no, state, where.reading))
        if owner:
            owners.add(owner)
    projection.put(session, rows)
    meta.set_progress(session, replace(where, hlc=hlc))  # what is saved from now on sorts after what was read
    _note_photos(session, records)
    listing.refresh(session, owners & (listing.listed(session, owners) | {one.record for one in records}))


def turn_page(session: Session, page: SnapshotAnswer) -> None:
    """A page has been stored; go on after it, or finish."""
    where = meta.progress(session)
    if where.snapshot == "":
        where = replace(where, ahead=page.seq, ahead_fingerprint=page.tip)
    where = replace(where.with_end(page.seq, page.tip, page.receipt), snapshot=page.next)
    if page.next is None:
        where = replace(where, cursor=where.ahead, fingerprint=where.ahead_fingerprint)
        _drop_unlisted(session, where)
    meta.set_progress(session, where)


def _note_photos(session: Session, records: Sequence[SnapshotRecord]) -> None:
    """Add photos that this phone does not know: they are at the server, or on their way to it."""
    rows = []
    for one in records:
        if one.type != RecordType.PHOTO:
            continue
        values = merge.shown(merge.from_json(one.state))
        if "sha256" in values:
            rows.append(
                {
                    "sha256": values["sha256"],
                    "owner": owner_of(one.type, one.record, values) or None,
                    "record": one.record,
                    "mime": values["mime"],
                    "bytes": values["bytes"],
                    "n": 0,
                    "state": PhotoState.REMOTE,
                    "sent": 0,
                }
            )
    if rows:
        session.execute(insert(PhotoFile).on_conflict_do_nothing(), rows)


def _drop_unlisted(session: Session, where: Progress) -> None:
    """Delete what was not in this snapshot, except hazards that this phone wrote about.

    If the person may not see everything, operations sent before the snapshot do not keep a hazard.
    """
    owner = func.coalesce(col(StoredRecord.owner), col(StoredRecord.id))
    wrote = func.coalesce(col(StoredOperation.owner), col(StoredOperation.record))
    states: tuple[OperationState, ...] = (*UNSTORED, OperationState.ACKED, OperationState.REPAIRED)
    if where.scope:
        states = UNSTORED
        read = select(col(StoredRecord.id)).where(col(StoredRecord.reading) == where.reading)
        since = select(wrote).where(
            col(StoredOperation.state) == OperationState.ACKED, col(StoredOperation.seq) > where.ahead
        )
        unread = select(owner).where(
            col(StoredRecord.reading) < where.reading, owner.not_in(read), owner.not_in(since)
        )
        drop(session, session.execute(unread.distinct()).scalars().all())
    own = select(wrote).where(
        col(StoredOperation.state).in_(states) | (col(StoredOperation.seq) > where.ahead)
    )
    session.execute(
        delete(StoredRecord).where(col(StoredRecord.reading) < where.reading, owner.not_in(own)),
        execution_options=_BULK,
    )
    _drop_pulled(session)


def _drop_pulled(session: Session) -> None:
    """Delete others' operations on records that are no longer here."""
    here = select(col(StoredRecord.id))
    for table in listing.LINES:
        session.execute(delete(table).where(col(table.id).not_in(here)), execution_options=_BULK)
    session.execute(
        delete(StoredOperation).where(
            col(StoredOperation.state) == OperationState.PULLED, col(StoredOperation.record).not_in(here)
        ),
        execution_options=_BULK,
    )
    shown = select(col(StoredRecord.sha256)).where(col(StoredRecord.sha256).is_not(None))
    session.execute(
        delete(PhotoFile).where(
            col(PhotoFile.state) == PhotoState.REMOTE,
            col(PhotoFile.sha256).not_in(shown),
        ),
        execution_options=_BULK,
    )
