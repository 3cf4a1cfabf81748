"""Grants: which role a person has, and where. Withdrawn grants stay in the table."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from shared import permissions, problems
from shared.permissions import CITY, Action, City, Grant, School, Scope, Towns
from shared.towns import BY_CODE
from shared.vocabulary import Role
from sync_server.database.tables import GrantRow
from sync_server.database.timestamps import now_text

GRANT = GrantRow.metadata.tables["role_grant"].c
COLUMNS = (GRANT.role, GRANT.scope, GRANT.towns, GRANT.school, GRANT.classes)
"""What `of_columns` reads."""


@dataclass(frozen=True, slots=True)
class LiveGrant:
    """A grant that is not withdrawn: whose it is, since when (UTC), and by whom ("" by the deployment)."""

    id: str
    person: str
    grant: Grant
    at: str
    by: str = ""


def give(session: Session, person: str, grant: Grant, by: str | None = None) -> bool:
    """Give a person a role within a scope; whether they did not have it already.

    Raises Problem scope_unfit where role and scope do not fit.
    """
    if not permissions.fits(grant):
        raise problems.scope_unfit()
    if grant in of(session, person):
        return False
    session.add(GrantRow(**new_row(person, grant, by)))
    session.flush()
    return True


def new_row(person: str, grant: Grant, by: str | None) -> dict[str, Any]:
    """The values of a new row that gives a person this."""
    return {
        "id": str(uuid.uuid4()),
        "person": person,
        "role": grant.role.value,
        "given_by": by,
        "given_at": now_text(),
        **_columns(grant.scope),
    }


def withdraw(session: Session, grant: str, by: str | None = None) -> None:
    """Withdraw one grant by its id; nothing where it is withdrawn already."""
    session.execute(
        update(GrantRow)
        .where(GRANT.id == grant, GRANT.withdrawn_at.is_(None))
        .values(withdrawn_at=now_text(), withdrawn_by=by)
    )


def live(session: Session, person: str | None = None, *, school: str | None = None) -> list[LiveGrant]:
    """The grants that are not withdrawn, of a person or of everybody, in a school or anywhere, the oldest
    first."""
    wanted = select(GRANT.id, GRANT.person, GRANT.given_at, GRANT.given_by, *COLUMNS)
    wanted = wanted.where(GRANT.withdrawn_at.is_(None)).order_by(GRANT.given_at, GRANT.id)
    if person is not None:
        wanted = wanted.where(GRANT.person == person)
    if school is not None:
        wanted = wanted.where(GRANT.school == school)
    return [
        LiveGrant(id, whose, of_columns(*columns), at, by or "")
        for id, whose, at, by, *columns in session.execute(wanted)
    ]


def replace(session: Session, person: str, grant: Grant, by: str | None = None) -> None:
    """Withdraw what a person has been granted, and give them this. Raises Problem scope_unfit."""
    session.execute(
        update(GrantRow)
        .where(GRANT.person == person, GRANT.withdrawn_at.is_(None))
        .values(withdrawn_at=now_text(), withdrawn_by=by)
    )
    give(session, person, grant, by)


def of(session: Session, person: str) -> tuple[Grant, ...]:
    """The person's grants that are not withdrawn."""
    rows = session.execute(
        select(*COLUMNS).where(GRANT.person == person, GRANT.withdrawn_at.is_(None)).order_by(GRANT.given_at)
    )
    return tuple(of_columns(*row) for row in rows)


def of_columns(role: str, scope: str, towns: Sequence[str], school: str, classes: Sequence[str]) -> Grant:
    """The grant that a row of `COLUMNS` stands for."""
    match scope:
        case "towns":
            return Grant(Role(role), Towns(frozenset(towns)))
        case "school":
            return Grant(Role(role), School(school, frozenset(classes)))
    return Grant(Role(role), CITY)


def roles(session: Session, people: Iterable[str] | None = None) -> dict[str, Role]:
    """Person → the role that they are known by: of their grants, or else of those they had."""
    wanted = select(GRANT.person, GRANT.role, GRANT.withdrawn_at)
    if people is not None:
        wanted = wanted.where(GRANT.person.in_(list(people)))
    found: dict[str, tuple[list[Role], list[Role]]] = {}
    for person, role, withdrawn in session.execute(wanted):
        found.setdefault(person, ([], []))[withdrawn is not None].append(Role(role))
    known = {person: permissions.first(now or once) for person, (now, once) in found.items()}
    return {person: role for person, role in known.items() if role}


def with_action(session: Session, action: Action) -> list[str]:
    """The people who have a grant that permits an action somewhere."""
    allowed = [role.value for role in Role if permissions.may(role, action)]
    rows = session.execute(
        select(GRANT.person)
        .where(GRANT.role.in_(allowed), GRANT.withdrawn_at.is_(None))
        .order_by(GRANT.given_at, GRANT.id)
    )
    return list(dict.fromkeys(rows.scalars()))


def scope_of_towns(codes: Sequence[str]) -> Scope:
    """The scope of these towns, of the whole city without any. Raises Problem invalid for an unknown code."""
    unknown = [code for code in codes if code not in BY_CODE]
    if unknown:
        raise problems.invalid(errors=[{"path": "town_code", "reason": "unknown_value"}])
    return Towns(frozenset(codes)) if codes else CITY


def described(grant: Grant) -> dict[str, Any]:
    """A grant as it is named in the audit log: role, scope, and its towns, school and classes."""
    return {
        "role": grant.role.value,
        **{name: value for name, value in _columns(grant.scope).items() if value},
    }


def _columns(scope: Scope) -> Mapping[str, Any]:
    match scope:
        case City():
            return {"scope": "city", "towns": [], "school": "", "classes": []}
        case Towns(codes):
            return {"scope": "towns", "towns": sorted(codes), "school": "", "classes": []}
        case School(code, classes):
            return {"scope": "school", "towns": [], "school": code, "classes": sorted(classes)}
