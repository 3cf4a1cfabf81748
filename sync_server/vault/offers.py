"""The offers to hand home visits over, as those see them who made them, may withdraw or may decide them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select
from sqlmodel import Session

from shared.permissions import Action
from sync_server.access.policy import Access
from sync_server.database.in_values import in_values
from sync_server.database.tables import HomeVisitHandoverRow, HomeVisitRow
from sync_server.database.timestamps import now, text_of
from sync_server.vault import handovers

_ROW = HomeVisitHandoverRow.metadata.tables["home_visit_handover"].c
_VISIT = HomeVisitRow.metadata.tables["home_visit"].c
_SHOWN_DAYS = 30
PAGE = 50


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer, and what the person may do about it. `visits`: how many are still offered; `first`: one of
    them, None where it is settled or all were deleted."""

    row: HomeVisitHandoverRow
    visits: int
    first: HomeVisitRow | None
    may_decide: bool
    may_withdraw: bool


def listed(
    session: Session, access: Access, campaign: str, skipped: int = 0
) -> tuple[list[Offer], int | None]:
    """A page of the offers that the person made, may withdraw or may decide: all that are open, and those of
    the last days that are settled; those to be decided first, and the newest. And how many to skip for the
    next page, if there is one."""
    since = text_of(now() - timedelta(days=_SHOWN_DAYS))
    decided = _decided_by(access)
    found = (
        select(HomeVisitHandoverRow)
        .where(_ROW.campaign == campaign, or_(decided, _withdrawn_by(access)))
        .where(or_(_ROW.settled == "", _ROW.settled_at > since))
        .order_by(_ROW.settled != "", not_(decided), _ROW.offered_at.desc(), _ROW.id)
        .offset(skipped)
        .limit(PAGE + 1)
    )
    rows = list(session.execute(found).scalars())
    more = skipped + PAGE if len(rows) > PAGE else None
    left = _left(session, campaign, [row.id for row in rows[:PAGE] if not row.settled])
    return [_shown(access, row, *left.get(row.id, (0, None))) for row in rows[:PAGE]], more


def _shown(access: Access, row: HomeVisitHandoverRow, left: int, first: HomeVisitRow | None) -> Offer:
    is_open = not row.settled
    may_decide = is_open and handovers.receives(access, row) and row.offered_by != access.person.id
    return Offer(row, left, first, may_decide, is_open and handovers.may_withdraw(access, row))


def _left(
    session: Session, campaign: str, offers: Sequence[str]
) -> dict[str, tuple[int, HomeVisitRow | None]]:
    """Open offer → how many visits are still offered, and the first of them."""
    offered = (_VISIT.campaign == campaign, in_values(session, _VISIT.handover, offers))
    there = and_(*offered, _VISIT.sealed.is_not(None))
    counted = select(_VISIT.handover, func.count(), func.min(_VISIT.id)).where(there)
    numbers = {
        offer: (count, first) for offer, count, first in session.execute(counted.group_by(_VISIT.handover))
    }
    firsts = select(HomeVisitRow).where(
        _VISIT.campaign == campaign, in_values(session, _VISIT.id, [first for _, first in numbers.values()])
    )
    rows = {row.id: row for row in session.execute(firsts).scalars()}
    return {offer: (count, rows.get(first)) for offer, (count, first) in numbers.items()}


def waiting(session: Session, access: Access, campaign: str) -> int:
    """How many offers wait for the person to accept or decline them."""
    found = select(func.count()).select_from(HomeVisitHandoverRow)
    found = found.where(_ROW.campaign == campaign, _ROW.settled == "", _decided_by(access))
    count: int = session.execute(found).scalar_one()
    return count


def _decided_by(access: Access) -> ColumnElement[bool]:
    """The condition on the offers that the person may accept or decline while they are open."""
    theirs = _of_classes(access, Action.HAND_OVER_HOME_VISITS, _ROW.to_school, _ROW.to_class)
    return and_(theirs, _ROW.offered_by != access.person.id)


def _withdrawn_by(access: Access) -> ColumnElement[bool]:
    """The condition on the offers for which `handovers.may_withdraw` holds."""
    own = sorted({scope.code for scope in access.schools(Action.HAND_OVER_HOME_VISITS)})
    return or_(
        _of_classes(access, Action.SEE_EVERY_HOME_VISIT, _ROW.from_school, _ROW.from_class),
        and_(_ROW.offered_by == access.person.id, _ROW.from_school.in_(own)),
    )


def _of_classes(
    access: Access, action: Action, school: ColumnElement[str], class_name: ColumnElement[str]
) -> ColumnElement[bool]:
    """Where the person may do an action."""
    places = [
        and_(school == scope.code, class_name.in_(sorted(scope.classes)))
        if scope.classes
        else school == scope.code
        for scope in access.schools(action)
    ]
    return or_(false(), *places)
