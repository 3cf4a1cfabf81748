"""Schools: the list of those for which people have roles, their names and the names of their classes."""

import unicodedata
from collections.abc import Container, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from shared import problems
from shared.permissions import SCHOOL_ROLES, Grant, School
from shared.sync.given_roles import described
from shared.towns import BY_CODE
from shared.vocabulary import Role
from sync_server.access import audit, grants, names
from sync_server.database.tables import SchoolRow
from sync_server.database.timestamps import now_text

MOST_CLASSES = 200
_SCHOOL = SchoolRow.metadata.tables["school"].c


def listed(session: Session) -> list[SchoolRow]:
    """Every school, by name."""
    return list(session.execute(select(SchoolRow).order_by(_SCHOOL.name)).scalars())


def school_names(session: Session) -> dict[str, str]:
    """Code → the present name, of every school."""
    return {row.code: row.name for row in session.execute(select(_SCHOOL.code, _SCHOOL.name))}


def given_roles(session: Session, given: Sequence[Grant], unit: str) -> list[dict[str, Any]]:
    """Grants as a phone is told of them (`wire.GivenRole`), with the present names of their schools and the
    unit of the person."""
    known = school_names(session) if any(isinstance(grant.scope, School) for grant in given) else {}
    return [one.model_dump(exclude_defaults=True) for one in described(given, known, unit)]


def school_towns(session: Session) -> dict[str, str | None]:
    """School code → the town that it is in."""
    return {row.code: row.town_code for row in session.execute(select(_SCHOOL.code, _SCHOOL.town_code))}


def by_name(session: Session, name: str) -> SchoolRow | None:
    """The school whose name looks the same, or None."""
    wanted = names.key(name)
    return next((row for row in listed(session) if names.key(row.name) == wanted), None)


def named(session: Session, name: str, by: str | None) -> SchoolRow:
    """The school of that name; put on the list if it is not there yet. Raises as `checked_name` does."""
    name = checked_name(name)
    known = by_name(session, name)
    if known is not None:
        return known
    return added(session, name, by, set(school_names(session)))


def added(session: Session, name: str, by: str | None, used: Container[str]) -> SchoolRow:
    """A new school of a name that is not on the list; `used`: the codes of all schools."""
    code, number = name, 1
    while code in used:  # it was the name of one that is called otherwise today
        number += 1
        code = f"{name} {number}"
    row = SchoolRow(code=code, name=name, created_at=now_text())
    session.add(row)
    session.flush()
    audit.note(session, "school_added", person=by, subject=code, name=name)
    return row


def change(session: Session, code: str, name: str, town: str | None, by: str) -> None:
    """Give a school another name or town; its grants and records stay with it.

    Problems: not_found, name_taken, and as `checked_name`; invalid for an unknown town.
    """
    row = _school(session, code)
    name = checked_name(name)
    other = by_name(session, name)
    if other is not None and other.code != code:
        raise problems.name_taken(name=name)
    if town is not None and town not in BY_CODE:
        raise problems.invalid(errors=[{"path": "town_code", "reason": "unknown_value"}])
    before, row.name, row.town_code = row.name, name, town
    session.add(row)
    audit.note(session, "school_changed", person=by, subject=code, before=before, name=name, town=town)


def classes(session: Session) -> dict[str, list[str]]:
    """School code → the classes that grants name at present."""
    found: dict[str, set[str]] = {}
    for given in grants.live(session):
        if isinstance(given.grant.scope, School):
            found.setdefault(given.grant.scope.code, set()).update(given.grant.scope.classes)
    return {code: sorted(several) for code, several in found.items()}


def rename_class(session: Session, code: str, before: str, after: str, by: str) -> None:
    """Give a class another name in every grant that names it; records made before keep the name of their day.

    Problems: not_found, class_in_use, and as `checked_name`.
    """
    _school(session, code)
    after = class_name(after)
    here = classes(session).get(code, [])
    if before not in here:
        raise problems.not_found()
    if after == before:
        return
    if after in here:
        raise problems.class_in_use()
    for given in grants.live(session):
        scope = given.grant.scope
        if isinstance(scope, School) and scope.code == code and before in scope.classes:
            renamed = School(code, scope.classes - {before} | {after})
            grants.withdraw(session, given.id, by)
            grants.give(session, given.person, Grant(given.grant.role, renamed), by)
    audit.note(session, "class_renamed", person=by, subject=code, before=before, name=after)


def grant_of(
    session: Session,
    role: Role,
    towns: Sequence[str],
    school: str,
    class_names: Sequence[str],
    by: str | None,
) -> Grant:
    """The grant of a role for a school by name and classes, or for towns by their codes.

    A school that is new is put on the list. Problems: scope_unfit, name_unclear, and invalid for an unknown
    town or what is no name.
    """
    if role not in SCHOOL_ROLES:
        if school or class_names:
            raise problems.scope_unfit()
        return Grant(role, grants.scope_of_towns(towns))
    if towns or not school:
        raise problems.scope_unfit()
    if len(class_names) > MOST_CLASSES:
        raise problems.invalid(errors=[{"path": "class_name", "reason": "too_many"}])
    return Grant(role, School(named(session, school, by).code, frozenset(map(class_name, class_names))))


def checked_name(name: str) -> str:
    """A school's name as it is stored. Raises Problem invalid, name_unclear."""
    given, name = name.strip(), names.tidy(name)
    if not names.is_name(name) or any(ord(letter) < 32 for letter in given):
        raise problems.invalid(errors=[{"path": "school", "reason": "not_a_name"}])
    if not names.is_clear(name):
        raise problems.name_unclear()
    return name


def class_name(name: str) -> str:
    """The name of a class as it is stored: 三（2）班 is 三(2)班. Raises as `checked_name` does."""
    return checked_name(unicodedata.normalize("NFKC", name))


def _school(session: Session, code: str) -> SchoolRow:
    row = session.get(SchoolRow, code, with_for_update=True)
    if row is None:
        raise problems.not_found()
    return row
