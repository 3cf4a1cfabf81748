"""The audit log."""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer
from sqlmodel import Field

from sync_server.database.rows.table import Table, json_column, long_column


class AuditRow(Table, table=True):
    """The audit log: who did what to accounts and devices, and which data were exported or read.

    Rows are only ever added, by `database.audit_chain`. `number` counts from 1 without a gap; `hash` covers
    the row and `previous`, the hash of the row before it.
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index("audit_at", "at", "number"),
        Index("audit_person", "person", "at", "number"),
        Index("audit_action", "action", "at", "number"),
        Index("audit_subject", "subject", "at", "number"),
        Index("audit_device", "device", "at", "number"),
    )
    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    previous: str
    hash: str
    id: str
    at: str
    person: str | None = None
    device: str | None = None
    action: str
    subject: str = ""
    details: dict[str, Any] = json_column()


class AuditEndRow(Table, table=True):
    """Where the audit log ends: the number and hash of its last row. One row."""

    __tablename__ = "audit_end"
    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    number: int = long_column()
    hash: str
