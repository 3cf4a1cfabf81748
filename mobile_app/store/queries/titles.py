"""What a hazard or a visit is called, and which of the two it is, by its id."""

from dataclasses import dataclass

from sqlmodel import Session

from mobile_app.store.database.tables import ListedVisit
from mobile_app.store.queries import listing
from shared.operations import RecordType


@dataclass(frozen=True, slots=True)
class Titled:
    """A hazard or a visit; `title` is its name or its place, "" where it has none."""

    id: str
    type: RecordType
    title: str


def of(session: Session, record: str | None) -> Titled | None:
    """The hazard or visit with this id; None where there is none on this phone."""
    line = listing.line(session, record) if record else None
    if line is None:
        return None
    if isinstance(line, ListedVisit):
        return Titled(line.id, RecordType.EDUCATION_VISIT, line.place or "")
    return Titled(line.id, RecordType.HAZARD, line.water_name or "")
