"""An operation: one thing one person saved, immutable, the unit of sync, history and merge."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared import clock

SCHEMA = 1
"""The version of the record schema that this code writes."""


class RecordType(StrEnum):
    """The record types that the code refers to by name; `record_types` describes each."""

    HAZARD = "hazard"
    HAZARD_EVENT = "hazard_event"
    PHOTO = "photo"
    EDUCATION_VISIT = "education_visit"


class Kind(StrEnum):
    """What an operation does to its record.

    edit: write registers · append: an event, written once · attach/detach: a photo · delete/restore.
    """

    EDIT = "edit"
    APPEND = "append"
    ATTACH = "attach"
    DETACH = "detach"
    DELETE = "delete"
    RESTORE = "restore"


CAMPAIGN_ID = r"^[a-z0-9][a-z0-9-]{0,39}$"
CampaignId = Annotated[str, Field(pattern=CAMPAIGN_ID)]
DeviceId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
RecordTypeName = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]
RecordId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
PersonId = Annotated[str, Field(pattern=r"^[0-9a-f-]{1,36}$")]
Counter = Annotated[int, Field(ge=1, lt=2**53, strict=True)]
Fingerprint = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
"""A fingerprint of a log from its beginning up to some place: see `next_fingerprint`."""

GENESIS = "0" * 16
"""The fingerprint of an empty log."""


def _real(moment: str) -> str:
    if not 1970 <= datetime.fromisoformat(moment).year <= 2100:
        raise ValueError("year")
    return moment


Moment = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"
    ),
    AfterValidator(_real),
]
"""A device's wall time in ISO 8601 with its offset from UTC; a day and hour that exist, 1970–2100."""


class Operation(BaseModel):
    """One saved change. Its key is (campaign, device, number); its content never changes.

    `number` counts the device's operations. `base` is its pull cursor when the person saved and
    `base_fingerprint` the log's fingerprint there, so that an operation shows by itself what its author had
    seen. `hlc` is its hybrid stamp, `made_at` what its wall clock showed. `fields` holds only what was
    written; which names and values are allowed is for `records.check_fields` to say.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    campaign: CampaignId
    device: DeviceId
    number: Counter = Field(alias="n")
    record: RecordId
    type: RecordTypeName
    kind: Kind
    fields: dict[str, Any]
    base: Annotated[int, Field(ge=0, lt=2**53, strict=True)]
    base_fingerprint: Fingerprint = Field(alias="tip")
    hlc: Annotated[str, Field(pattern=clock.PATTERN)]
    made_at: Moment
    author: PersonId
    schema_no: Literal[1] = Field(default=1, alias="schema")

    @property
    def key(self) -> tuple[str, str, int]:
        return (self.campaign, self.device, self.number)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the server adds to an operation when it stores it.

    `seq`: its number on the campaign's gap-free log, from 1. `hlc`: the stamp that counts (clamped).
    `ledger_no`: the 编号 given with the operation that first registered a hazard, else None. `base`: the base
    that counts if it is not the operation's own, because the log has been restored since.
    """

    seq: int
    hlc: str
    ledger_no: str | None = None
    base: int | None = None


def next_fingerprint(fingerprint: str, wire: str) -> str:
    """The fingerprint of a log once the operation with the canonical JSON `wire` is on it.

    `fingerprint`: the log's before. Equal fingerprints at the same seq mean that two logs are equal up to
    there. Comparing keys would not be enough: of two copies of a phone, one may reuse keys that a log lost in
    a restore, with other content.
    """
    return hashlib.blake2b(f"{fingerprint}{wire}".encode(), digest_size=8).hexdigest()


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)


def canonical(operation: Operation) -> str:
    """The one JSON text of an operation: keys sorted, no spaces. Two operations are the same iff these are.

    It is also what travels and what the server keeps, so a log is served without being parsed.
    """
    return _ENCODER.encode(content(operation))


def content(operation: Operation) -> dict[str, Any]:
    """What the canonical JSON of an operation holds, by the names that travel."""
    return {
        "author": operation.author,
        "base": operation.base,
        "campaign": operation.campaign,
        "device": operation.device,
        "fields": operation.fields,
        "hlc": operation.hlc,
        "kind": operation.kind,
        "made_at": operation.made_at,
        "n": operation.number,
        "record": operation.record,
        "schema": operation.schema_no,
        "tip": operation.base_fingerprint,
        "type": operation.type,
    }
