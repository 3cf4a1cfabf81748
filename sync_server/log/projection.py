"""Operations become rows: what a batch touches is loaded once, folded with the shared core, written once."""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from sqlalchemy import Table, delete, select
from sqlmodel import Session

from shared import merge
from shared.merge import RecordState
from shared.operations import Operation, RecordType, Stamp
from sync_server.database.bulk_insert import insert_rows
from sync_server.database.in_values import in_values
from sync_server.database.tables import CampaignRow, EducationVisitRow, HazardEventRow, HazardRow, PhotoRow
from sync_server.log.projectors import education_visit_rows, hazard_event_rows, hazard_rows, photo_rows

_HAZARD, _EVENT, _PHOTO, _VISIT = (
    row.metadata.tables[str(row.__tablename__)]
    for row in (HazardRow, HazardEventRow, PhotoRow, EducationVisitRow)
)

RowValues = dict[str, Any]


@dataclass(slots=True)
class AffectedRows:
    """The rows that a batch may change, by record id; `changed` those that it does.

    `towns`: where hazards and visits were before it. `spoken_of`: hazards with events or photos before it.
    """

    campaign: CampaignRow
    hazards: dict[str, RowValues]
    events: dict[str, RowValues]
    photos: dict[str, RowValues]
    visits: dict[str, RowValues]
    towns: dict[str, str]
    spoken_of: set[str]
    changed: dict[RecordType, dict[str, RecordState]] = field(default_factory=lambda: defaultdict(dict))


def load(session: Session, campaign: CampaignRow, operations: Sequence[Operation]) -> AffectedRows:
    """What is known of everything that the operations touch."""
    records: dict[RecordType, set[str]] = defaultdict(set)
    for operation in operations:
        records[operation.type].add(operation.record)
    events = _known(session, _EVENT, campaign.id, records[RecordType.HAZARD_EVENT])
    photos = _known(session, _PHOTO, campaign.id, records[RecordType.PHOTO])
    hazards = set(records[RecordType.HAZARD])
    for operation in operations:
        if operation.type in (RecordType.HAZARD_EVENT, RecordType.PHOTO):
            hazards.add(operation.fields.get("hazard") or "")
    hazards.update(row["hazard"] or "" for row in (*events.values(), *photos.values()))
    hazards.discard("")
    known = _known(session, _HAZARD, campaign.id, hazards)
    events |= _known(session, _EVENT, campaign.id, hazards, by="hazard")
    photos |= _known(session, _PHOTO, campaign.id, hazards, by="hazard")
    visits = _known(session, _VISIT, campaign.id, records[RecordType.EDUCATION_VISIT])
    return AffectedRows(
        campaign,
        known,
        events,
        photos,
        visits,
        towns={record: row["town_code"] or "" for record, row in (known | visits).items()},
        spoken_of={row["hazard"] for row in (*events.values(), *photos.values()) if row["hazard"]},
    )


def fold(
    session: Session,
    touched: AffectedRows,
    operations: Sequence[Operation],
    stamps: Sequence[Stamp],
    read: Sequence[Any] = (),
) -> None:
    """Write the rows that follow from the operations. `read`: the fields of each as a record, if known."""
    rows_of = {
        RecordType.HAZARD: touched.hazards,
        RecordType.HAZARD_EVENT: touched.events,
        RecordType.PHOTO: touched.photos,
        RecordType.EDUCATION_VISIT: touched.visits,
    }
    firsts: dict[str, tuple[Operation, Stamp]] = {}
    numbers: dict[str, str] = {}
    last_seq: dict[str, int] = {}
    whole: dict[str, Any] = {}  # records of a single operation are what its fields say
    for operation, stamp, one in zip_longest(operations, stamps, read):
        record, states = operation.record, touched.changed[operation.type]
        state = states.get(record)
        whole.pop(record, None)
        if state is None:
            row = rows_of[operation.type].get(record)
            state = merge.from_json(row["state"]) if row else merge.EMPTY
            if row is None:
                firsts[record] = (operation, stamp)
                whole[record] = one
        write = merge.write_of(operation, stamp)
        if operation.type is RecordType.HAZARD_EVENT:
            states[record] = hazard_event_rows.earliest(state, write)
        else:
            states[record] = merge.absorb(state, write)
        last_seq[record] = stamp.seq
        if stamp.ledger_no:
            numbers[record] = stamp.ledger_no
    _fold_events(touched)
    _fold_photos(touched, firsts)
    _fold_hazards(touched, firsts, numbers, last_seq, whole)
    for record, state in touched.changed[RecordType.EDUCATION_VISIT].items():
        touched.visits[record] = education_visit_rows.row(
            touched.campaign.id, record, state, last_seq[record]
        )
    tables = {
        RecordType.HAZARD: _HAZARD,
        RecordType.HAZARD_EVENT: _EVENT,
        RecordType.PHOTO: _PHOTO,
        RecordType.EDUCATION_VISIT: _VISIT,
    }
    for kind, table in tables.items():
        rows = [rows_of[kind][record] for record in touched.changed[kind]]
        _replace(session, table, touched.campaign.id, rows, firsts.keys())


def _fold_events(touched: AffectedRows) -> None:
    for record, state in touched.changed[RecordType.HAZARD_EVENT].items():
        touched.events[record] = hazard_event_rows.row(touched.campaign.id, record, state)


def _fold_photos(touched: AffectedRows, firsts: dict[str, tuple[Operation, Stamp]]) -> None:
    for record, state in touched.changed[RecordType.PHOTO].items():
        before = touched.photos.get(record)
        first_seq = before["first_seq"] if before else firsts[record][1].seq
        touched.photos[record] = photo_rows.row(touched.campaign.id, record, state, first_seq)


def _fold_hazards(
    touched: AffectedRows,
    firsts: dict[str, tuple[Operation, Stamp]],
    numbers: dict[str, str],
    last_seq: dict[str, int],
    whole: dict[str, Any],
) -> None:
    """Hazards change by their own operations, and by those on their events and photos."""
    states = touched.changed[RecordType.HAZARD]
    for kind, rows in ((RecordType.HAZARD_EVENT, touched.events), (RecordType.PHOTO, touched.photos)):
        for record in touched.changed[kind]:
            hazard = rows[record]["hazard"]
            if hazard in touched.hazards and hazard not in states:
                states[hazard] = merge.from_json(touched.hazards[hazard]["state"])
            last_seq[hazard] = max(last_seq.get(hazard, 0), last_seq[record])
    events = _by_hazard(touched.events.values())
    photos = _by_hazard(touched.photos.values())
    for record, state in states.items():
        before = touched.hazards.get(record)
        touched.hazards[record] = hazard_rows.row(
            touched.campaign,
            record,
            state,
            before=before or hazard_rows.birth(firsts[record][0]),
            ledger_no=numbers.get(record),
            events=events.get(record, []),
            photos=photos.get(record, []),
            seq=last_seq[record],
            hazard=whole.get(record),
        )


def _by_hazard(rows: Iterable[RowValues]) -> dict[str, list[RowValues]]:
    grouped: dict[str, list[RowValues]] = defaultdict(list)
    for row in rows:
        if row["hazard"]:
            grouped[row["hazard"]].append(row)
    return grouped


def _known(
    session: Session, table: Table, campaign: str, ids: Iterable[str], by: str = "id"
) -> dict[str, RowValues]:
    wanted = list(ids)
    if not wanted:
        return {}
    found = session.execute(
        select(table).where(table.c.campaign == campaign, in_values(session, table.c[by], wanted))
    ).mappings()
    return {row["id"]: dict(row) for row in found}


def _replace(
    session: Session, table: Table, campaign: str, rows: Sequence[RowValues], new: Container[str]
) -> None:
    """Write whole rows, over those with the same id unless they are `new`."""
    if not rows:
        return
    old = [row["id"] for row in rows if row["id"] not in new]
    if old:
        session.execute(
            delete(table).where(table.c.campaign == campaign, in_values(session, table.c.id, old))
        )
    insert_rows(session, table, rows)
