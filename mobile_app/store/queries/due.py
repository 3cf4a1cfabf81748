"""What waits for the phone's person on a day: indexes find candidates, `shared.hazards.due` decides."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlmodel import Session, col

from mobile_app.store.database import given_roles, meta
from mobile_app.store.database.tables import ListedHazard
from mobile_app.store.log import entries
from mobile_app.store.queries import hazards
from mobile_app.store.queries.hazards import HazardRow
from shared.hazards import due, units
from shared.hazards.due import DueFacts, Urgency, Viewer
from shared.hazards.patrol_plan import LEVELS, Level, PatrolPlan, days_between
from shared.vocabulary import Status

MOST = 200
"""So many hazards of one urgency are listed: those with the earliest deadline, or those waiting longest."""
_FETCHED = 50
_RECTIFIABLE = [status.value for status in due.RECTIFIABLE]

_COLUMNS: tuple[Any, ...] = (
    *(ListedHazard.id, ListedHazard.status, ListedHazard.town_code, ListedHazard.author),
    *(ListedHazard.rectifiers, ListedHazard.deadline, ListedHazard.sent_back, ListedHazard.relapse_due),
    ListedHazard.unit,
)


@dataclass(frozen=True, slots=True)
class PatrolDue:
    """For how many days nobody was there for sure, and once in how many somebody has to go."""

    unseen: int
    every: int


@dataclass(frozen=True, slots=True)
class DueHazard:
    """A hazard that waits for the phone's person, and why; `patrol`: how long, where it is for a 巡查."""

    urgency: Urgency
    row: HazardRow
    patrol: PatrolDue | None = None


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
    ago, or, of those to be patrolled, the most overdue. These may wait for something else besides."""
    who = meta.identity(session)
    if who is None:
        return []
    viewer = Viewer(who.person, meta.grants(session), today, units.key(given_roles.unit(session)))
    plan = meta.profile(session).patrol_plan
    patrols: dict[str, PatrolDue] = {}
    found: list[tuple[Urgency, str]] = []
    for urgency in filter(viewer.may, Urgency):
        if urgency is Urgency.PATROL:
            patrols = _patrols(session, viewer, plan) if plan else {}
            found += [(urgency, hazard) for hazard in patrols]
        else:
            found += [(urgency, hazard) for hazard in islice(_waiting(session, urgency, viewer), MOST)]
    rows: dict[str, HazardRow] = {}
    for some in entries.slices(list({hazard for _, hazard in found})):
        rows |= {row.id: row for row in hazards.rows(session, some)}
    return [
        DueHazard(urgency, rows[hazard], patrols[hazard] if urgency is Urgency.PATROL else None)
        for urgency, hazard in found
        if hazard in rows
    ]


def _patrols(session: Session, viewer: Viewer, plan: PatrolPlan) -> dict[str, PatrolDue]:
    """Hazard → how overdue its 巡查 is, for the `MOST` that are most overdue."""
    found: list[tuple[int, str, PatrolDue]] = []
    for level in LEVELS:
        every = plan.days(level, viewer.today)
        for id, status, town, author, seen_on in session.execute(_unseen(level, viewer, plan)):
            facts = DueFacts(Status(status), town, author, level=level, seen_on=seen_on)
            if due.needs_patrol(facts, plan, viewer):
                unseen = days_between(seen_on, viewer.today)
                found.append((every - unseen, id, PatrolDue(unseen, every)))
    return {id: patrol for _, id, patrol in sorted(found)[:MOST]}


def _unseen(level: Level, viewer: Viewer, plan: PatrolPlan) -> Select[Any]:
    """The hazards of a risk level that are to be patrolled, those not seen for longest first.

    Lines of deleted hazards have no such day.
    """
    line = ListedHazard
    of_level = col(line.risk_level).is_(None) if level is None else col(line.risk_level) == level.value
    conditions = [of_level, col(line.seen_on) <= plan.seen_by(level, viewer.today)]
    columns: tuple[Any, ...] = (line.id, line.status, line.town_code, line.author, line.seen_on)
    waiting = select(*columns).where(*conditions, *_in_towns(viewer, Urgency.PATROL))
    return waiting.order_by(col(line.seen_on), col(line.id)).limit(MOST)


def _waiting(session: Session, urgency: Urgency, viewer: Viewer) -> Iterator[str]:
    """The ids of the hazards of one urgency, read as they are asked for."""
    candidates = _candidates(urgency, viewer).execution_options(yield_per=_FETCHED)  # else all are fetched
    with session.execute(candidates) as lines:
        for id, status, town, author, rectifiers, deadline, sent_back, relapse_due, unit in lines:
            facts = DueFacts(
                *(Status(status), town, author, rectifiers.split(), deadline, sent_back, relapse_due),
                unit=unit,
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
        case Urgency.UNIT:
            conditions = [col(line.unit) == viewer.unit, col(line.status).in_(_RECTIFIABLE)]
        case Urgency.OWN:
            conditions = [col(line.author) == viewer.person, col(line.status).in_(_RECTIFIABLE)]
        case Urgency.PATROL:
            raise ValueError("these are found by `_unseen`")
    conditions += _in_towns(viewer, urgency)
    return select(*_COLUMNS).where(col(line.deleted).is_(False), *conditions).order_by(*order)


def _in_towns(viewer: Viewer, urgency: Urgency) -> list[ColumnElement[bool]]:
    """That a hazard lies where the person may do what it waits for."""
    towns, line = viewer.towns(urgency), ListedHazard
    if towns is None:
        return []
    return [or_(col(line.town_code).is_(None), col(line.town_code).in_(sorted(towns)))]
