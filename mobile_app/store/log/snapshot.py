"""Reading the server's records as they stand: begun anew, page by page, ended by dropping what is not there.

What the server told of a record takes the place of what was known, with this phone's own operations on top.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col

from mobile_app.store.database import meta
from mobile_app.store.database.tables import ListedHazard, PhotoFile, StoredOperation, StoredRecord
from mobile_app.store.log import entries, projection
from mobile_app.store.queries import listing
from mobile_app.store.queries.upload_states import UNSTORED, OperationState, PhotoState
from shared import merge
from shared.merge import RecordState
from shared.operations import GENESIS, RecordType
from shared.sync.wire import SnapshotAnswer, SnapshotRecord

SLICE = 25
"""Records that are taken at a time where nothing else can go on meanwhile, so that a tap is answered soon."""
_BULK = {"synchronize_session": False}
_OWN = (*UNSTORED, OperationState.ACKED, OperationState.REPAIRED)


def begin(session: Session) -> None:
    """Read everything anew, from the first page."""
    where = meta.progress(session)
    meta.set_progress(
        session, replace(where, snapshot="", reading=where.reading + 1, ahead=0, ahead_tip=GENESIS)
    )


def choose_towns(session: Session, codes: Sequence[str]) -> None:
    """Want the records of these towns from now on, or of all; what this phone lacks of them must be read.

    Of what lay outside the towns so far, the cursor says nothing: until it is read, nothing was seen.
    """
    if meta.towns(session):
        meta.set_progress(session, replace(meta.progress(session), cursor=0, tip=GENESIS))
    meta.set_towns(session, codes)
    begin(session)


def take(session: Session, told: Sequence[SnapshotRecord]) -> None:
    """Take records of a page; the same again changes nothing."""
    where = meta.progress(session)
    own = entries.counted(session, [one.record for one in told], (*UNSTORED, OperationState.ACKED))
    rows = []
    hazards: set[str] = set()
    hlc = where.hlc
    for one in told:
        state = merge.from_json(one.state)
        hlc = max([hlc, *(write.hlc for write in state.live)])
        for entry in own.get(one.record, ()):
            state = merge.absorb(state, entry.write)
        hazard = _hazard(one, state)
        rows.append(
            projection.row_of(one.record, one.type.value, hazard, one.ledger_no, state, where.reading)
        )
        if hazard:
            hazards.add(hazard)
    projection.put(session, rows)
    meta.set_progress(session, replace(where, hlc=hlc))  # what is saved from now on sorts after what was read
    _note_photos(session, told)
    listing.refresh(session, hazards & (listing.listed(session, hazards) | {one.record for one in told}))


def turn(session: Session, page: SnapshotAnswer) -> None:
    """A page has been taken; go on after it, or end."""
    where = meta.progress(session)
    if where.snapshot == "":
        where = replace(where, ahead=page.seq, ahead_tip=page.tip)
    where = replace(where.after_hearing(page.seq, page.tip), snapshot=page.next)
    if page.next is None:
        where = replace(where, cursor=where.ahead, tip=where.ahead_tip)
        _drop_untold(session, where.reading)
    meta.set_progress(session, where)


def _hazard(one: SnapshotRecord, state: RecordState) -> str | None:
    if one.type is RecordType.HAZARD:
        return one.record
    hazard = merge.shown(state).get("hazard")
    return hazard if isinstance(hazard, str) else None


def _note_photos(session: Session, told: Sequence[SnapshotRecord]) -> None:
    """Photos that this phone does not know of are at the server, or on their way to it."""
    rows = []
    for one in told:
        if one.type is not RecordType.PHOTO:
            continue
        values = merge.shown(merge.from_json(one.state))
        if "sha256" in values:
            rows.append(
                {
                    "sha256": values["sha256"],
                    "hazard": values.get("hazard"),
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


def _drop_untold(session: Session, reading: int) -> None:
    """Forget what the server did not tell in this reading, but for hazards that this phone wrote about."""
    own = select(func.coalesce(col(StoredOperation.hazard), col(StoredOperation.record))).where(
        col(StoredOperation.state).in_(_OWN)
    )
    owner = func.coalesce(col(StoredRecord.hazard), col(StoredRecord.id))
    session.execute(
        delete(StoredRecord).where(col(StoredRecord.reading) < reading, owner.not_in(own)),
        execution_options=_BULK,
    )
    here = select(col(StoredRecord.id))
    session.execute(
        delete(ListedHazard).where(col(ListedHazard.id).not_in(here)),
        execution_options=_BULK,
    )
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
