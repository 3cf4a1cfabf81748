"""The messages of the protocol between phones and server, version 1 (`/api/v1`)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared import clock
from shared.operations import CampaignId, DeviceId, Fingerprint, Operation, RecordId, Stamp
from shared.sealed.jwe import KeyId, PublicKey
from shared.vocabulary import Role

VERSION = "v1"
MAX_OPERATIONS = 500
"""Most operations in one push, and in one page of a pull."""
MAX_BODY = 8 * 2**20
"""Most bytes of one message after inflating."""
MAX_OPERATION = 64 * 1024
"""Most bytes of one operation as JSON."""
MAX_VALUES = 200_000
"""Most commas and opening brackets of one message: each value costs far more memory than its text."""
MAX_DEPTH = 32
"""Deepest nesting of a message."""
MAX_PHOTO = 32 * 2**20
"""Most bytes of one photo."""
MAX_PHOTO_PIXELS = 50_000_000
MAX_BEFORE = 20
"""Most former devices that a phone names."""
PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp")

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Characters of an enrolment code: none that look like another."""


class Message(BaseModel):
    """A message: immutable, unknown fields ignored by the receiver of an answer."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Request(BaseModel):
    """What a phone sends: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(Message):
    """The person a device belongs to."""

    id: str
    name: str
    role: Role


class CampaignSettings(Message):
    """A campaign's settings that phones need.

    `year` and `target` are the present year's when the phone was enrolled; phones of 0.1 read them.
    `programme`: the id of its profile; `kit`: the codes of the kit items that people check.
    """

    name: str
    year: int | None = None
    target: int | None = None
    kit: tuple[str, ...]
    programme: str = "drowning"
    photo_max_side: int = 2048
    photo_quality: int = 80


class OfficeKey(Message):
    """The public key to which a phone seals a file with what it cannot send."""

    kid: KeyId
    jwk: PublicKey


class PreviousIdentity(Request):
    """What a phone was before: its person, and the tokens that its devices first had, newest first."""

    person: Annotated[str, Field(max_length=40)]
    tokens: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=MAX_BEFORE)]


class EnrolRequest(Request):
    """`POST /api/v1/enrol`. `was`: of a phone that is enrolled again."""

    code: Annotated[str, Field(min_length=4, max_length=40)]
    device_name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$")]
    platform: Annotated[str, Field(max_length=40)] = ""
    was: PreviousIdentity | None = None


class EnrolAnswer(Message):
    """201: who this device is now. `token` is shown only here; the server stores a hash.

    `predecessor`: the device whose operations may come from this one too. `office_key`: None from an older
    server, or while it has none.
    """

    device: DeviceId
    token: str
    person: Person
    campaign: CampaignId
    epoch: str
    server_time: str
    settings: CampaignSettings
    predecessor: DeviceId | None = None
    office_key: OfficeKey | None = None


class TokenAnswer(Message):
    """201: the token to use from now on, once it is stored durably."""

    token: Annotated[str, Field(min_length=20, max_length=200)]


class PushRequest(Request):
    """`POST /api/v1/campaigns/{campaign}/push`. Operations stay raw here: each is judged alone.

    `since` and `tip`: the farthest place of the log that the phone has heard of, and the log's tip there;
    `receipt`: the one that came with them.
    """

    epoch: Annotated[str, Field(max_length=40)]
    since: Annotated[int, Field(ge=0, lt=2**53)] = 0
    tip: Fingerprint | None = None
    receipt: Annotated[str, Field(max_length=80)] = ""
    ops: Annotated[list[dict[Any, Any]], Field(max_length=MAX_OPERATIONS)]


class Reason(Message):
    """Why an operation was quarantined: a problem's code and details."""

    code: str
    details: dict[str, Any] = {}


class PushResult(Message):
    """What became of one operation; describes committed state.

    `seq`, `hlc`, and where they say something `ledger_no` and `base_eff`, once stored. The office may have
    settled what was quarantined: repaired (what it put in its place comes by pulling) or discarded it.
    """

    n: int | None
    status: Literal["stored", "duplicate", "quarantined", "repaired", "discarded"]
    seq: int | None = None
    hlc: str | None = None
    ledger_no: str | None = None
    base_eff: int | None = None
    why: Reason | None = None

    @property
    def stamp(self) -> Stamp | None:
        if self.seq is None or self.hlc is None:
            return None
        return Stamp(self.seq, self.hlc, self.ledger_no, self.base_eff)


class PushAnswer(Message):
    """200: one result per operation, in the order they were sent; `seq` and `tip`: where the log ends now.

    `receipt`: to be handed back with the next request. Operations without a result were not looked at yet.
    `device`: whose operations these say they were, as numbers alone may mean those of another push.
    """

    device: str | None
    results: list[PushResult]
    server_time: str
    epoch: str
    seq: Annotated[int, Field(ge=0)]
    tip: Fingerprint
    receipt: str = ""


class StampedOperation(Operation):
    """An operation on the log, with the server's stamp beside its content.

    `hlc_eff`, `base_eff` and `ledger_no` are left out of the JSON where they equal `hlc` and `base` and where
    there is none.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    seq: Annotated[int, Field(ge=1)]
    hlc_eff: Annotated[str, Field(pattern=clock.PATTERN)] | None = None
    base_eff: Annotated[int, Field(ge=0)] | None = None
    ledger_no: str | None = None

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.seq, self.hlc_eff or self.hlc, self.ledger_no, self.base_eff)

    @property
    def operation(self) -> Operation:
        return Operation.model_construct(**{name: getattr(self, name) for name in Operation.model_fields})


class DeviceName(Message):
    """Whose device it is and what it is called."""

    person: str
    name: str


class GivenRole(Message):
    """A role that a phone's person has at present, and where: in the whole city, in `towns`, or in a school.

    `school`: its code; `school_name`: what it is called now; without `classes` all of it. `unit`: the one
    that the person works for, "" for none. `role` is free text here, because a newer server may know more
    roles than the phone.
    """

    role: str
    towns: tuple[str, ...] = ()
    school: str = ""
    school_name: str = ""
    classes: tuple[str, ...] = ()
    unit: str = ""


class PullAnswer(Message):
    """200: the next operations after `since`; ask again from `next` while `more`. `tip`: the log's at `next`.

    `devices`: those that occur in `ops`. `scope`: a fingerprint of what the person may see, "" for all.
    `left`: hazards and visits that left it. `again`: nothing is told, and the phone reads a snapshot: what
    comes into its towns has too long a history. `roles`: what the person may do at present; None from an
    older server. `renew_token`: whether to ask for a new token. `office_key`: as in `EnrolAnswer`.
    """

    ops: list[StampedOperation]
    next: int
    tip: Fingerprint
    receipt: str = ""
    more: bool
    devices: dict[str, DeviceName] = {}
    scope: str = ""
    left: list[RecordId] = []
    again: bool = False
    roles: tuple[GivenRole, ...] | None = None
    epoch: str
    server_time: str
    renew_token: bool = False
    office_key: OfficeKey | None = None


class SnapshotRecord(Message):
    """One record as it stands: `state` is `merge.to_json`, `owner` the hazard or visit it belongs to."""

    record: RecordId
    type: str
    owner: str | None = None
    ledger_no: str | None = None
    state: dict[str, Any]


class SnapshotAnswer(Message):
    """200: the next records after `after`; ask again with `after = next` until that is None.

    `seq` and `tip`: the end of the log when this page was read. Those of the first page are where to go on
    pulling once the last page is in: what changed meanwhile comes again, and absorbing it again is harmless.
    """

    records: list[SnapshotRecord]
    next: str | None
    seq: int
    tip: Fingerprint
    receipt: str = ""
    devices: dict[str, DeviceName] = {}
    scope: str = ""
    epoch: str
    server_time: str


class ProblemMessage(Message):
    """Every error, everywhere."""

    code: str
    details: dict[str, Any] = {}
