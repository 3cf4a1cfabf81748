"""The log of operations, what was refused of it, and the towns that its records were in."""

from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from sync_server.database.rows.table import Table, json_column, long_column, text_column, where


class OperationRow(Table, table=True):
    """The log. `wire` is the operation's canonical JSON; `hlc_eff`, `base_eff` are null where its own count.

    `tip`: the log's fingerprint up to here. `owner`: the hazard or visit that the operation is about, itself
    or through an event or a photo; "" if unknown.
    """

    __tablename__ = "operation"
    __table_args__ = (
        Index("operation_seq", "campaign", "seq", unique=True),
        Index("operation_record", "campaign", "record", "type"),
        Index("operation_photo_owner", "campaign", "owner", **where("type = 'photo'")),
    )
    campaign: str = Field(primary_key=True)
    device: str = Field(primary_key=True)
    n: int = long_column(key=True)
    seq: int = long_column()
    record: str
    type: str
    kind: str
    wire: str = text_column()
    hlc_eff: str | None = None
    base_eff: int | None = long_column(None)
    ledger_no: str | None = None
    tip: str
    owner: str
    received_at: str


class TownHistoryRow(Table, table=True):
    """The towns that a hazard or visit was in, where it did not stay in one from its birth; "" for no town.

    `since_seq`: the operation that brought it there; 0 for the town it came from.
    """

    __tablename__ = "moved"
    campaign: str = Field(primary_key=True)
    town: str = Field(primary_key=True)
    owner: str = Field(primary_key=True)
    since_seq: int = long_column()


class QuarantineRow(Table, table=True):
    """An operation that was refused, as received, and why; a replay gets the same answer.

    `settled`: what the office did about it, "repaired" or "discarded"; None while nobody has.
    """

    __tablename__ = "quarantine"
    campaign: str = Field(primary_key=True)
    device: str = Field(primary_key=True)
    n: int = long_column(key=True)
    raw: str = text_column()
    code: str
    details: dict[str, Any] = json_column()
    received_at: str
    settled: str | None = None
    reason: str = text_column("")
    settled_by: str | None = None
    settled_at: str | None = None
