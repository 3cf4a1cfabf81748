"""The log: the only way in which what people save gets into the database.

Pushes, decisions in the browser and the demo all append here. Appending stamps the operations, folds them
into the rows that pages read, and writes the campaign's counter as its last statement: a reader that sees a
seq sees all smaller ones too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from shared import clock
from shared.operations import GENESIS, Operation, Stamp, next_fingerprint
from sync_server.database import campaigns
from sync_server.database.bulk_insert import insert_rows
from sync_server.database.in_values import in_values
from sync_server.database.tables import CampaignCounterRow, CampaignRow, OperationRow
from sync_server.database.timestamps import text_of_ms
from sync_server.log import ledger_numbers, projection, scopes
from sync_server.log.log_entry import LogEntry

_OPERATION = OperationRow.metadata.tables["operation"]
_COUNTER = CampaignCounterRow.metadata.tables["campaign_counter"]
# Asked with every push and pull.
_FINGERPRINT = select(_OPERATION.c.tip).where(
    _OPERATION.c.campaign == bindparam("campaign"), _OPERATION.c.seq == bindparam("seq")
)


@dataclass(frozen=True, slots=True)
class StoredOperation:
    """An operation as it stands on the log."""

    n: int
    seq: int
    wire: str
    hlc_eff: str | None
    base_eff: int | None
    ledger_no: str | None


def append_operations(
    session: Session, campaign: CampaignRow, operations: Sequence[Operation], received_ms: int
) -> list[Stamp]:
    """Store operations that were made on the server; their stamps."""
    entries = [LogEntry.of(operation) for operation in operations]
    append(session, campaign, entries, received_ms)
    return [entry.stamp for entry in entries]


def append(
    session: Session,
    campaign: CampaignRow,
    entries: Sequence[LogEntry],
    received_ms: int,
    end: campaigns.End | None = None,
) -> campaigns.End:
    """Store valid new operations of one campaign, in order, and fold them into the records.

    Each entry gets its stamp. `end`: where the log ends, if the caller has locked it already. Returns where
    it ends afterwards. At most a few thousand entries at a time.
    """
    end = end or campaigns.locked_end(session, campaign.id)
    if not entries:
        return end
    affected = projection.load(session, campaign, entries)
    numbered = {record for record, row in affected.hazards.items() if row["ledger_no"]}
    numbers = ledger_numbers.numbers(session, campaign, entries, numbered, received_ms)
    ahead = _fingerprint(end, entries)
    certified = _certified(session, campaign.id, entries, ahead)
    for place, entry in enumerate(entries):
        operation, seq = entry.operation, end.seq + 1 + place
        seen = operation.base < seq and certified[operation.base] == operation.base_fingerprint
        hlc = clock.clamp(operation.hlc, received_ms)
        entry.given = Stamp(seq, hlc, numbers.get(place), None if seen else 0)
    projection.fold(session, affected, entries)
    scopes.note_moves(session, affected, entries)
    received_at = text_of_ms(received_ms)
    rows: list[dict[str, Any]] = []
    for entry in entries:
        operation, stamp = entry.operation, entry.stamp
        rows.append(
            {
                "campaign": operation.campaign,
                "device": operation.device,
                "n": operation.number,
                "seq": stamp.seq,
                "record": operation.record,
                "type": operation.type,
                "kind": operation.kind.value,
                "wire": entry.json,
                "hlc_eff": None if stamp.hlc == operation.hlc else stamp.hlc,
                "base_eff": stamp.base,
                "ledger_no": stamp.ledger_no,
                "tip": entry.fingerprint,
                "owner": affected.owner(entry),
                "received_at": received_at,
            }
        )
    insert_rows(session, _OPERATION, rows)
    last = entries[-1]
    session.connection().execute(
        update(_COUNTER)
        .where(_COUNTER.c.campaign == campaign.id)
        .values(seq=last.stamp.seq, tip=last.fingerprint)
    )
    return campaigns.End(last.stamp.seq, last.fingerprint)


def fingerprint_at(session: Session, campaign: str, seq: int) -> str | None:
    """The fingerprint of the log up to `seq`; None where the log does not go that far."""
    if seq == 0:
        return GENESIS
    return session.execute(_FINGERPRINT, {"campaign": campaign, "seq": seq}).scalar()


def stored(session: Session, campaign: str, device: str, ns: Sequence[int]) -> dict[int, StoredOperation]:
    """Those of a device's operations `ns` that are on the log, by n."""
    columns = _OPERATION.c
    rows = session.execute(
        select(
            columns.n, columns.seq, columns.wire, columns.hlc_eff, columns.base_eff, columns.ledger_no
        ).where(columns.campaign == campaign, columns.device == device, in_values(session, columns.n, ns))
    )
    return {row.n: StoredOperation(*row) for row in rows}


def types_of(session: Session, campaign: str, records: Sequence[str]) -> dict[str, str]:
    """Record id → its type, for those of `records` that are on the log."""
    columns = _OPERATION.c
    rows = session.execute(
        select(columns.record, columns.type)
        .where(columns.campaign == campaign, in_values(session, columns.record, records))
        .distinct()
    )
    return {row.record: row.type for row in rows}


def last_n(session: Session, campaign: str, device: str) -> int:
    """The greatest n of a device on the log; 0 where it has none."""
    columns = _OPERATION.c
    found: int | None = session.execute(
        select(columns.n)
        .where(columns.campaign == campaign, columns.device == device)
        .order_by(columns.n.desc())
        .limit(1)
    ).scalar()
    return found or 0


def _fingerprint(end: campaigns.End, entries: Sequence[LogEntry]) -> dict[int, str]:
    """Set the log's fingerprint on each entry; seq → fingerprint."""
    found: dict[int, str] = {}
    fingerprint = end.fingerprint
    for seq, entry in enumerate(entries, end.seq + 1):
        found[seq] = fingerprint = entry.fingerprint = next_fingerprint(fingerprint, entry.json)
    return found


def _certified(
    session: Session, campaign: str, entries: Sequence[LogEntry], ahead: dict[int, str]
) -> dict[int, str | None]:
    """This log's fingerprints at the operations' bases: an author whose fingerprint differs saw another log.

    After a restore the log may be a different one; then nobody can tell what that author had seen.
    """
    bases = {entry.operation.base for entry in entries}
    behind = _fingerprints(session, campaign, [base for base in bases if base not in ahead])
    return {base: behind.get(base) or ahead.get(base) for base in bases}


def _fingerprints(session: Session, campaign: str, seqs: Sequence[int]) -> dict[int, str]:
    columns = _OPERATION.c
    found = {0: GENESIS}
    if asked := [seq for seq in seqs if seq > 0]:
        rows = session.execute(
            select(columns.seq, columns.tip).where(
                columns.campaign == campaign, in_values(session, columns.seq, asked)
            )
        )
        found |= {row.seq: row.tip for row in rows}
    return found
