"""The sealed envelope of a home visit: a compact JWE (RFC 7516) whose header names no child. No crypto here.

The header can be read by whoever carries the envelope, and nobody can change it without the envelope becoming
impossible to open.
"""

import base64
import binascii
import json
import re
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from shared import problems
from shared.home_visits.model import HomeVisit, Name
from shared.operations import CampaignId, Counter, DeviceId, Moment, RecordId
from shared.records.values import StrictModel

TYPE = "anlan-home-visit"
ALGORITHM = "ECDH-ES"
ENCRYPTION = "A256GCM"
CURVE = "P-256"
MAX_ENVELOPE = 64 * 1024
"""Most characters of one envelope."""
MAX_ENVELOPES = 50
"""Most envelopes in one message."""
_MAX_HEADER = 4 * 1024
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")

KeyId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Coordinate = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]


class PublicKey(StrictModel):
    """A public key on P-256, as a JWK (RFC 7517)."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Coordinate
    y: Coordinate


class Header(StrictModel):
    """The protected header. `number`, on the wire "n", counts the device's envelopes: 1, 2, 3…"""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    alg: Literal["ECDH-ES"] = "ECDH-ES"
    enc: Literal["A256GCM"] = "A256GCM"
    typ: Literal["anlan-home-visit"] = "anlan-home-visit"
    kid: KeyId
    epk: PublicKey | None = None
    campaign: CampaignId
    record: RecordId
    device: DeviceId
    number: Counter = Field(alias="n")
    school: Name
    class_name: Name = Field(alias="class")
    sealed_at: Moment

    def protected(self) -> dict[str, Any]:
        """What the sealing library is given as the protected header; it adds `epk` itself."""
        return self.model_dump(mode="json", by_alias=True, exclude={"epk"})


def read_header(envelope: str) -> Header:
    """The header of an envelope, which is only believed once the envelope has been opened.

    Raises Problem envelope_too_large, envelope_unreadable.
    """
    if len(envelope) > MAX_ENVELOPE:
        raise problems.envelope_too_large(limit=MAX_ENVELOPE)
    parts = envelope.split(".")
    if len(parts) != 5 or not all(_BASE64URL.fullmatch(part) for part in parts):
        raise problems.envelope_unreadable()
    protected, key, nonce, sealed, tag = parts
    if key or len(nonce) != 16 or not sealed or len(tag) != 22 or len(protected) > _MAX_HEADER:
        raise problems.envelope_unreadable()
    try:
        content = json.loads(
            base64.urlsafe_b64decode(protected + "=" * (-len(protected) % 4)), object_pairs_hook=_once
        )
        header = Header.model_validate(content)
    except (ValidationError, ValueError, RecursionError, binascii.Error):
        raise problems.envelope_unreadable() from None
    if header.epk is None:
        raise problems.envelope_unreadable()
    return header


def agrees(header: Header, visit: HomeVisit) -> bool:
    """Whether an opened visit is the one that its envelope says it is."""
    return (header.record, header.school, header.class_name) == (
        visit.record,
        visit.school,
        visit.class_name,
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object in which no name stands twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("twice")
    return found
