"""Reading the audit log: pages at the same cost however long it is, and the whole of what a filter means."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlmodel import Session

from shared import problems
from shared.china_time import CHINA_TIME
from shared.permissions import Action
from shared.towns import TOWNS
from sync_server.access import names
from sync_server.access.policy import Access
from sync_server.database.tables import (
    AuditEndRow,
    AuditRow,
    DeviceRow,
    HomeVisitExportRow,
    HomeVisitHandoverRow,
    HomeVisitRow,
    PersonRow,
    SchoolRow,
    SealedQuarantineRow,
)
from sync_server.database.timestamps import text_of

PAGE = 50
_BATCH = 500
_LONGEST = 100
_MOST_DEVICES = 20
_AUDIT = AuditRow.metadata.tables["audit"].c
_END = AuditEndRow.metadata.tables["audit_end"].c
_PERSON = PersonRow.metadata.tables["person"].c
_DEVICE = DeviceRow.metadata.tables["device"].c
_SCHOOL = SchoolRow.metadata.tables["school"].c
_VISIT = HomeVisitRow.metadata.tables["home_visit"].c
_REFUSED = SealedQuarantineRow.metadata.tables["home_visit_quarantine"].c
_EXPORT = HomeVisitExportRow.metadata.tables["home_visit_export"].c
_HANDOVER = HomeVisitHandoverRow.metadata.tables["home_visit_handover"].c
_CURSOR = re.compile(r"([0-9TZ:.-]{20,40})_(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What a query string asks for; "" and None ask for nothing.

    `person`: the name of who did it. `subject`: a name, an id or a file, of what it was done to or with.
    `first`, `last`: days in China, both included.
    """

    person: str = ""
    action: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None

    def query(self) -> str:
        """The query string that asks for this again, "" where it asks for nothing."""
        asked = {
            "person": self.person,
            "action": self.action,
            "subject": self.subject,
            "from": self.first and self.first.isoformat(),
            "to": self.last and self.last.isoformat(),
        }
        return urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True, slots=True)
class AuditEnd:
    """The number and hash of the last row."""

    number: int
    hash: str

    def __str__(self) -> str:
        """As `anlan audit verify` prints and takes it."""
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True, slots=True)
class SealedThing:
    """A home visit, a refused one, a full export or a hand-over. `at`: when it was sealed or asked for;
    `places`: pairs of the code of a school and a class, or a school year; `person`: by whom."""

    kind: Literal["visit", "refused", "export", "handover"]
    at: str
    places: tuple[tuple[str, str], ...]
    person: str


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Ids that rows name → names of people, devices and schools; and `sealed`: what is known of home visits
    and of what belongs to them, which names no child."""

    people: Mapping[str, str]
    devices: Mapping[str, str]
    schools: Mapping[str, str] = field(default_factory=dict)
    sealed: Mapping[str, SealedThing] = field(default_factory=dict)


def parse(query: Mapping[str, str]) -> AuditFilter:
    """The filter of a query string. Raises Problem invalid for a text that is too long, or no day."""
    errors: list[dict[str, str]] = []
    person, action, subject = (query.get(name, "").strip() for name in ("person", "action", "subject"))
    if any(len(text) > _LONGEST or "\0" in text for text in (person, action, subject)):
        errors.append({"path": "q", "reason": "too_long"})
    days: list[date | None] = []
    for name in ("from", "to"):
        try:
            days.append(date.fromisoformat(query[name]) if query.get(name) else None)
        except ValueError:
            errors.append({"path": "date", "reason": "unknown_value"})
    if not errors and days[0] and days[1] and days[0] > days[1]:
        errors.append({"path": "date", "reason": "last_before_first"})
    if errors:
        raise problems.invalid(errors=errors)
    return AuditFilter(person, action, subject, *days)


def page(
    session: Session, access: Access, asked: AuditFilter, after: str | None = None
) -> tuple[Sequence[AuditRow], str | None]:
    """PAGE rows, the latest first, that follow the cursor `after`; and the cursor of the next ones.

    Raises Problem role_forbidden, and invalid for a cursor that is none of ours.
    """
    access.require(Action.READ_AUDIT)
    beyond = [_beyond(after)] if after else []
    found: dict[int, AuditRow] = {}
    for condition in _alternatives(session, asked):
        # One at a time, each along its own index: all in one condition, they would be sorted first.
        rows = session.execute(
            select(AuditRow)
            .where(condition, *beyond)
            .order_by(_AUDIT.at.desc(), _AUDIT.number.desc())
            .limit(PAGE + 1)
        ).scalars()
        found |= {row.number: row for row in rows}
    latest = sorted(found.values(), key=lambda row: (row.at, row.number), reverse=True)
    last = latest[PAGE - 1] if len(latest) > PAGE else None
    return latest[:PAGE], f"{last.at}_{last.number}" if last else None


def end(session: Session, access: Access) -> AuditEnd:
    """Where the log ends. Raises Problem role_forbidden."""
    access.require(Action.READ_AUDIT)
    return AuditEnd(*session.execute(select(_END.number, _END.hash)).one())


def count(session: Session, access: Access, asked: AuditFilter, until: AuditEnd) -> int:
    """How many rows up to `until` a filter means. Raises Problem role_forbidden."""
    access.require(Action.READ_AUDIT)
    condition = _until(session, asked, until)
    rows: int = session.execute(select(func.count()).select_from(AuditRow).where(condition)).scalar_one()
    return rows


def each(
    session: Session, access: Access, asked: AuditFilter, until: AuditEnd
) -> Iterator[Sequence[AuditRow]]:
    """Every row of a filter up to `until`, the earliest first, in batches that are let go of once used.

    Raises Problem role_forbidden.
    """
    access.require(Action.READ_AUDIT)
    rows = session.execute(
        select(AuditRow)
        .where(_until(session, asked, until))
        .order_by(_AUDIT.number)
        .execution_options(yield_per=_BATCH)
    )
    yield from rows.scalars().partitions()


def known(session: Session, access: Access, rows: Iterable[AuditRow]) -> KnownNames:
    """The names of those whom some rows name. Raises Problem role_forbidden."""
    access.require(Action.READ_AUDIT)
    rows = list(rows)
    ids = {one for row in rows for one in (row.person, row.device, row.subject) if one}
    sealed = _sealed(session, {row.subject for row in rows if row.action.startswith("home_visit")})
    ids |= {str(row.details["holder"]) for row in rows if "holder" in row.details}
    ids |= {one.person for one in sealed.values()}
    people = session.execute(select(_PERSON.id, _PERSON.name).where(_PERSON.id.in_(ids)))
    devices = session.execute(select(_DEVICE.id, _DEVICE.name).where(_DEVICE.id.in_(ids)))
    return KnownNames(
        {row.id: row.name for row in people},
        {row.id: row.name for row in devices},
        {row.code: row.name for row in session.execute(select(_SCHOOL.code, _SCHOOL.name))},
        sealed,
    )


def _sealed(session: Session, ids: set[str]) -> dict[str, SealedThing]:
    """What is known of these subjects without opening anything."""
    if not ids:
        return {}
    found: dict[str, SealedThing] = {}
    refused = select(
        *(_REFUSED.record, _REFUSED.sha256, _REFUSED.school, _REFUSED.class_name),
        *(_REFUSED.sealed_at, _REFUSED.received_at, _REFUSED.person),
    ).where(or_(_REFUSED.record.in_(ids), _REFUSED.sha256.in_(ids)))
    for one in session.execute(refused):
        place = ((one.school, one.class_name or ""),) if one.school else ()
        thing = SealedThing("refused", one.sealed_at or one.received_at, place, one.person)
        found |= {one.record or one.sha256: thing}
    visit = select(_VISIT.id, _VISIT.sealed_at, _VISIT.school, _VISIT.class_name, _VISIT.person)
    for row in session.execute(visit.where(_VISIT.id.in_(ids))):
        found[row.id] = SealedThing("visit", row.sealed_at, ((row.school, row.class_name),), row.person)
    for ask in session.execute(select(HomeVisitExportRow).where(_EXPORT.id.in_(ids))).scalars():
        year = f"{ask.year[:4]}–{int(ask.year[:4]) + 1}"
        found[ask.id] = SealedThing("export", ask.asked_at, ((ask.school, year),), ask.asked_by)
    for offer in session.execute(select(HomeVisitHandoverRow).where(_HANDOVER.id.in_(ids))).scalars():
        ends = ((offer.from_school, offer.from_class), (offer.to_school, offer.to_class))
        found[offer.id] = SealedThing("handover", offer.offered_at, ends, offer.offered_by)
    return found


def _until(session: Session, asked: AuditFilter, until: AuditEnd) -> ColumnElement[bool]:
    return and_(_AUDIT.number <= until.number, or_(*_alternatives(session, asked)))


def _alternatives(session: Session, asked: AuditFilter) -> list[ColumnElement[bool]]:
    """Conditions of which a row meets one; each can be followed along an index."""
    always: list[ColumnElement[bool]] = []
    if asked.first:
        always.append(_AUDIT.at >= _start_of(asked.first))
    if asked.last:
        always.append(_AUDIT.at < _start_of(asked.last + timedelta(days=1)))
    if asked.action:
        always.append(_AUDIT.action == asked.action)
    if asked.person:
        person = _person_called(session, asked.person)
        always.append(_AUDIT.person == person if person else false())
    if not asked.subject:
        return [and_(True, *always)]
    text = asked.subject
    devices = [text, *_devices_called(session, text)]
    subjects = [*devices, *(town.code for town in TOWNS if text in (town.zh, town.en))]
    if person := _person_called(session, text):
        subjects.append(person)
    about = [*(_AUDIT.subject == one for one in subjects), *(_AUDIT.device == one for one in devices)]
    return [and_(one, *always) for one in about]


def _person_called(session: Session, name: str) -> str | None:
    found: str | None = session.execute(select(_PERSON.id).where(_PERSON.name == names.tidy(name))).scalar()
    return found


def _devices_called(session: Session, name: str) -> list[str]:
    rows = session.execute(
        select(_DEVICE.id).where(_DEVICE.name == name, _DEVICE.platform != "office").limit(_MOST_DEVICES)
    )
    return list(rows.scalars())


def _start_of(day: date) -> str:
    """The beginning of a day in China, as rows have their times."""
    return text_of(datetime.combine(day, time(), CHINA_TIME))


def _beyond(cursor: str) -> ColumnElement[bool]:
    parts = _CURSOR.fullmatch(cursor)
    if parts is None:
        raise problems.invalid(errors=[{"path": "after", "reason": "no_cursor"}])
    at, number = parts[1], int(parts[2])
    return and_(_AUDIT.at <= at, or_(_AUDIT.at < at, _AUDIT.number < number))
