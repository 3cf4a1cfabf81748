"""The server's tables: the log, the records folded from it, people, devices and photo files.

The campaign is the first column of every key and index of field data, so the data can be spread by it.
Moments are ISO 8601 text in UTC, days ISO text; `state` columns hold `shared.merge.to_json`.
"""

import secrets
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, Text, text, true
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.operations import GENESIS

FOLDED = 3
"""The version of the rules by which operations are folded into rows; older rows are folded again."""


class Table(SQLModel, registry=registry()):
    """Every table of the server; apart from the phone's, which may live in the same process."""


def _json() -> Any:
    return Field(sa_column=Column(JSON, nullable=False))


def _text(default: Any = ...) -> Any:
    return Field(default, sa_type=Text)


def _long(default: Any = ..., *, key: bool = False) -> Any:
    return Field(default, sa_type=BigInteger, primary_key=key)


def _later() -> Any:
    """A text that older rows did not have."""
    return Field(default="", sa_column_kwargs={"server_default": ""})


def _where(condition: str) -> dict[str, Any]:
    """Keep an index of few rows only: the others then cost it nothing."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class PersonRow(Table, table=True):
    """Someone who works with the register; without a password, only on phones."""

    __tablename__ = "person"
    id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    password_hash: str | None = None
    active: bool = True
    created_at: str


class GrantRow(Table, table=True):
    """A role that a person has within a scope: "city", "towns" (codes) or "school" (with classes).

    `given_by`: a person; None where the deployment gave it.
    """

    __tablename__ = "role_grant"
    id: str = Field(primary_key=True)
    person: str = Field(index=True)
    role: str
    scope: str
    towns: list[str] = _json()
    school: str = ""
    classes: list[str] = _json()
    given_by: str | None = None
    given_at: str
    withdrawn_by: str | None = None
    withdrawn_at: str | None = None


class SchoolRow(Table, table=True):
    """A school for which people have roles. `code`: the name that it first had, by which grants name it.

    `plans_since`: since when it asks that follow-up plans of home visits are approved, None if it does not.
    """

    __tablename__ = "school"
    code: str = Field(primary_key=True)
    name: str = Field(unique=True)
    town_code: str | None = None
    created_at: str
    plans_since: str | None = None


class PeopleImportRow(Table, table=True):
    """A list of people that somebody sent: added once it is confirmed, and then kept with whom it added.

    `lines`: `{number, cells, fault}` of each row, and `detail` of its fault once it is confirmed.
    `people`: their ids.
    """

    __tablename__ = "people_import"
    id: str = Field(primary_key=True)
    person: str
    lines: list[dict[str, Any]] = _json()
    people: list[str] = _json()
    created_at: str
    confirmed_at: str | None = None


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


class SignInLinkRow(Table, table=True):
    """A one-time link to set a password."""

    __tablename__ = "sign_in_link"
    token_hash: str = Field(primary_key=True)
    person: str
    expires_at: str
    used_at: str | None = None


class WebSessionRow(Table, table=True):
    """A signed-in browser, until `expires_at`, which moves on as it is used, and until `ends_at` at most.

    `address`, `browser`: where from and with what it was opened; `browser` is its User-Agent.
    """

    __tablename__ = "web_session"
    token_hash: str = Field(primary_key=True)
    person: str = Field(index=True)
    created_at: str
    expires_at: str
    ends_at: str
    seen_at: str
    address: str = ""
    browser: str = _text("")


class SignInStepRow(Table, table=True):
    """A browser in which a password was right, and that still has to show a code."""

    __tablename__ = "sign_in_step"
    token_hash: str = Field(primary_key=True)
    person: str = Field(index=True)
    expires_at: str


class SecondFactorRow(Table, table=True):
    """The secret of somebody's authenticator app (TOTP, RFC 6238), which counts from `since` on.

    `last_step`: the 30 seconds, counted from 1970, of the last code that was taken; it opens nothing again.
    `wrong_codes`: how many wrong ones were typed since the last right one, or until the owner has seen it;
    the last `wrong_at`.
    """

    __tablename__ = "second_factor"
    person: str = Field(primary_key=True)
    secret: str
    since: str | None = None
    last_step: int = _long(0)
    wrong_codes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    wrong_at: str | None = None


class RecoveryCodeRow(Table, table=True):
    """A code that stands in for the authenticator app once."""

    __tablename__ = "recovery_code"
    code_hash: str = Field(primary_key=True)
    person: str = Field(index=True)


class AttemptRow(Table, table=True):
    """A limit of wrong passwords or codes: `key` is a hash of what is limited.

    `empty_at`: when none of its failures count any more, in milliseconds since 1970; the row goes then.
    """

    __tablename__ = "attempt"
    key: str = Field(primary_key=True)
    empty_at: int = Field(sa_type=BigInteger, index=True)


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
    details: dict[str, Any] = _json()


class AuditEndRow(Table, table=True):
    """Where the audit log ends: the number and hash of its last row. One row."""

    __tablename__ = "audit_end"
    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    number: int = _long()
    hash: str


class CampaignRow(Table, table=True):
    """The standing register of one programme; `number` 1 is the deployment's own.

    `folded`: the version of the rules by which its rows were made. `searchable`: up to which seq the texts of
    its hazards are folded. `settings` overrides the defaults of `wire.CampaignSettings`. `secret`: the key of
    its receipts.
    """

    __tablename__ = "campaign"
    id: str = Field(primary_key=True)
    name: str
    number: int = 1
    epoch: str
    folded: int = Field(default=FOLDED, sa_column_kwargs={"server_default": "0"})
    searchable: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    settings: dict[str, Any] = _json()
    secret: str = Field(
        default_factory=lambda: secrets.token_hex(32), sa_column_kwargs={"server_default": ""}
    )


class TargetRow(Table, table=True):
    """How many hazards (处) are to be treated in a year, in a town or, with town_code "", in the city."""

    __tablename__ = "target"
    campaign: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    town_code: str = Field(primary_key=True)
    hazards: int


class CampaignCounterRow(Table, table=True):
    """The last seq and the log's fingerprint; written as the last statement of each append."""

    __tablename__ = "campaign_counter"
    campaign: str = Field(primary_key=True)
    seq: int = _long(0)
    tip: str = GENESIS


class LedgerCounterRow(Table, table=True):
    """The last 编号 assigned for a town and a year."""

    __tablename__ = "ledger_counter"
    campaign: str = Field(primary_key=True)
    town_code: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


class OperationRow(Table, table=True):
    """The log. `wire` is the operation's canonical JSON; `hlc_eff`, `base_eff` are null where its own count.

    `tip`: the log's fingerprint up to here. `owner`: the hazard or visit that the operation is about, itself
    or through an event or a photo; "" if unknown.
    """

    __tablename__ = "operation"
    __table_args__ = (
        Index("operation_seq", "campaign", "seq", unique=True),
        Index("operation_record", "campaign", "record", "type"),
    )
    campaign: str = Field(primary_key=True)
    device: str = Field(primary_key=True)
    n: int = _long(key=True)
    seq: int = _long()
    record: str
    type: str
    kind: str
    wire: str = _text()
    hlc_eff: str | None = None
    base_eff: int | None = _long(None)
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
    since_seq: int = _long()


class QuarantineRow(Table, table=True):
    """An operation that was refused, as received, and why; a replay gets the same answer.

    `settled`: what the office did about it, "repaired" or "discarded"; None while nobody has.
    """

    __tablename__ = "quarantine"
    campaign: str = Field(primary_key=True)
    device: str = Field(primary_key=True)
    n: int = _long(key=True)
    raw: str = _text()
    code: str
    details: dict[str, Any] = _json()
    received_at: str
    settled: str | None = None
    reason: str = _text("")
    settled_by: str | None = None
    settled_at: str | None = None


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
        Index("hazard_conflicts", "campaign", "deleted", "updated_seq", **_where("conflicts > 0")),
        Index(
            "hazard_awaited",
            *("campaign", "deleted", "status", "town_code"),
            **_where("status = 'pending_acceptance'"),
        ),
    )
    campaign: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    state: dict[str, Any] = _json()
    ledger_no: str | None = None
    year: int
    town_code: str | None = None
    village: str | None = None
    water_name: str | None = None
    water_type: str | None = None
    lat: float | None = None
    lon: float | None = None
    status: str
    concurrent_statuses: list[str] = _json()
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
    updated_seq: int = _long()
    search: str = _text("")
    search_persons: str = Field("", sa_column=Column(Text, nullable=False, server_default=""))


class HazardEventRow(Table, table=True):
    """One thing that happened to a hazard; `fields` is what `records.HazardEvent` reads."""

    __tablename__ = "hazard_event"
    __table_args__ = (
        Index("hazard_event_hazard", "campaign", "hazard"),
        Index("hazard_event_merged_into", "campaign", "merged_into", **_where("merged_into IS NOT NULL")),
    )
    campaign: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    hazard: str
    state: dict[str, Any] = _json()
    event_type: str
    at: str
    author: str
    device: str
    hlc: str
    n: int = _long()
    seq: int = _long()
    base: int = _long()
    fields: dict[str, Any] = _json()
    merged_into: str | None = None


class PhotoRow(Table, table=True):
    """Which bytes belong to which hazard, event or visit. Whether the bytes are here: `photo_file`."""

    __tablename__ = "photo"
    __table_args__ = (
        Index("photo_hazard", "campaign", "hazard"),
        Index("photo_sha256", "campaign", "sha256"),
        Index("photo_visit", "campaign", "visit", **_where("visit IS NOT NULL")),
    )
    campaign: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    hazard: str | None = None
    event: str | None = None
    visit: str | None = None
    state: dict[str, Any] = _json()
    role: str | None = None
    sha256: str | None = None
    taken_at: str | None = None
    attached: bool = True
    first_seq: int = _long()


class EducationVisitRow(Table, table=True):
    """One session of safety education."""

    __tablename__ = "education_visit"
    __table_args__ = (
        Index("education_visit_town", "campaign", "town_code", "date"),
        Index("education_visit_date", "campaign", "date", "id"),
        Index("education_visit_conflicts", "campaign", "deleted", "updated_seq", **_where("conflicts > 0")),
        Index("education_visit_spot", "campaign", "lat", "lon", **_where("lat IS NOT NULL")),
    )
    campaign: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    state: dict[str, Any] = _json()
    date: str | None = None
    town_code: str | None = None
    visit_type: str | None = None
    place: str | None = None
    lat: float | None = None
    lon: float | None = None
    headcount: int | None = _long(None)
    households: int | None = _long(None)
    leaflets: int | None = _long(None)
    letters_issued: int | None = _long(None)
    receipts_returned: int | None = _long(None)
    deleted: bool = False
    conflicts: int = 0
    updated_seq: int = _long()


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
    state: dict[str, Any] = _json()
    town_code: str | None = None
    deleted: bool = False
    conflicts: int = 0
    updated_seq: int = _long()


class PhotoFileRow(Table, table=True):
    """A photo that has arrived and was verified against its hash."""

    __tablename__ = "photo_file"
    campaign: str = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    mime: str
    bytes: int
    width: int
    height: int
    received_at: str


class PhotoHolderRow(Table, table=True):
    """A person whose phone sent a photo's bytes, or might read them when it announced them, or for whose
    record another's phone did.

    `unnamed`: no record named the photo then, and none was looked for since.
    """

    __tablename__ = "photo_holder"
    __table_args__ = (
        Index(
            "photo_holder_unnamed",
            "campaign",
            "person",
            sqlite_where=text("unnamed = 1"),
            postgresql_where=text("unnamed"),
        ),
    )
    campaign: str = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    since: str
    unnamed: bool = False


class UploadRow(Table, table=True):
    """An upload under way; the size of its partial file says how much has arrived."""

    __tablename__ = "upload"
    id: str = Field(primary_key=True)
    campaign: str
    device: str
    sha256: str
    mime: str
    record: str | None = None
    length: int
    created_at: str
    expires_at: str = Field(index=True)


class HomeVisitKeyRow(Table, table=True):
    """The public key to which the home visits of a school year are sealed; the private one is elsewhere."""

    __tablename__ = "home_visit_key"
    campaign: str = Field(primary_key=True)
    kid: str = Field(primary_key=True)
    first: str
    until: str
    jwk: dict[str, Any] = _json()
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
        Index("home_visit_number", "campaign", "device", "n", unique=True, **_where("proven")),
        Index("home_visit_held_school", "campaign", "held_school", "sealed_at"),
        Index("home_visit_held_by", "campaign", "held_by", "sealed_at"),
        Index("home_visit_offered", "campaign", "handover", **_where("handover IS NOT NULL")),
        Index("home_visit_kept", "campaign", "keep_until", **_where("sealed IS NOT NULL")),
    )
    campaign: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    device: str
    n: int = _long()
    person: str
    school: str
    class_name: str
    kid: str
    sealed_at: str
    received_at: str
    keep_until: str
    sha256: str
    sealed: str | None = _text(None)
    erased_at: str | None = None
    erased_why: str = _later()
    erased_by: str | None = None
    held_by: str = _later()
    held_school: str = _later()
    held_class: str = _later()
    handover: str | None = None
    counted: bytes | None = None
    plan: str = _later()
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
    sealed: str | None = _text(None)
    record: str | None = None
    device: str | None = None
    n: int | None = _long(None)
    school: str | None = None
    class_name: str | None = None
    sealed_at: str | None = None
    code: str
    details: dict[str, Any] = _json()
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
    reason: str = _text()
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
    reason: str = _text("")
