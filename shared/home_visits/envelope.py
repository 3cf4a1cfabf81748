"""The sealed envelope of a home visit: a compact JWE whose header names no child."""

from typing import Literal

from pydantic import ConfigDict, Field

from shared import problems
from shared.home_visits.model import HomeVisit, Name
from shared.operations import CampaignId, Counter, DeviceId, Moment, RecordId
from shared.sealed import jwe

MAX_ENVELOPE = 64 * 1024
"""Most characters of one envelope."""
MAX_ENVELOPES = 50
"""Most envelopes in one message."""


class Header(jwe.SealedHeader):
    """The protected header. `number`, on the wire "n", counts the device's envelopes: 1, 2, 3…"""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    typ: Literal["anlan-home-visit"] = "anlan-home-visit"
    campaign: CampaignId
    record: RecordId
    device: DeviceId
    number: Counter = Field(alias="n")
    school: Name
    class_name: Name = Field(alias="class")
    sealed_at: Moment


def read_header(envelope: str) -> Header:
    """The header of an envelope, which is only believed once the envelope has been opened.

    Raises Problem envelope_too_large, envelope_unreadable.
    """
    if len(envelope) > MAX_ENVELOPE:
        raise problems.envelope_too_large(limit=MAX_ENVELOPE)
    header = jwe.read_header(envelope, Header)
    if header is None:
        raise problems.envelope_unreadable()
    return header


def agrees(header: Header, visit: HomeVisit) -> bool:
    """Whether an opened visit is the one that its envelope says it is."""
    return (header.record, header.school, header.class_name) == (
        visit.record,
        visit.school,
        visit.class_name,
    )
