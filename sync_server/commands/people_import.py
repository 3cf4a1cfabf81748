"""Many people at once: looked at row by row, shown, and added once when that is confirmed."""

import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, col

from shared import problems
from shared.permissions import CITY, SCHOOL_ROLES, Action, Grant, School, Scope, Towns
from shared.problems import Problem
from shared.towns import TOWNS
from shared.vocabulary import Role
from sync_server.access import audit, grants, names, people, schools
from sync_server.access.policy import Access
from sync_server.database.tables import GrantRow, PeopleImportRow, PersonRow
from sync_server.database.timestamps import later, now_text

KEPT_HOURS = 24
"""How long what was not confirmed is kept."""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row of a list of people: its number there, and what would become of it.

    `fault`: "", or a code of `texts.people_import`; `detail`: what it is about.
    """

    number: int
    name: str
    role: Role | None = None
    towns: tuple[str, ...] = ()
    school: str = ""
    classes: tuple[str, ...] = ()
    fault: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What confirming an import would do, or has done. `created`: ids of people, once it is confirmed."""

    id: str
    rows: tuple[PlannedRow, ...]
    new_schools: tuple[str, ...]
    created: tuple[str, ...] | None

    @property
    def ready(self) -> list[PlannedRow]:
        """The rows that become people."""
        return [row for row in self.rows if not row.fault]


def keep(session: Session, access: Access, rows: Sequence[dict[str, Any]]) -> str:
    """Keep rows, each `{number, cells, fault}`, for the person who sent them; the id of the import.

    Raises Problem role_forbidden.
    """
    access.require(Action.MANAGE_PEOPLE)
    stale = col(PeopleImportRow.confirmed_at).is_(None) & (
        col(PeopleImportRow.created_at) < later(hours=-KEPT_HOURS)
    )
    session.execute(delete(PeopleImportRow).where(stale))
    row = PeopleImportRow(
        id=str(uuid.uuid4()), person=access.person.id, lines=list(rows), created_at=now_text(), people=[]
    )
    session.add(row)
    return row.id


def plan(session: Session, access: Access, id: str) -> ImportPlan:
    """What an import would do now. Problems: role_forbidden, not_found (for somebody else's too)."""
    access.require(Action.MANAGE_PEOPLE)
    return _plan(session, _row(session, access, id))


def confirm(session: Session, access: Access, id: str) -> None:
    """Add the people of an import; nothing where that has been done. Raises as `plan` does."""
    access.require(Action.MANAGE_PEOPLE)
    row = _row(session, access, id, to_write=True)
    if row.confirmed_at is not None:
        return
    planned, by = _plan(session, row), access.person.id
    codes = {names.key(one.name): one.code for one in schools.listed(session)}
    for name in planned.new_schools:
        codes[names.key(name)] = schools.added(session, name, by, set(codes.values())).code
    now = now_text()
    added = [(str(uuid.uuid4()), one) for one in planned.ready]
    if added:
        session.execute(
            insert(PersonRow),
            [{"id": id, "name": one.name, "active": True, "created_at": now} for id, one in added],
        )
        session.execute(
            insert(GrantRow),
            [grants.new_row(id, Grant(_role(one), _scope(one, codes)), by) for id, one in added],
        )
    row.lines = [
        {**line, "fault": one.fault, "detail": one.detail}
        for line, one in zip(row.lines, planned.rows, strict=True)
    ]
    row.confirmed_at, row.people = now, [id for id, _ in added]
    session.add(row)
    audit.note(session, "people_imported", person=by, subject=row.id, people=len(added))


def _row(session: Session, access: Access, id: str, *, to_write: bool = False) -> PeopleImportRow:
    row = session.get(PeopleImportRow, id, with_for_update=to_write)
    if row is None or row.person != access.person.id:
        raise problems.not_found()
    return row


def _plan(session: Session, row: PeopleImportRow) -> ImportPlan:
    known = {names.key(one.name) for one in session.execute(_ALL_NAMES)}
    listed = {names.key(one.name) for one in schools.listed(session)}
    first: dict[str, int] = {}
    planned, fresh = [], dict[str, str]()
    for line in row.lines:
        one = _planned(line)
        key = names.key(one.name)
        if not one.fault and row.confirmed_at is None:
            if key in first:
                one = _faulty(one, "double", str(first[key]))
            elif key in known:
                one = _faulty(one, "name_taken")
        first.setdefault(key, one.number)
        if not one.fault and one.school and names.key(one.school) not in listed:
            fresh.setdefault(names.key(one.school), one.school)
        planned.append(one)
    created = None if row.confirmed_at is None else tuple(row.people)
    return ImportPlan(row.id, tuple(planned), tuple(fresh.values()), created)


_ALL_NAMES = PersonRow.metadata.tables["person"].select()


def _planned(line: dict[str, Any]) -> PlannedRow:
    """A row looked at by itself."""
    cells: dict[str, str] = line["cells"]
    one = PlannedRow(line["number"], cells.get("name", ""))
    if line["fault"]:
        return _faulty(one, line["fault"], line.get("detail", ""))
    if not one.name:
        return _faulty(one, "name_missing")
    role = _ROLES.get(names.key(cells.get("role", "")))
    if role is None:
        return _faulty(one, "role_unknown", cells.get("role", ""))
    try:
        name = people.checked_name(one.name)
        if role is not Role.ADMINISTRATOR and names.imitates_system(name):
            return _faulty(one, "name_bad")
        towns = names.listed_in(cells.get("towns", ""))
        whole_city = bool(towns) and all(names.key(town) in _WHOLE_CITY for town in towns)
        if whole_city:
            return _placed(PlannedRow(one.number, name, role), cells, whole_city=True)
        unknown = [town for town in towns if names.key(town) not in _TOWNS]
        if unknown:
            return _faulty(one, "town_unknown", unknown[0])
        codes = tuple(sorted({_TOWNS[names.key(town)] for town in towns}))
        return _placed(PlannedRow(one.number, name, role, codes), cells)
    except Problem:
        return _faulty(one, "name_bad")


def _placed(one: PlannedRow, cells: dict[str, str], *, whole_city: bool = False) -> PlannedRow:
    school, classes = cells.get("school", ""), names.listed_in(cells.get("classes", ""))
    if one.role not in SCHOOL_ROLES:
        if school or classes:
            return _faulty(one, "school_unfit")
        return one if one.towns or whole_city else _faulty(one, "towns_missing")
    if one.towns or whole_city:
        return _faulty(one, "towns_unfit")
    if not school:
        return _faulty(one, "school_missing")
    try:
        names_of = tuple(sorted({schools.class_name(name) for name in classes}))
        school = schools.checked_name(school)
    except Problem:
        return _faulty(one, "school_bad")
    if len(names_of) > schools.MOST_CLASSES:
        return _faulty(one, "school_bad")
    return PlannedRow(one.number, one.name, one.role, (), school, names_of)


def _faulty(one: PlannedRow, fault: str, detail: str = "") -> PlannedRow:
    return PlannedRow(one.number, one.name, one.role, one.towns, fault=fault, detail=detail[:60])


def _role(one: PlannedRow) -> Role:
    if one.role is None:
        raise ValueError(one.number)
    return one.role


def _scope(one: PlannedRow, codes: dict[str, str]) -> Scope:
    if one.school:
        return School(codes[names.key(one.school)], frozenset(one.classes))
    return Towns(frozenset(one.towns)) if one.towns else CITY


def _spellings(*texts: str) -> set[str]:
    return {names.key(unicodedata.normalize("NFKC", text)) for text in texts}


_ROLES = {
    key: role for role in Role for key in _spellings(role.value, role.zh, role.en, role.zh.partition("(")[0])
}
_TOWNS = {
    key: town.code
    for town in TOWNS
    for key in _spellings(town.code, town.zh, town.en, town.zh.removesuffix("街道").removesuffix("镇"))
}
_WHOLE_CITY = _spellings("全市", "东莞市", "whole city", "city")
"""Said in words: an empty cell must not give somebody the whole city."""
