"""Sealed home visits, their keys, and what is done with them."""

from typing import Any

from sqlalchemy import Index, Text, true
from sqlmodel import Field

from sync_server.database.rows.table import Table, added_text, json_column, long_column, text_column, where


class HomeVisitKeyRow(Table, table=True):
    """The public key to which the home visits of a school year are sealed; the private one is elsewhere."""

    __tablename__ = "home_visit_key"
    campaign: str = Field(primary_key=True)
    kid: str = Field(primary_key=True)
    first: str
    until: str
    jwk: dict[str, Any] = json_column()
    made_at: str
    destroyed_at: str | None = None


class HomeVisitRow(Table, table=True):
    """A sealed home visit as it came; nothing here is about a child. `person`: the teacher who sealed it.

    `held_by`, `held_school`, `held_class`: who has it now, and where; others than `person`, `school` and
    `class_name` once the pupil was handed over. `handover`: the open offer that it is part of. `proven`: the
    device that it names brought it, so that it takes that device's number: see `vault.senders`.
    `counted`: see `vault.count_notes`. `plan`: "approved" or "returned", "" before the school has decided on
    the follow-up.

    `sealed`: the envelope, None once it was erased: `erased_why` is "withdrawn", "expired" or
    "key_destroyed". `keep_until`: the last day, ISO, on which it is kept.
    """

    __tablename__ = "home_visit"
    __table_args__ = (
        Index("home_visit_number", "campaign", "device", "n", unique=True, **where("proven")),
        Index("home_visit_held_school", "campaign", "held_school", "sealed_at"),
        Index("home_visit_held_by", "campaign", "held_by", "sealed_at"),
        Index("home_visit_offered", "campaign", "handover", **where("handover IS NOT NULL")),
        Index("home_visit_kept", "campaign", "keep_until", **where("sealed IS NOT NULL")),
    )
    campaign: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    device: str
    n: int = long_column()
    person: str
    school: str
    class_name: str
    kid: str
    sealed_at: str
    received_at: str
    keep_until: str
    sha256: str
    sealed: str | None = text_column(None)
    erased_at: str | None = None
    erased_why: str = added_text()
    erased_by: str | None = None
    held_by: str = added_text()
    held_school: str = added_text()
    held_class: str = added_text()
    handover: str | None = None
    counted: bytes | None = None
    plan: str = added_text()
    plan_by: str | None = None
    plan_at: str | None = None
    plan_reason: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    proven: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class SealedQuarantineRow(Table, table=True):
    """An envelope that was refused, as it came, and why. `person`: who sent it, `sent_with`: on which device.

    What its header says is null where it cannot be read. `settled`: "accepted" or "discarded".
    """

    __tablename__ = "home_visit_quarantine"
    __table_args__ = (Index("home_visit_quarantine_school", "campaign", "school"),)
    campaign: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    sealed: str | None = text_column(None)
    record: str | None = None
    device: str | None = None
    n: int | None = long_column(None)
    school: str | None = None
    class_name: str | None = None
    sealed_at: str | None = None
    code: str
    details: dict[str, Any] = json_column()
    received_at: str
    keep_until: str
    settled: str | None = None
    settled_by: str | None = None
    settled_at: str | None = None
    sent_with: str | None = None


class HomeVisitExportRow(Table, table=True):
    """A full export of a school's home visits that somebody asked for. `year`: its school year's first day.

    `approved`: what a second person decided, None before; the link works until `expires_at`.
    """

    __tablename__ = "home_visit_export"
    campaign: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    school: str
    year: str
    asked_by: str
    asked_at: str
    reason: str = text_column()
    approved: bool | None = None
    decided_by: str | None = None
    decided_at: str | None = None
    expires_at: str | None = None


class HomeVisitHandoverRow(Table, table=True):
    """An offer of a pupil's home visits to another class; `visits`: how many. It names no child.

    `consent_how`, `consent_on`: how, and on which day, the guardian agreed. `settled`: "accepted", "declined"
    or "withdrawn", "" before. `holder`: who has them since they were accepted.
    """

    __tablename__ = "home_visit_handover"
    __table_args__ = (
        Index("home_visit_handover_from", "campaign", "from_school", "offered_at"),
        Index("home_visit_handover_to", "campaign", "to_school", "offered_at"),
    )
    campaign: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    from_school: str
    from_class: str
    to_school: str
    to_class: str
    visits: int
    consent_how: str
    consent_on: str
    offered_by: str
    offered_at: str
    settled: str = ""
    settled_by: str | None = None
    settled_at: str | None = None
    holder: str | None = None
    reason: str = text_column("")
