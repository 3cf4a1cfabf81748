"""What both sides check of a compact JWE (RFC 7516) that is sealed to a public key on P-256. No crypto here.

Whoever carries it can read the header, and nobody can change it without the JWE becoming impossible to open.
"""

import base64
import binascii
import json
import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError

from shared.records.values import StrictModel

ALGORITHM = "ECDH-ES"
ENCRYPTION = "A256GCM"
CURVE = "P-256"
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


class SealedHeader(StrictModel):
    """The protected header of any of them; `typ` says of which kind. Compression ("zip") is not allowed."""

    alg: Literal["ECDH-ES"] = "ECDH-ES"
    enc: Literal["A256GCM"] = "A256GCM"
    typ: str
    kid: KeyId
    epk: PublicKey | None = None

    def protected(self) -> dict[str, Any]:
        """What the sealing library is given as the protected header; it adds `epk` itself."""
        return self.model_dump(mode="json", by_alias=True, exclude={"epk"})


H = TypeVar("H", bound=SealedHeader)


def read_header(sealed: str, model: type[H]) -> H | None:
    """The header, which is only believed once the JWE has been opened; None where it is no such JWE."""
    parts = sealed.split(".", 5)  # a file of nothing but dots would make millions of parts
    if len(parts) != 5 or not all(_BASE64URL.fullmatch(part) for part in parts):
        return None
    protected, key, nonce, content, tag = parts
    if key or len(nonce) != 16 or not content or len(tag) != 22 or len(protected) > _MAX_HEADER:
        return None
    try:
        said = base64.urlsafe_b64decode(protected + "=" * (-len(protected) % 4))
        header = model.model_validate(json.loads(said, object_pairs_hook=_once))
    except (ValidationError, ValueError, RecursionError, binascii.Error):
        return None
    return header if header.epk is not None else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object in which no name stands twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("twice")
    return found
