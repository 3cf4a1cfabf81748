"""Opens sealed home visits with a private key, in memory only."""

from jwcrypto.common import JWException
from jwcrypto.jwe import JWE
from pydantic import ValidationError

from shared import problems
from shared.home_visits import envelope
from shared.home_visits.model import HomeVisit
from shared.sealed.jwe import ALGORITHM, ENCRYPTION
from sync_server.vault.key_file import Keys


def opened(sealed: str, keys: Keys) -> HomeVisit:
    """The home visit in an envelope.

    Raises Problem envelope_unreadable, envelope_key_destroyed, envelope_key_unknown, consent_missing, and
    envelope_sealed_wrong if it was changed, or is not the visit that its header names. No problem and no
    traceback carries anything of the content.
    """
    header = envelope.read_header(sealed)
    pair = keys.pairs.get(header.kid)
    if pair is None:
        raise (
            problems.envelope_key_destroyed()
            if header.kid in keys.destroyed
            else problems.envelope_key_unknown()
        )
    try:
        token = JWE(algs=[ALGORITHM, ENCRYPTION])
        token.deserialize(sealed)
        token.decrypt(pair.private)
        payload = token.payload
    except (JWException, ValueError, TypeError):
        raise problems.envelope_sealed_wrong() from None
    try:
        visit = HomeVisit.model_validate_json(payload)
    except ValidationError as error:
        lacks_consent = any(found["loc"] == () and "consent" in found["msg"] for found in error.errors())
        raise (problems.consent_missing() if lacks_consent else problems.envelope_sealed_wrong()) from None
    if not envelope.agrees(header, visit):
        raise problems.envelope_sealed_wrong()
    return visit
