"""Passwords: which are accepted, and their argon2id hashes."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared import problems
from sync_server.access import names

SHORTEST = 10
LONGEST = 256
FEWEST_GUESSES = 10**8
"""By the estimate of `zxcvbn`, for who tries common words, names, dates and keyboard rows first."""
_LOCAL = ("anlan", "安澜", "dongguan", "东莞", "woaini", "woaini1314", "woaini520", "zhongguo", "guangdong")
_ESTIMATED = 72  # characters; the time that an estimate takes grows with more than their number
_HASHER = PasswordHasher()  # argon2id, RFC 9106's second choice: 64 MiB for each hash under way
_UNDER_WAY = threading.BoundedSemaphore(2)
_SEATS = threading.BoundedSemaphore(8)


def hash_new(password: str, name: str = "") -> str:
    """The argon2id hash of a password that somebody of that name chose.

    Slow on purpose: call it outside a transaction. Problems: password_weak (too short or too long),
    password_guessable, overloaded.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise problems.password_weak(shortest=SHORTEST, longest=LONGEST)
    from zxcvbn import zxcvbn  # its lists take 12 MB, and few set a password

    known = [*_LOCAL, names.key(name), *name.split()]
    if zxcvbn(password[:_ESTIMATED], known, max_length=_ESTIMATED)["guesses"] < FEWEST_GUESSES:
        raise problems.password_guessable()
    return _hashed(password)


def fits(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; as slow where there is no hash, so that names cannot be probed."""
    with _turn():
        try:
            right = _HASHER.verify(password_hash or _nobodys(), password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return right and password_hash is not None


def hash_again(password_hash: str, password: str) -> str | None:
    """The hash with today's parameters of a password that fits; None if it has these already."""
    return _hashed(password) if _HASHER.check_needs_rehash(password_hash) else None


def _hashed(password: str) -> str:
    with _turn():
        return _HASHER.hash(password)


@cache
def _nobodys() -> str:
    """The hash of a password that nobody knows."""
    return _HASHER.hash(secrets.token_hex(16))


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for a turn at hashing. Raises Problem overloaded: many sign-ins must not delay phones."""
    if not _SEATS.acquire(blocking=False):
        raise problems.overloaded(retry_after_s=2)
    try:
        with _UNDER_WAY:
            yield
    finally:
        _SEATS.release()
