"""Tokens that are shown once: 256 random bits, of which the server keeps only the SHA-256."""

import hashlib
import secrets


def fresh() -> str:
    """A new token, safe in a link and a header."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
