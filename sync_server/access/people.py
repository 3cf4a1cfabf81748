"""People of this deployment: their accounts, roles and passwords."""

import secrets
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session, col, select

from shared import problems
from shared.permissions import CITY, Grant, Scope
from shared.vocabulary import Role
from sync_server.access import grants
from sync_server.database.tables import PersonRow
from sync_server.database.timestamps import now_text

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 256
LONGEST_NAME = 60
_HASHER = PasswordHasher()  # argon2id, RFC 9106's second choice: 64 MiB for each hash under way
_UNDER_WAY = threading.BoundedSemaphore(2)
_SEATS = threading.BoundedSemaphore(8)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an account; `role`: the one they are known by, of those they have."""

    id: str
    name: str
    role: Role


def of_row(session: Session, row: PersonRow) -> Person:
    """The person of a row."""
    return Person(row.id, row.name, grants.roles(session, [row.id])[row.id])


def by_name(session: Session, name: str) -> Person | None:
    """The active person of that name, or None."""
    row = session.exec(select(PersonRow).where(PersonRow.name == name, col(PersonRow.active))).first()
    return of_row(session, row) if row else None


def add(
    session: Session,
    name: str,
    role: Role,
    password_hash: str | None = None,
    *,
    scope: Scope = CITY,
    by: str | None = None,
) -> Person:
    """A new person with one grant, given by a person or, without one, by the deployment itself.

    Raises Problem name_taken, and invalid for what is no name or a role that does not fit the scope.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or any(ord(letter) < 32 for letter in name):
        raise problems.invalid(errors=[{"path": "name", "reason": "not_a_name"}])
    if session.exec(select(PersonRow.id).where(PersonRow.name == name)).first():
        raise problems.name_taken(name=name)
    row = PersonRow(id=str(uuid.uuid4()), name=name, password_hash=password_hash, created_at=now_text())
    session.add(row)
    session.flush()
    grants.give(session, row.id, Grant(role, scope), by)
    return Person(row.id, row.name, role)


def add_numbered(session: Session, name: str, role: Role) -> Person:
    """A new person of that name; a number is appended if the name is in use."""
    alike = col(PersonRow.name).startswith(name, autoescape=True)
    used = set(session.exec(select(PersonRow.name).where(alike)))
    free = next(
        candidate
        for number in range(1, len(used) + 2)
        if (candidate := name if number == 1 else f"{name} {number}") not in used
    )
    return add(session, free, role)


def hash_password(password: str) -> str:
    """The argon2id hash to keep; slow on purpose: call it outside a transaction. Raises password_weak."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise problems.password_weak(shortest=SHORTEST_PASSWORD, longest=LONGEST_PASSWORD)
    with _turn():
        return _HASHER.hash(password)


def password_fits(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one; as slow where there is no hash, so that names cannot be probed."""
    with _turn():
        try:
            fits = _HASHER.verify(password_hash or _nobodys(), password[: LONGEST_PASSWORD + 1])
        except (VerificationError, InvalidHashError):
            return False
    return fits and password_hash is not None


@cache
def _nobodys() -> str:
    """The hash of a password that nobody knows."""
    return _HASHER.hash(secrets.token_hex(16))


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for a turn at hashing. Problem overloaded: a crowd at the door may not keep phones waiting."""
    if not _SEATS.acquire(blocking=False):
        raise problems.overloaded(retry_after_s=2)
    try:
        with _UNDER_WAY:
            yield
    finally:
        _SEATS.release()


def set_password_hash(session: Session, person: str, password_hash: str) -> None:
    """Keep a new password's hash."""
    row = session.get_one(PersonRow, person)
    row.password_hash = password_hash
    session.add(row)
