"""Hand-over of a pupil's home visits to another class or school: offered with the guardian's consent,
accepted or declined by somebody there, and withdrawn until then.

The envelopes stay as they are. What moves is who holds them, and so who may open them.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from shared import permissions, problems
from shared.home_visits.vocabulary import ConsentHow
from shared.permissions import Action
from sync_server.access import audit, grants, schools
from sync_server.access.policy import Access
from sync_server.database import campaigns
from sync_server.database.tables import HomeVisitHandoverRow, HomeVisitRow, PersonRow
from sync_server.database.timestamps import now_text, today
from sync_server.vault import visits

_ROW = HomeVisitHandoverRow.metadata.tables["home_visit_handover"].c
_VISIT = HomeVisitRow.metadata.tables["home_visit"].c
_PERSON = PersonRow.metadata.tables["person"].c


@dataclass(frozen=True, slots=True)
class Consent:
    """How, and on which day, the guardian agreed to a hand-over."""

    how: ConsentHow
    on: date


def offered(
    session: Session,
    access: Access,
    campaign: str,
    ids: Sequence[str],
    school: str,
    class_name: str,
    consent: Consent,
) -> str:
    """Offer home visits to a class of a school, by its code; the id of the offer.

    Problems: not_found for one that the person may not open, consent_missing for a consent of the future,
    handover_open, handover_needless, handover_nobody, and as `schools.class_name`.
    """
    campaigns.locked_end(session, campaign)
    rows = _chosen(session, access, campaign, ids)
    if not rows or len({one.held_school for one in rows}) > 1:
        raise problems.not_found()
    if consent.on.isoformat() > today():
        raise problems.consent_missing()
    if any(one.handover for one in rows):
        raise problems.handover_open()
    class_name = schools.class_name(class_name)
    if any((one.held_school, one.held_class) == (school, class_name) for one in rows):
        raise problems.handover_needless()
    if not receivers(session, school, class_name).keys() - {access.person.id}:
        raise problems.handover_nobody()
    row = HomeVisitHandoverRow(
        campaign=campaign,
        id=str(uuid.uuid4()),
        from_school=rows[0].held_school,
        from_class=rows[0].held_class,
        to_school=school,
        to_class=class_name,
        visits=len(rows),
        consent_how=consent.how.value,
        consent_on=consent.on.isoformat(),
        offered_by=access.person.id,
        offered_at=now_text(),
    )
    session.add(row)
    for one in rows:
        one.handover = row.id
        session.add(one)
    _note(
        session,
        access,
        row,
        "home_visits_handover_offered",
        consent=row.consent_how,
        consent_on=row.consent_on,
    )
    return row.id


def _chosen(session: Session, access: Access, campaign: str, ids: Sequence[str]) -> list[HomeVisitRow]:
    """The home visits with these ids, none unless the person may open all of them."""
    rows = [visits.get(session, access, campaign, one) for one in ids]
    found = [row for row in rows if row is not None and row.sealed is not None]
    return found if len(found) == len(rows) else []


def receivers(session: Session, school: str, class_name: str) -> dict[str, str]:
    """Who may have home visits of a class: the ids and names of its teachers and administrators."""
    wanted = Action.HAND_OVER_HOME_VISITS
    there = {
        given.person
        for given in grants.live(session, school=school)
        if permissions.permits_in_class([given.grant], wanted, school, class_name)
    }
    named = select(_PERSON.id, _PERSON.name).where(_PERSON.id.in_(there), _PERSON.active)
    return {row.id: row.name for row in session.execute(named.order_by(_PERSON.name))}


def accept(session: Session, access: Access, campaign: str, offer: str, holder: str) -> int:
    """Take over what was offered; how many home visits. `holder`: the teacher of the class who is to have
    them, the person themself unless they administer the school.

    Problems: not_found, own_request, handover_settled, handover_nobody for a holder who may not.
    """
    row = _open(session, access, campaign, offer)
    if holder != access.person.id and not may_choose_holder(access, row):
        raise problems.not_found()
    if holder not in receivers(session, row.to_school, row.to_class):
        raise problems.handover_nobody()
    taken = _offered(session, row)
    if not taken:  # all were deleted since
        raise problems.not_found()
    for one in taken:
        before = {"school": one.held_school, "class": one.held_class}
        one.held_by, one.held_school, one.held_class = holder, row.to_school, row.to_class
        session.add(one)
        to = {"to_school": row.to_school, "to_class": row.to_class, "holder": holder}
        audit.note(session, "home_visit_handed_over", person=access.person.id, subject=one.id, **before, **to)
    row.holder = holder
    _settle(session, access, row, "accepted", holder=holder)
    return len(taken)


def may_choose_holder(access: Access, row: HomeVisitHandoverRow) -> bool:
    """Whether the person may accept an offer for a teacher of the class: who administers it."""
    return access.in_class(Action.SEE_EVERY_HOME_VISIT, row.to_school, row.to_class)


def decline(session: Session, access: Access, campaign: str, offer: str, reason: str) -> None:
    """Leave what was offered where it is. Problems: not_found, own_request, handover_settled,
    reason_missing."""
    row = _open(session, access, campaign, offer)
    if not reason:
        raise problems.reason_missing()
    row.reason = reason
    _settle(session, access, row, "declined", reason=reason)


def withdraw(session: Session, access: Access, campaign: str, offer: str) -> None:
    """Take an offer back. Problems: not_found, handover_settled."""
    campaigns.locked_end(session, campaign)
    row = session.get(HomeVisitHandoverRow, (campaign, offer))
    if row is None or not may_withdraw(access, row):
        raise problems.not_found()
    if row.settled:
        raise problems.handover_settled()
    _settle(session, access, row, "withdrawn")


def _open(session: Session, access: Access, campaign: str, offer: str) -> HomeVisitHandoverRow:
    """An open offer that the person may decide."""
    campaigns.locked_end(session, campaign)
    row = session.get(HomeVisitHandoverRow, (campaign, offer))
    if row is None or not receives(access, row):
        raise problems.not_found()
    if row.offered_by == access.person.id:
        raise problems.own_request()
    if row.settled:
        raise problems.handover_settled()
    return row


def _settle(session: Session, access: Access, row: HomeVisitHandoverRow, how: str, **details: Any) -> None:
    row.settled, row.settled_by, row.settled_at = how, access.person.id, now_text()
    session.add(row)
    session.flush()
    session.execute(
        update(HomeVisitRow)
        .where(_VISIT.campaign == row.campaign, _VISIT.handover == row.id)
        .values(handover=None)
    )
    session.expire_all()
    _note(session, access, row, f"home_visits_handover_{how}", **details)


def _offered(session: Session, row: HomeVisitHandoverRow) -> list[HomeVisitRow]:
    found = select(HomeVisitRow).where(
        _VISIT.campaign == row.campaign, _VISIT.handover == row.id, _VISIT.sealed.is_not(None)
    )
    return list(session.execute(found.options(visits.WITHOUT_ENVELOPE)).scalars())


def receives(access: Access, row: HomeVisitHandoverRow) -> bool:
    """Whether an offer is made to the person's class or school."""
    return access.in_class(Action.HAND_OVER_HOME_VISITS, row.to_school, row.to_class)


def may_withdraw(access: Access, row: HomeVisitHandoverRow) -> bool:
    """Whether the person may take an offer back: their own, or one of a class that they administer."""
    administers = access.in_class(Action.SEE_EVERY_HOME_VISIT, row.from_school, row.from_class)
    own = {scope.code for scope in access.schools(Action.HAND_OVER_HOME_VISITS)}
    return administers or (row.offered_by == access.person.id and row.from_school in own)


def _note(session: Session, access: Access, row: HomeVisitHandoverRow, action: str, **details: Any) -> None:
    audit.note(
        session,
        action,
        person=access.person.id,
        subject=row.id,
        **{"school": row.from_school, "class": row.from_class},
        to_school=row.to_school,
        to_class=row.to_class,
        visits=row.visits,
        **details,
    )
