"""What waits for the phone's person on a day: indexes find candidates, `shared.hazards.due` decides."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlmodel import Session, col

from mobile_app.store.database import meta
from mobile_app.store.database.tables import ListedHazard
from mobile_app.store.log import entries
from mobile_app.store.queries import hazards
from mobile_app.store.queries.hazards import HazardRow
from shared.hazards import due
from shared.hazards.due import DueFacts, Urgency, Viewer
from shared.permissions import step_action, towns_of
from shared.vocabulary import Status

MOST = 200
"""So many hazards of one urgency are listed: those with the earliest deadline, or those waiting longest."""
_FETCHED = 50

_COLUMNS: tuple[Any, ...] = (
    *(ListedHazard.id, ListedHazard.status, ListedHazard.town_code, ListedHazard.author),
    *(ListedHazard.rectifiers, ListedHazard.deadline, ListedHazard.sent_back, ListedHazard.relapse_due),
)


@dataclass(frozen=True, slots=True)
class DueHazard:
    """A hazard that waits for the phone's person, and why."""

    urgency: Urgency
    row: HazardRow


@dataclass(frozen=True, slots=True)
class OwnNumbers:
    """How many hazards the phone's person reported, and how many of them are 已销号."""

    reported: int
    closed: int


def own_numbers(session: Session) -> OwnNumbers:
    """The numbers of the hazards on this phone."""
    who, line = meta.identity(session), ListedHazard
    own = select(col(line.status), func.count()).where(col(line.deleted).is_(False))
    mine = own.where(col(line.author) == (who.person if who else None)).group_by(col(line.status))
    counts = {Status(status): count for status, count in session.execute(mine)}
    return OwnNumbers(sum(counts.values()), counts.get(Status.CLOSED, 0))


def listed(session: Session, today: str) -> list[DueHazard]:
    """The hazards that wait for the phone's person on the ISO day `today`, the most urgent first; of each
    urgency those with the earliest deadline first, or, where deadlines do not matter, those changed longest
    ago."""
    who = meta.identity(session)
    if who is None:
        return []
    viewer = Viewer(who.person, meta.grants(session), today)
    found: dict[str, Urgency] = {}
    for urgency in Urgency:
        if viewer.may(urgency):
            found |= dict.fromkeys(islice(_waiting(session, urgency, viewer), MOST), urgency)
    rows: dict[str, HazardRow] = {}
    for some in entries.slices(list(found)):
        rows |= {row.id: row for row in hazards.rows(session, some)}
    return [DueHazard(urgency, rows[hazard]) for hazard, urgency in found.items()]


def _waiting(session: Session, urgency: Urgency, viewer: Viewer) -> Iterator[str]:
    """The ids of the hazards of one urgency, read as they are asked for."""
    candidates = _candidates(urgency, viewer).execution_options(yield_per=_FETCHED)  # else all are fetched
    with session.execute(candidates) as lines:
        for id, status, town, author, rectifiers, deadline, sent_back, relapse_due in lines:
            facts = DueFacts(
                Status(status), town, author, rectifiers.split(), deadline, sent_back, relapse_due
            )
            if due.urgency(facts, viewer) is urgency:
                yield id


def _candidates(urgency: Urgency, viewer: Viewer) -> Select[Any]:
    """All hazards of an urgency, and some others, in the order of `listed`."""
    line, deadline = ListedHazard, col(ListedHazard.deadline)
    order: tuple[Any, ...] = (col(line.touched), col(line.id))
    conditions: list[ColumnElement[bool]]
    match urgency:
        case Urgency.SENT_BACK:
            mine = or_(col(line.author) == viewer.person, col(line.rectifiers).contains(viewer.person))
            conditions = [col(line.sent_back).is_(True), mine]
        case Urgency.RELAPSE_DUE:
            conditions = [col(line.relapse_due).is_(True)]
        case Urgency.OVERDUE:
            conditions = [deadline < viewer.today]
            order = (deadline, col(line.id))
        case Urgency.DUE_SOON:
            conditions = [deadline.between(viewer.today, viewer.soon)]
            order = (deadline, col(line.id))
        case Urgency.TO_ACCEPT:
            conditions = [col(line.status) == Status.PENDING_ACCEPTANCE.value]
        case Urgency.TO_REGISTER:
            conditions = [col(line.status) == Status.REPORTED.value]
        case Urgency.OWN:
            rectifiable = [status.value for status in due.RECTIFIABLE]
            conditions = [col(line.author) == viewer.person, col(line.status).in_(rectifiable)]
    towns = towns_of(viewer.grants, step_action(due.STEPS[urgency]))
    if towns is not None:
        conditions.append(or_(col(line.town_code).is_(None), col(line.town_code).in_(sorted(towns))))
    return select(*_COLUMNS).where(col(line.deleted).is_(False), *conditions).order_by(*order)
