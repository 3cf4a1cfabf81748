"""Visits of safety education as screens show them: lines of the list, one visit, and the sums of a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Select, func, or_, select
from sqlmodel import Session, col

from mobile_app.store.database.tables import ListedVisit
from mobile_app.store.log import bundles, outbox
from mobile_app.store.queries import devices, photo_rows
from mobile_app.store.queries.photo_rows import PhotoRow
from mobile_app.store.queries.upload_states import UploadState
from shared import merge, problems, record_types
from shared.merge import Write
from shared.operations import RecordType
from shared.records.models import EducationVisit
from shared.search.folding import wanted
from shared.sync.wire import DeviceName, Reason
from shared.vocabulary import EducationVisitType, PhotoRole

Only = UploadState | EducationVisitType | Literal["in_conflict"] | None
"""What a list is narrowed to: one state of uploading, one kind, or what is in conflict."""


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One line of the list; `conflicts` counts fields with concurrent values.

    `photos_done` of `photos_total` are verified by the server.
    """

    id: str
    kind: EducationVisitType | None
    date: str | None
    town_code: str | None
    place: str
    headcount: int | None
    households: int | None
    leaflets: int | None
    upload: UploadState
    conflicts: int
    photos_done: int
    photos_total: int
    thumb_sha256: str | None


@dataclass(frozen=True, slots=True)
class VisitCard:
    """A visit with its photos, refusals, and disputed fields.

    `conflicts`: field → the concurrent writes, the shown one last. `writers`: device → whose it is
    and what it is called.
    """

    row: VisitRow
    visit: EducationVisit
    photos: tuple[PhotoRow, ...]
    quarantined: tuple[Reason, ...]
    conflicts: Mapping[str, list[Write]]
    writers: Mapping[str, DeviceName]

    @property
    def originals(self) -> dict[str, PhotoRole]:
        """What its photos show, by the SHA-256 of the files that were taken or picked."""
        return photo_rows.originals(self.photos)


@dataclass(frozen=True, slots=True)
class DayOfHouseholds:
    """What a person did from door to door on one day: how many saved visits, households, leaflets."""

    visits: int
    households: int
    leaflets: int


def listed(
    session: Session, text: str = "", only: Only = None, *, limit: int = 200, offset: int = 0
) -> list[VisitRow]:
    """The visits that are not deleted and say all words of `text`, the last changed first."""
    ordered = select(ListedVisit).order_by(col(ListedVisit.touched).desc(), col(ListedVisit.id))
    rows = session.execute(_narrowed(ordered, text, only).limit(limit).offset(offset)).scalars()
    return [_row(line) for line in rows]


def count(session: Session, text: str = "", only: Only = None) -> int:
    """How many visits `listed` would return."""
    counting = select(func.count()).select_from(ListedVisit)
    return int(session.execute(_narrowed(counting, text, only)).scalar_one())


def card(session: Session, visit: str) -> VisitCard:
    """Everything about one visit that is not deleted, or in dispute about that. Problem: not_found."""
    line = session.get(ListedVisit, visit)
    bundle = bundles.of(session, [visit])[visit]
    conflicts = merge.disputes(bundle.visit) if bundle.visit else {}
    if line is None or bundle.visit is None or (line.deleted and not conflicts):
        raise problems.not_found()
    record: EducationVisit = record_types.read(RecordType.EDUCATION_VISIT, merge.shown(bundle.visit))
    return VisitCard(
        row=_row(line),
        visit=record,
        photos=tuple(photo_rows.rows(session, bundle)),
        quarantined=tuple(outbox.refusals(session, visit)),
        conflicts=conflicts,
        writers=devices.names(session, bundles.writers(bundle)),
    )


def last(session: Session, author: str, kind: EducationVisitType | None = None) -> dict[str, Any]:
    """The shown values of the visit that `author` recorded last, {} where there is none."""
    ids = select(col(ListedVisit.id)).where(
        col(ListedVisit.author) == author, col(ListedVisit.deleted).is_(False)
    )
    if kind:
        ids = ids.where(col(ListedVisit.visit_type) == kind.value)
    found = session.execute(ids.order_by(col(ListedVisit.id).desc()).limit(1)).scalar()
    bundle = bundles.of(session, [found])[found] if found else None
    return merge.shown(bundle.visit) if bundle and bundle.visit else {}


def door_to_door(session: Session, author: str, day: str) -> DayOfHouseholds:
    """What `author` did from door to door on a day (ISO)."""
    visits, households, leaflets = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(col(ListedVisit.households)), 0),
            func.coalesce(func.sum(col(ListedVisit.leaflets)), 0),
        ).where(
            col(ListedVisit.author) == author,
            col(ListedVisit.date) == day,
            col(ListedVisit.visit_type) == EducationVisitType.FAMILY.value,
            col(ListedVisit.deleted).is_(False),
        )
    ).one()
    return DayOfHouseholds(int(visits), int(households), int(leaflets))


def _narrowed(statement: Select[Any], text: str, only: Only) -> Select[Any]:
    statement = statement.where(col(ListedVisit.deleted).is_(False))
    for forms in wanted(text):
        says = [col(ListedVisit.search).contains(form, autoescape=True) for form in forms]
        statement = statement.where(or_(*says))
    if isinstance(only, UploadState):
        return statement.where(col(ListedVisit.upload) == only.value)
    if isinstance(only, EducationVisitType):
        return statement.where(col(ListedVisit.visit_type) == only.value)
    return statement.where(col(ListedVisit.conflicts) > 0) if only else statement


def _row(line: ListedVisit) -> VisitRow:
    return VisitRow(
        id=line.id,
        kind=EducationVisitType(line.visit_type) if line.visit_type else None,
        date=line.date,
        town_code=line.town_code,
        place=line.place or "",
        headcount=line.headcount,
        households=line.households,
        leaflets=line.leaflets,
        upload=UploadState(line.upload),
        conflicts=line.conflicts,
        photos_done=line.photos_done,
        photos_total=line.photos_total,
        thumb_sha256=line.thumb_sha256,
    )
