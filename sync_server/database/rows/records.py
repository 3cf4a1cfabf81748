"""The records that are folded from the log."""

from typing import Any

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field

from sync_server.database.rows.table import Table, json_column, long_column, text_column, where


class HazardRow(Table, table=True):
    """A hazard as its operations, events and photos make it; everything but `state` is derived from them.

    `conflicts`: fields with concurrent values, and statuses that hold besides `status`. `kit`: the checks of
    items that an event made after those in `state`. `risk_level`, `risk_score`: null while data are missing.
    `search`, `search_persons`: "" until somebody searches (`search_texts`).
    """

    __tablename__ = "hazard"
    __table_args__ = (
        # Holds all that counting and the map read, so that rows with their states stay unread. One for all:
        # each index in another order than the records come in costs a push as much as a table.
        Index("hazard_where", "campaign", "deleted", "town_code", "status", "lat", "lon", "id"),
        Index("hazard_updated", "campaign", "updated_seq"),
        Index("hazard_conflicts", "campaign", "deleted", "updated_seq", **where("conflicts > 0")),
        Index(
            "hazard_awaited",
            *("campaign", "deleted", "status", "town_code"),
            **where("status = 'pending_acceptance'"),
        ),
    )
    campaign: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    state: dict[str, Any] = json_column()
    ledger_no: str | None = None
    year: int
    town_code: str | None = None
    village: str | None = None
    water_name: str | None = None
    water_type: str | None = None
    lat: float | None = None
    lon: float | None = None
    status: str
    concurrent_statuses: list[str] = json_column()
    kit: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, server_default="{}")
    )
    risk_level: str | None = None
    risk_score: int | None = None
    assignee_unit: str | None = None
    assigned_on: str | None = None
    due_date: str | None = None
    found_on: str | None = None
    rectified_on: str | None = None
    first_closed_on: str | None = None
    closed_on: str | None = None
    controlled_on: str | None = None
    rechecked_on: str | None = None
    relapses: int = 0
    inspector: str
    conflicts: int = 0
    deleted: bool = False
    before_photo: str | None = None
    after_photo: str | None = None
    photo_count: int = 0
    updated_seq: int = long_column()
    search: str = text_column("")
    search_persons: str = Field("", sa_column=Column(Text, nullable=False, server_default=""))


class HazardEventRow(Table, table=True):
    """One thing that happened to a hazard; `fields` is what `records.HazardEvent` reads."""

    __tablename__ = "hazard_event"
    __table_args__ = (
        Index("hazard_event_hazard", "campaign", "hazard"),
        Index("hazard_event_merged_into", "campaign", "merged_into", **where("merged_into IS NOT NULL")),
    )
    campaign: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    hazard: str
    state: dict[str, Any] = json_column()
    event_type: str
    at: str
    author: str
    device: str
    hlc: str
    n: int = long_column()
    seq: int = long_column()
    base: int = long_column()
    fields: dict[str, Any] = json_column()
    merged_into: str | None = None


class PhotoRow(Table, table=True):
    """Which bytes belong to which hazard, event or visit. Whether the bytes are here: `photo_file`."""

    __tablename__ = "photo"
    __table_args__ = (
        Index("photo_hazard", "campaign", "hazard"),
        Index("photo_sha256", "campaign", "sha256"),
        Index("photo_visit", "campaign", "visit", **where("visit IS NOT NULL")),
    )
    campaign: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    hazard: str | None = None
    event: str | None = None
    visit: str | None = None
    state: dict[str, Any] = json_column()
    role: str | None = None
    sha256: str | None = None
    taken_at: str | None = None
    attached: bool = True
    first_seq: int = long_column()


class EducationVisitRow(Table, table=True):
    """One session of safety education."""

    __tablename__ = "education_visit"
    __table_args__ = (
        Index("education_visit_town", "campaign", "town_code", "date"),
        Index("education_visit_date", "campaign", "date", "id"),
        Index("education_visit_conflicts", "campaign", "deleted", "updated_seq", **where("conflicts > 0")),
        Index("education_visit_spot", "campaign", "lat", "lon", **where("lat IS NOT NULL")),
    )
    campaign: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    state: dict[str, Any] = json_column()
    date: str | None = None
    town_code: str | None = None
    visit_type: str | None = None
    place: str | None = None
    lat: float | None = None
    lon: float | None = None
    headcount: int | None = long_column(None)
    households: int | None = long_column(None)
    leaflets: int | None = long_column(None)
    letters_issued: int | None = long_column(None)
    receipts_returned: int | None = long_column(None)
    deleted: bool = False
    conflicts: int = 0
    updated_seq: int = long_column()


class RecordRow(Table, table=True):
    """A record of a type that has no table of its own; `owner`: the record it belongs to, maybe itself."""

    __tablename__ = "record"
    __table_args__ = (
        Index("record_type", "campaign", "type", "id"),
        Index("record_owner", "campaign", "owner"),
    )
    campaign: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    type: str
    owner: str = ""
    state: dict[str, Any] = json_column()
    town_code: str | None = None
    deleted: bool = False
    conflicts: int = 0
    updated_seq: int = long_column()
