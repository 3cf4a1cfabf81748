"""Projects operations into rows: affected rows are loaded once, folded with the shared core, written once."""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, delete, select
from sqlmodel import Session

from shared import merge
from shared.merge import RecordState
from shared.operations import RecordType
from shared.record_types import RECORD_TYPES, owner_of
from sync_server.database.bulk_insert import insert_rows
from sync_server.database.in_values import in_values
from sync_server.database.tables import CampaignRow
from sync_server.log.log_entry import LogEntry
from sync_server.log.projectors import finding_days, hazard_event_rows, hazard_rows
from sync_server.log.projectors.record_change import RecordChange
from sync_server.log.projectors.rows import row_of
from sync_server.log.projectors.tables import TABLES, owner_of_row, table_of

RowValues = dict[str, Any]
_HAZARD_PARTS = (RecordType.HAZARD_EVENT, RecordType.PHOTO)
"""Types that a hazard's row is made from besides its own operations, see `hazard_rows`."""


@dataclass(slots=True)
class AffectedRows:
    """The rows that a batch may change: type → record id → row; `changed`: the new states.

    `towns`: the towns of records before it. `mentioned`: hazards that had events or photos before it.
    """

    campaign: CampaignRow
    rows: defaultdict[str, dict[str, RowValues]]
    towns: dict[str, str]
    mentioned: set[str]
    changed: defaultdict[str, dict[str, RecordState]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def hazards(self) -> dict[str, RowValues]:
        return self.rows[RecordType.HAZARD]

    def owner(self, entry: LogEntry) -> str:
        """The hazard or visit that an operation is about, once it is folded."""
        operation = entry.operation
        kind = RECORD_TYPES[operation.type]
        if kind.owner and not kind.written_once:  # this operation may be one that does not name it
            return owner_of_row(operation.type, self.rows[operation.type][operation.record])
        return owner_of(operation.type, operation.record, operation.fields)


def load(session: Session, campaign: CampaignRow, entries: Sequence[LogEntry]) -> AffectedRows:
    """Load all rows that the operations may affect."""
    records: dict[str, set[str]] = defaultdict(set)
    hazards: set[str] = set()
    for entry in entries:
        operation = entry.operation
        records[operation.type].add(operation.record)
        if operation.type in _HAZARD_PARTS:
            hazards.add(operation.fields.get("hazard") or "")
    rows: defaultdict[str, dict[str, RowValues]] = defaultdict(dict)
    for name, ids in records.items():
        if name != RecordType.HAZARD:
            rows[name] = _known(session, table_of(name), campaign.id, ids)
    for name in _HAZARD_PARTS:
        hazards.update(row["hazard"] or "" for row in rows[name].values())
    hazards |= records[RecordType.HAZARD]
    hazards.discard("")
    rows[RecordType.HAZARD] = _known(session, TABLES[RecordType.HAZARD], campaign.id, hazards)
    for name in _HAZARD_PARTS:
        rows[name] |= _known(session, TABLES[name], campaign.id, hazards, by="hazard")
    placed = (row for name, some in rows.items() if RECORD_TYPES[name].town for row in some.values())
    return AffectedRows(
        campaign,
        rows,
        towns={row["id"]: row["town_code"] or "" for row in placed},
        mentioned={row["hazard"] for name in _HAZARD_PARTS for row in rows[name].values() if row["hazard"]},
    )


def fold(session: Session, affected: AffectedRows, entries: Sequence[LogEntry]) -> None:
    """Write the rows that result from the operations, which have their stamps."""
    firsts: dict[str, LogEntry] = {}
    last: dict[str, LogEntry] = {}
    numbers: dict[str, str] = {}
    for entry in entries:
        operation, record = entry.operation, entry.operation.record
        states = affected.changed[operation.type]
        state = states.get(record)
        if state is None:
            row = affected.rows[operation.type].get(record)
            state = merge.from_json(row["state"]) if row else merge.EMPTY
            if row is None:
                firsts[record] = entry
        write = merge.write_of(operation, entry.stamp)
        if RECORD_TYPES[operation.type].written_once:
            states[record] = hazard_event_rows.written_once(state, write)
        else:
            states[record] = merge.absorb(state, write)
        last[record] = entry
        if entry.stamp.ledger_no:
            numbers[record] = entry.stamp.ledger_no
    left = {
        record: row["hazard"]
        for name in _HAZARD_PARTS
        for record in affected.changed[name]
        if (row := affected.rows[name].get(record))
    }
    for name in affected.changed:
        if name != RecordType.HAZARD:
            _fold_type(affected, name, firsts, last)
    known = {
        record: state for record, state in affected.changed[RecordType.HAZARD].items() if record not in firsts
    }
    found = finding_days.taken_back(session, affected.campaign.id, known)
    _fold_hazards(affected, firsts, last, numbers, left, found)
    for name, states in affected.changed.items():
        rows = [affected.rows[name][record] for record in states]
        _replace(session, table_of(name), affected.campaign.id, rows, firsts.keys())


def refold(session: Session, campaign: CampaignRow, hazards: Sequence[str]) -> None:
    """Rebuild the rows of some hazards from their states, events and photos."""
    table = TABLES[RecordType.HAZARD]
    before = _known(session, table, campaign.id, hazards)
    events, photos = (
        _by_hazard(_known(session, TABLES[name], campaign.id, hazards, by="hazard").values())
        for name in _HAZARD_PARTS
    )
    states = {record: merge.from_json(row["state"]) for record, row in before.items()}
    found = finding_days.taken_back(session, campaign.id, states)
    rows = [
        hazard_rows.row(
            campaign,
            record,
            states[record],
            before={**row, "found_on": found.get(record, row["found_on"])},
            ledger_no=None,
            events=events.get(record, []),
            photos=photos.get(record, []),
            seq=row["updated_seq"],
        )
        for record, row in before.items()
    ]
    _replace(session, table, campaign.id, rows, ())


def refold_visits(session: Session, campaign: CampaignRow, visits: Sequence[str]) -> None:
    """Make the rows of some visits of safety education again from their states."""
    name = RecordType.EDUCATION_VISIT
    before = _known(session, TABLES[name], campaign.id, visits)
    rows = [
        row_of(
            RecordChange(
                *(campaign.id, name, record, merge.from_json(row["state"]), row),
                *(row["updated_seq"], row["updated_seq"]),
            )
        )
        for record, row in before.items()
    ]
    _replace(session, TABLES[name], campaign.id, rows, ())


def _fold_type(
    affected: AffectedRows, name: str, firsts: dict[str, LogEntry], last: dict[str, LogEntry]
) -> None:
    """The rows of a type whose records change by their own operations only."""
    campaign, rows = affected.campaign.id, affected.rows[name]
    for record, state in affected.changed[name].items():
        first = firsts.get(record) or last[record]
        rows[record] = row_of(
            RecordChange(
                campaign, name, record, state, rows.get(record), first.stamp.seq, last[record].stamp.seq
            )
        )


def _fold_hazards(
    affected: AffectedRows,
    firsts: dict[str, LogEntry],
    last: dict[str, LogEntry],
    numbers: dict[str, str],
    left: dict[str, str],
    found: dict[str, str],
) -> None:
    """Hazards change by their own operations, and by those on their events and photos.

    `left`: event or photo → the hazard it belonged to before. `found`: as `finding_days.taken_back` has it.
    """
    states = affected.changed[RecordType.HAZARD]
    last_seq = {record: entry.stamp.seq for record, entry in last.items()}
    for name in _HAZARD_PARTS:
        for record in affected.changed[name]:
            for owner in {affected.rows[name][record]["hazard"], left.get(record)}:
                if owner in affected.hazards and owner not in states:
                    states[owner] = merge.from_json(affected.hazards[owner]["state"])
                last_seq[owner] = max(last_seq.get(owner, 0), last_seq[record])
    events, photos = (_by_hazard(affected.rows[name].values()) for name in _HAZARD_PARTS)
    for record, state in states.items():
        before = affected.hazards.get(record)
        if before and record in found:
            before = {**before, "found_on": found[record]}
        first = firsts.get(record)
        affected.hazards[record] = hazard_rows.row(
            affected.campaign,
            record,
            state,
            before=before or hazard_rows.birth(firsts[record].operation),
            ledger_no=numbers.get(record),
            events=events.get(record, []),
            photos=photos.get(record, []),
            seq=last_seq[record],
            # a record of a single operation is what its fields say
            hazard=first.record if first and first is last[record] else None,
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
