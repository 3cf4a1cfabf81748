"""Tokens that are shown once: 256 random bits, of which the server keeps only the SHA-256.

A device's id is a fingerprint of the token that it was enrolled with. A phone that still has the token can
therefore prove which device it was, even to a server restored from a backup made before that device existed.
"""

import hashlib
import secrets


def fresh() -> str:
    """A new token, safe in a link and a header."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What the server stores of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def device_of(token: str) -> str:
    """The id of the device that is enrolled with a token: 16 hex digits."""
    return hashed(f"device {token}")[:16]
