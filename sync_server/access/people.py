"""People of this deployment: their accounts, roles and passwords."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from shared import permissions, problems
from shared.permissions import CITY, Grant, Scope
from shared.vocabulary import Role
from sync_server.access import audit, grants, names, tokens
from sync_server.database.tables import (
    DeviceRow,
    EnrolmentCodeRow,
    PersonRow,
    SecondFactorRow,
    SignInLinkRow,
    SignInStepRow,
    WebSessionRow,
)
from sync_server.database.timestamps import now_text

LONGEST_UNIT = 60
_ADMINISTRATORS = columns(grants.GRANT.id).where(
    grants.GRANT.role == Role.ADMINISTRATOR.value,
    grants.GRANT.scope == "city",
    grants.GRANT.withdrawn_at.is_(None),
)


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
    row = session.exec(
        select(PersonRow).where(PersonRow.name == names.tidy(name), col(PersonRow.active))
    ).first()
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

    Raises Problem name_taken where another name looks the same, name_unclear, and invalid for a name that is
    not one or a role that does not fit the scope.
    """
    name = _free_name(session, name, role)
    row = PersonRow(id=str(uuid.uuid4()), name=name, password_hash=password_hash, created_at=now_text())
    session.add(row)
    session.flush()
    grants.give(session, row.id, Grant(role, scope), by)
    return Person(row.id, row.name, role)


def rename(session: Session, person: str, name: str, by: str) -> None:
    """Give somebody another name, by which they also sign in. Raises Problem not_found, and as `add` does."""
    row = session.get(PersonRow, person)
    if row is None:
        raise problems.not_found()
    before, row.name = row.name, _free_name(session, name, of_row(session, row).role, person)
    session.add(row)
    audit.note(session, "person_renamed", person=by, subject=person, before=before, name=row.name)


def set_unit(session: Session, person: str, unit: str, by: str) -> None:
    """Say for which unit somebody works, "" for none. Raises Problem not_found, invalid."""
    row = session.get(PersonRow, person)
    if row is None:
        raise problems.not_found()
    unit = " ".join(unit.split())
    if len(unit) > LONGEST_UNIT or not unit.isprintable():
        raise problems.invalid(errors=[{"path": "unit", "reason": "text_impossible"}])
    before, row.unit = row.unit, unit
    session.add(row)
    audit.note(session, "unit_set", person=by, subject=person, before=before, unit=unit)


def unit_of(session: Session, person: str) -> str:
    """The unit that somebody works for, "" for none."""
    row = session.get(PersonRow, person)
    return row.unit if row else ""


def _free_name(session: Session, name: str, role: Role, person: str = "") -> str:
    """The name as it is kept, where nobody but the person has one that looks the same."""
    name = checked_name(name)
    if role is not Role.ADMINISTRATOR and names.imitates_system(name):
        raise problems.name_unclear()
    others = session.exec(select(PersonRow.name).where(PersonRow.id != person))
    if names.key(name) in set(map(names.key, others)):
        raise problems.name_taken(name=name)
    return name


def add_numbered(session: Session, name: str, role: Role) -> Person:
    """A new person of that name; a number is appended if the name is in use. Raises as `add` does."""
    name = checked_name(name)
    used = set(map(names.key, session.exec(select(PersonRow.name))))
    number, free = 1, name
    while names.key(free) in used:
        number += 1
        free = f"{name[: names.LONGEST - len(str(number)) - 1].rstrip()} {number}"
    return add(session, free, role)


def checked_name(name: str) -> str:
    """The name as it is stored. Raises Problem invalid, name_unclear."""
    given, name = name.strip(), names.tidy(name)
    if not names.is_name(name) or any(ord(letter) < 32 for letter in given):
        raise problems.invalid(errors=[{"path": "name", "reason": "not_a_name"}])
    if not names.is_clear(name):
        raise problems.name_unclear()
    return name


def deactivate(session: Session, person: str, by: str | None) -> None:
    """End a person's access at once; their records stay, and `reactivate` lets them in again.

    Their browsers and phones are signed out, their codes and links stop working. Problems: not_found,
    own_account, last_administrator.
    """
    with _administrator_left(session):
        row = _other(session, person, by)
        row.active = False
        session.add(row)
    now = now_text()
    _sign_out(session, person)
    for row_of, ended in (
        (SignInLinkRow, "used_at"),
        (EnrolmentCodeRow, "used_at"),
        (DeviceRow, "revoked_at"),
    ):
        its = row_of.metadata.tables[str(row_of.__tablename__)].c
        session.execute(update(row_of).where(its.person == person, its[ended].is_(None)).values({ended: now}))
    audit.note(session, "person_deactivated", person=by, subject=person)


def reactivate(session: Session, person: str, by: str | None) -> None:
    """Let a deactivated person in again, with their old password and grants. Raises Problem not_found."""
    row = _other(session, person, by)
    row.active = True
    session.add(row)
    audit.note(session, "person_reactivated", person=by, subject=person)


def give_grant(session: Session, person: str, grant: Grant, by: str | None) -> None:
    """Give somebody else one more role, at once; `by` None is the deployment itself.

    Problems: not_found, own_account, scope_unfit, grant_too_wide.
    """
    _other(session, person, by)
    _check_giver(session, grant, by)
    if grants.give(session, person, grant, by):
        audit.note(session, "grant_given", person=by, subject=person, **grants.described(grant))


def withdraw_grant(session: Session, person: str, grant: str, by: str | None) -> None:
    """Withdraw one grant of somebody else by its id, at once.

    Problems: not_found, own_account, last_administrator, grant_too_wide.
    """
    _other(session, person, by)
    given = next((one for one in grants.live(session, person) if one.id == grant), None)
    if given is None:
        raise problems.not_found()
    _check_giver(session, given.grant, by)
    with _administrator_left(session):
        grants.withdraw(session, grant, by)
    audit.note(session, "grant_withdrawn", person=by, subject=person, **grants.described(given.grant))


def _check_giver(session: Session, grant: Grant, by: str | None) -> None:
    if by is not None and not permissions.may_give(grants.of(session, by), grant):
        raise problems.grant_too_wide()


@contextmanager
def _administrator_left(session: Session) -> Iterator[None]:
    """Within it, nobody else takes an administrator away until the transaction ends.

    Raises Problem last_administrator if there was somebody who manages people, and nobody is left.
    """
    session.execute(_ADMINISTRATORS.with_for_update())
    before = _has_administrator(session)
    yield
    session.flush()
    if before and not _has_administrator(session):
        raise problems.last_administrator()


def _has_administrator(session: Session) -> bool:
    active = columns(col(PersonRow.id)).where(col(PersonRow.active))
    return (
        session.execute(_ADMINISTRATORS.where(grants.GRANT.person.in_(active)).limit(1)).first() is not None
    )


def _other(session: Session, person: str, by: str | None) -> PersonRow:
    """Another person than oneself: nobody can lock themselves out."""
    row = session.get(PersonRow, person)
    if row is None:
        raise problems.not_found()
    if person == by:
        raise problems.own_account()
    return row


def set_password_hash(session: Session, person: str, password_hash: str, *, staying: str = "") -> None:
    """Store a new password's hash. Unused links end, and all sessions but that of the token `staying`."""
    row = session.get_one(PersonRow, person)
    row.password_hash = password_hash
    session.add(row)
    link = SignInLinkRow.metadata.tables["sign_in_link"].c
    unused = update(SignInLinkRow).where(link.person == person, link.used_at.is_(None))
    session.execute(unused.values(used_at=now_text()))
    forget_wrong_codes(session, person)
    _sign_out(session, person, staying)


def forget_wrong_codes(session: Session, person: str) -> None:
    """Count the wrong codes of the second step anew: somebody has a new password, or typed them themself."""
    factor = SecondFactorRow.metadata.tables["second_factor"].c
    wrong = update(SecondFactorRow).where(factor.person == person)
    session.execute(wrong.values(wrong_codes=0, wrong_at=None))


def _sign_out(session: Session, person: str, staying: str = "") -> None:
    for row in (WebSessionRow, SignInStepRow):
        its = row.metadata.tables[str(row.__tablename__)].c
        gone = (its.person == person, its.token_hash != tokens.hashed(staying))
        session.execute(delete(row).where(*gone))
