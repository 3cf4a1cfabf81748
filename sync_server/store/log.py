"""The log: the one way by which anything that people save gets into the database.

Push, decisions in the browser and the demo all append here. Appending stamps the operations, folds them
into the rows that pages read, and draws the campaign's counter as its last statement: a reader that sees a
seq sees all smaller ones too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, update
from sqlmodel import Session

from shared import clock
from shared.operations import Operation, Stamp
from sync_server.store import ledger, projection
from sync_server.store.among import among
from sync_server.store.moments import text_of_ms
from sync_server.store.rows import insert_rows
from sync_server.store.tables import CampaignCounterRow, CampaignRow, OperationRow
from sync_server.store.wire_text import text_of

_OPERATION = OperationRow.metadata.tables["operation"]
_COUNTER = CampaignCounterRow.metadata.tables["campaign_counter"]


@dataclass(frozen=True, slots=True)
class Kept:
    """An operation as it stands on the log."""

    n: int
    seq: int
    wire: str
    hlc_eff: str | None
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
    counter = _COUNTER.c.campaign == campaign.id
    seq: int = session.execute(select(_COUNTER.c.seq).where(counter).with_for_update()).scalar_one()
    touched = projection.load(session, campaign, operations)
    numbered = {record for record, row in touched.hazards.items() if row["ledger_no"]}
    numbers = ledger.numbers(session, campaign, operations, numbered)
    stamps = [
        Stamp(seq + place, clock.clamp(operation.hlc, received_ms), numbers.get(place))
        for place, operation in enumerate(operations, 1)
    ]
    projection.fold(session, touched, operations, stamps, [one.record for one in known or ()])
    received_at = text_of_ms(received_ms)
    insert_rows(
        session,
        _OPERATION,
        [
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
                "ledger_no": stamp.ledger_no,
                "received_at": received_at,
            }
            for operation, stamp, wire in zip(
                operations, stamps, [one.wire for one in known or ()] or map(text_of, operations), strict=True
            )
        ],
    )
    session.connection().execute(update(_COUNTER).where(counter).values(seq=seq + len(operations)))
    return stamps


def kept(session: Session, campaign: str, device: str, ns: Sequence[int]) -> dict[int, Kept]:
    """Those of a device's operations `ns` that are on the log, by n."""
    columns = _OPERATION.c
    rows = session.execute(
        select(columns.n, columns.seq, columns.wire, columns.hlc_eff, columns.ledger_no).where(
            columns.campaign == campaign, columns.device == device, among(session, columns.n, ns)
        )
    )
    return {row.n: Kept(*row) for row in rows}


def types_of(session: Session, campaign: str, records: Sequence[str]) -> dict[str, str]:
    """Record id → its type, for those of `records` that the log knows."""
    columns = _OPERATION.c
    rows = session.execute(
        select(columns.record, columns.type)
        .where(columns.campaign == campaign, among(session, columns.record, records))
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


def page(
    session: Session, campaign: str, since: int, limit: int
) -> Sequence[Row[tuple[int, str, str | None, str | None]]]:
    """The next operations after `since`: (seq, wire, hlc_eff, ledger_no), at most `limit`, in order."""
    columns = _OPERATION.c
    return session.execute(
        select(columns.seq, columns.wire, columns.hlc_eff, columns.ledger_no)
        .where(columns.campaign == campaign, columns.seq > since)
        .order_by(columns.seq)
        .limit(limit)
    ).all()


def of_records(
    session: Session, campaign: str, records: Sequence[str]
) -> Sequence[Row[tuple[int, str, str | None, str | None, str]]]:
    """All operations on some records: (seq, wire, hlc_eff, ledger_no, received_at), in order."""
    columns = _OPERATION.c
    return session.execute(
        select(columns.seq, columns.wire, columns.hlc_eff, columns.ledger_no, columns.received_at)
        .where(columns.campaign == campaign, among(session, columns.record, records))
        .order_by(columns.seq)
    ).all()
