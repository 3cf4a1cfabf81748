"""Phones and other devices, their tokens, and codes that enrol them."""

from sqlalchemy import Index
from sqlmodel import Field

from sync_server.database.rows.table import Table


class DeviceRow(Table, table=True):
    """A phone, or a person's browser in the office (platform "office", without a token).

    Each repair of a quarantined operation is written under one of its own, platform "office" too.

    `id`: of a phone, `tokens.device_of` the token that it first had. `predecessor`: the device it was until a
    copy of it appeared; its operations may come from here too. `waiting` and `waiting_photos`: the operations
    and photos that were still to be sent when it last said so, at `waiting_at`. `claims`: how often, last at
    `claimed_at`, it said without proof to have seen another log than this one. `bursts`: how often operations
    were left on it since its person did too much at once; at `burst_at`, the last time, that was the kind
    `burst` (see `access.bursts`) and `burst_left` operations. `offered_hash`: of the token that it was
    offered instead of its own, which it has since `token_since`. `copied_at`: when a token of it was used
    that had been replaced (see `access.token_renewal`).
    """

    __tablename__ = "device"
    campaign: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    person: str = Field(index=True)
    name: str
    platform: str = ""
    token_hash: str | None = Field(default=None, unique=True)
    token_since: str = Field(default="", sa_column_kwargs={"server_default": ""})
    offered_hash: str | None = Field(default=None, index=True)
    copied_at: str | None = None
    enrolled_at: str
    revoked_at: str | None = None
    last_seen_at: str | None = None
    predecessor: str | None = None
    waiting: int | None = None
    waiting_photos: int | None = None
    waiting_at: str | None = None
    claims: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    claimed_at: str | None = None
    bursts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    burst_at: str | None = None
    burst: str | None = None
    burst_left: int | None = None


class ReplacedTokenRow(Table, table=True):
    """A token that a phone had until it used another one, by its hash."""

    __tablename__ = "replaced_token"
    __table_args__ = (Index("replaced_token_device", "campaign", "device", "at"),)
    token_hash: str = Field(primary_key=True)
    campaign: str
    device: str
    at: str


class EnrolmentCodeRow(Table, table=True):
    """A one-time code that enrols a phone for a person; without one, for a new inspector."""

    __tablename__ = "enrolment_code"
    code_hash: str = Field(primary_key=True)
    campaign: str
    person: str | None = None
    expires_at: str
    used_at: str | None = None
