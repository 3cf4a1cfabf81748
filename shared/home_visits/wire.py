"""The messages about home visits between phones and server, version 1 (`/api/v1/home-visits`)."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from shared.home_visits.envelope import MAX_ENVELOPES
from shared.sealed.jwe import PublicKey
from shared.sync.wire import Message, Reason, Request


class VisitKey(Message):
    """The public key of one school year: `from` and `until` are its first and last day, ISO."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    kid: str
    jwk: PublicKey
    first: str = Field(alias="from")
    until: str

    def is_for(self, day: str) -> bool:
        """Whether an ISO day in China's time lies in its school year."""
        return self.first <= day <= self.until


class VisitPlace(Message):
    """A school where the person may record home visits; without `classes`, in all of it.

    `school`: its code. `name`: what it is called now; "" from an older server.
    """

    school: str
    name: str = ""
    classes: tuple[str, ...] = ()


class VisitKeysAnswer(Message):
    """200 of `GET /api/v1/home-visits/keys`: what a phone needs to seal visits without a network."""

    campaign: str
    keys: list[VisitKey]
    places: list[VisitPlace]
    consent_version: str
    server_time: str


class EnvelopesRequest(Request):
    """`POST /api/v1/home-visits`: envelopes as compact JWE, each judged alone."""

    envelopes: Annotated[list[str], Field(max_length=MAX_ENVELOPES)]


class EnvelopeResult(Message):
    """What became of one envelope; describes committed state. Without a `record` it could not be read."""

    record: str | None = None
    n: int | None = None
    status: Literal["stored", "duplicate", "quarantined"]
    why: Reason | None = None


class EnvelopesAnswer(Message):
    """200: one result per envelope, in the order they were sent. `device`: the phone that sent them."""

    device: str
    results: list[EnvelopeResult]
    server_time: str
