"""The log: the one way by which anything that people save gets into the database.

Push, decisions in the browser and the demo all append here. Appending stamps the operations, folds them
into the rows that pages read, and writes the campaign's counter as its last statement: a reader that sees a
seq sees all smaller ones too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from shared import clock
from shared.operations import GENESIS, Operation, Stamp, next_tip
from sync_server.database import campaigns
from sync_server.database.bulk_insert import insert_rows
from sync_server.database.in_values import in_values
from sync_server.database.tables import CampaignCounterRow, CampaignRow, OperationRow
from sync_server.database.timestamps import text_of_ms
from sync_server.log import ledger_numbers, projection, scopes
from sync_server.log.canonical_json import canonical_json

_OPERATION = OperationRow.metadata.tables["operation"]
_COUNTER = CampaignCounterRow.metadata.tables["campaign_counter"]


@dataclass(frozen=True, slots=True)
class Kept:
    """An operation as it stands on the log."""

    n: int
    seq: int
    wire: str
    hlc_eff: str | None
    base_eff: int | None
    ledger_no: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a new operation from judging it: its canonical text, and its fields as a record."""

    wire: str
    record: Any


def append(
    session: Session,
    campaign: CampaignRow,
    operations: Sequence[Operation],
    received_ms: int,
    known: Sequence[Known] | None = None,
) -> list[Stamp]:
    """Store valid new operations of one campaign, in order, and fold them into the records.

    `known`: what the caller found out about each, so that it is not done again. At most a few thousand at a
    time.
    """
    if not operations:
        return []
    end = campaigns.locked_end(session, campaign.id)
    touched = projection.load(session, campaign, operations)
    numbered = {record for record, row in touched.hazards.items() if row["ledger_no"]}
    numbers = ledger_numbers.numbers(session, campaign, operations, numbered, received_ms)
    wires = [one.wire for one in known or ()] or [canonical_json(operation) for operation in operations]
    tips = _next_tips(end, wires)
    certified = _certified(session, campaign.id, operations, tips)
    stamps = [
        Stamp(
            seq,
            clock.clamp(operation.hlc, received_ms),
            numbers.get(place),
            None if operation.base < seq and certified[operation.base] == operation.tip else 0,
        )
        for place, (seq, operation) in enumerate(zip(tips, operations, strict=True), 1)
    ]
    projection.fold(session, touched, operations, stamps, [one.record for one in known or ()])
    scopes.note_moves(session, touched, operations, stamps)
    received_at = text_of_ms(received_ms)
    rows: list[dict[str, Any]] = []
    for operation, stamp, wire in zip(operations, stamps, wires, strict=True):
        rows.append(
            {
                "campaign": operation.campaign,
                "device": operation.device,
                "n": operation.n,
                "seq": stamp.seq,
                "record": operation.record,
                "type": operation.type.value,
                "kind": operation.kind.value,
                "wire": wire,
                "hlc_eff": None if stamp.hlc == operation.hlc else stamp.hlc,
                "base_eff": stamp.base,
                "ledger_no": stamp.ledger_no,
                "tip": tips[stamp.seq],
                "owner": scopes.owner_of(touched, operation),
                "received_at": received_at,
            }
        )
    insert_rows(session, _OPERATION, rows)
    session.connection().execute(
        update(_COUNTER)
        .where(_COUNTER.c.campaign == campaign.id)
        .values(seq=stamps[-1].seq, tip=tips[stamps[-1].seq])
    )
    return stamps


def tip_at(session: Session, campaign: str, seq: int) -> str | None:
    """The tip of the log up to `seq`; None where the log does not go that far."""
    return _tips(session, campaign, [seq]).get(seq)


def kept(session: Session, campaign: str, device: str, ns: Sequence[int]) -> dict[int, Kept]:
    """Those of a device's operations `ns` that are on the log, by n."""
    columns = _OPERATION.c
    rows = session.execute(
        select(
            columns.n, columns.seq, columns.wire, columns.hlc_eff, columns.base_eff, columns.ledger_no
        ).where(columns.campaign == campaign, columns.device == device, in_values(session, columns.n, ns))
    )
    return {row.n: Kept(*row) for row in rows}


def types_of(session: Session, campaign: str, records: Sequence[str]) -> dict[str, str]:
    """Record id → its type, for those of `records` that the log knows."""
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


def _next_tips(end: campaigns.End, wires: Sequence[str]) -> dict[int, str]:
    """The tips that the log will have: seq → tip, for each of the operations in order."""
    tips: dict[int, str] = {}
    tip = end.tip
    for seq, wire in enumerate(wires, end.seq + 1):
        tips[seq] = tip = next_tip(tip, wire)
    return tips


def _certified(
    session: Session, campaign: str, operations: Sequence[Operation], ahead: dict[int, str]
) -> dict[int, str | None]:
    """The tips of this log at the operations' bases: one that knows another saw another log than this.

    So it is after the log was put back to an older state; then nobody can tell what its author had seen.
    """
    bases = {operation.base for operation in operations}
    behind = _tips(session, campaign, [base for base in bases if base not in ahead])
    return {base: behind.get(base) or ahead.get(base) for base in bases}


def _tips(session: Session, campaign: str, seqs: Sequence[int]) -> dict[int, str]:
    columns = _OPERATION.c
    tips = {0: GENESIS}
    if asked := [seq for seq in seqs if seq > 0]:
        rows = session.execute(
            select(columns.seq, columns.tip).where(
                columns.campaign == campaign, in_values(session, columns.seq, asked)
            )
        )
        tips |= {row.seq: row.tip for row in rows}
    return tips
