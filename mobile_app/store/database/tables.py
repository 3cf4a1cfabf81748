"""The phone's tables. They hold one campaign, that of the device's identity."""

from sqlalchemy import Index
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class PhoneTable(SQLModel, registry=registry()):
    """The phone's own registry: server tables in the same process must not collide with these."""


class StoredOperation(PhoneTable, table=True):
    """An operation of the log, own or pulled. `state` is a value of `uploads.OperationState`.

    `owner`: the record that its record belongs to, maybe itself. `hlc` and `base` are those that count as far
    as known. `code` and `details` (JSON) say why it was refused, discarded or repaired, until the person has
    acknowledged the latter two.
    """

    __tablename__ = "operation"
    __table_args__ = (
        Index("operation_state", "state", "n"),
        Index("operation_seq", "state", "seq"),
        Index("operation_owner", "owner", "state"),
    )

    campaign: str = Field(primary_key=True)
    device: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    seq: int | None = None
    hlc: str
    ledger_no: str | None = None
    record: str = Field(index=True)
    type: str
    owner: str | None = None
    wire: str
    state: str
    code: str | None = None
    details: str | None = None
    base: int


class StoredRecord(PhoneTable, table=True):
    """The state of one record: `state` is `merge.to_json` text; `sha256` names a photo's bytes.

    `reading`: the number of the last snapshot that contained it, 0 for none; `projection.OWN_ONLY` if only
    this phone's own operations are shown, because the others were dropped and have not been read again.
    """

    __tablename__ = "record"

    id: str = Field(primary_key=True)
    type: str
    owner: str | None = Field(default=None, index=True)
    sha256: str | None = Field(default=None, index=True)
    ledger_no: str | None = None
    state: str
    reading: int = 0


class KnownDevice(PhoneTable, table=True):
    """A device that wrote something here: the name of its person, and its own."""

    __tablename__ = "device"

    id: str = Field(primary_key=True)
    person: str
    name: str


class ListedHazard(PhoneTable, table=True):
    """What lists show of a hazard, derived from all its records whenever one of them changes.

    `sent_back_step`: the 退回 or 验收不通过 that somebody has to act on. `author`, `relapse_due`, `deadline`,
    and `rectifiers` (ids, a space between two): see `due.DueFacts`. `seen_on`: see `patrol_plan.seen_on`.
    `unit`: the `units.key` of that to which it was assigned. `folded`: see `listing.FOLDED`.
    `hazard_order` holds what a list is narrowed to besides its order, so that other lines stay unread.
    """

    __tablename__ = "hazard"
    __table_args__ = (
        Index(
            "hazard_order",
            *("deleted", "sent_back", "touched"),
            *("status", "town_code", "water_type", "risk_level", "deadline", "conflicts"),
        ),
        Index("hazard_folded", "folded"),
        Index("hazard_upload", "upload"),
        Index("hazard_status", "status", "touched"),
        Index("hazard_relapse", "relapse_due", "touched"),
        Index("hazard_deadline", "deleted", "deadline", "id"),
        Index("hazard_author", "author", "status"),
        Index("hazard_patrol", "risk_level", "seen_on", "id"),
        Index("hazard_unit", "unit", "status"),
        Index("hazard_place", "lat", "lon"),
        Index("hazard_name", "town_code", "water_name", "id"),
    )

    id: str = Field(primary_key=True)
    ledger_no: str | None = None
    water_name: str | None = None
    water_type: str | None = None
    town_code: str | None = None
    status: str
    due_date: str | None = None
    lat: float | None = None
    lon: float | None = None
    conflicts: int = 0
    deleted: bool = False
    upload: str
    photos_done: int = 0
    photos_total: int = 0
    thumb_sha256: str | None = None
    saved_at: str
    touched: str
    search: str
    sent_back: bool = False
    sent_back_step: str | None = None
    sent_back_reason: str | None = None
    folded: int = 0
    author: str = ""
    rectifiers: str = ""
    relapse_due: bool = False
    deadline: str | None = None
    risk_level: str | None = None
    seen_on: str | None = None
    unit: str = ""


class ListedVisit(PhoneTable, table=True):
    """What lists and sums show of a visit of safety education; see `ListedHazard`.

    `author`: the id of the person who wrote it first.
    """

    __tablename__ = "visit"
    __table_args__ = (
        Index("visit_order", "deleted", "touched"),
        Index("visit_folded", "folded"),
        Index("visit_upload", "upload"),
        Index("visit_day", "author", "date"),
    )

    id: str = Field(primary_key=True)
    visit_type: str | None = None
    date: str | None = None
    town_code: str | None = None
    place: str | None = None
    headcount: int | None = None
    households: int | None = None
    leaflets: int | None = None
    author: str
    conflicts: int = 0
    deleted: bool = False
    upload: str
    photos_done: int = 0
    photos_total: int = 0
    thumb_sha256: str | None = None
    saved_at: str
    touched: str
    search: str
    folded: int = 0


class PhotoFile(PhoneTable, table=True):
    """The bytes behind one or more photos. `state` is a value of `uploads.PhotoState`; `n` orders sending.

    `upload` is the server's address of a begun upload, `sent` how many bytes of it the server has.
    `delivered_at` (ISO 8601, UTC) is when the server verified it; `freed`: the original is not here any more.
    """

    __tablename__ = "photo_file"
    __table_args__ = (Index("photo_file_state", "state", "n"),)

    sha256: str = Field(primary_key=True)
    owner: str | None = Field(default=None, index=True)
    record: str
    mime: str
    bytes: int
    n: int
    state: str
    sent: int = 0
    upload: str | None = None
    code: str | None = None
    details: str | None = None
    delivered_at: str | None = None
    freed: bool = False


class Meta(PhoneTable, table=True):
    """What the phone knows of itself and of the server: one JSON text per key."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True)
    value: str


class Draft(PhoneTable, table=True):
    """A form that is not saved yet, as JSON text."""

    __tablename__ = "draft"

    name: str = Field(primary_key=True)
    form: str
