"""Approval of the follow-up that home visits plan, where the school asks for it: by its administrator, and
never one's own."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session

from shared import problems
from shared.permissions import Action
from shared.problems import Problem
from sync_server.access import audit
from sync_server.access.policy import Access
from sync_server.database import campaigns
from sync_server.database.tables import HomeVisitRow, SchoolRow, SealedQuarantineRow
from sync_server.database.timestamps import now_text
from sync_server.vault import visits
from sync_server.vault.count_notes import DOES_NOT_OPEN, Marked, Notebook

_SCHOOL = SchoolRow.metadata.tables["school"].c
_VISIT = HomeVisitRow.metadata.tables["home_visit"].c
WAITING, APPROVED, RETURNED = "waiting", "approved", "returned"


@dataclass(frozen=True, slots=True)
class Plans:
    """The follow-up plans of the person's schools: how many in each state; `to_decide`: those that wait for
    the person, the oldest first."""

    counts: Mapping[str, int]
    to_decide: list[HomeVisitRow]


def asking(session: Session) -> dict[str, str]:
    """School code → since when it asks for approval, of those that do."""
    found = select(_SCHOOL.code, _SCHOOL.plans_since).where(_SCHOOL.plans_since.is_not(None))
    return {row.code: str(row.plans_since) for row in session.execute(found)}


def own_schools(access: Access) -> list[str]:
    """The schools for which the person says whether plans are approved: those that they administer whole."""
    return sorted(scope.code for scope in access.schools(Action.APPROVE_PLANS) if not scope.classes)


def ask_for_approval(session: Session, access: Access, school: str, *, on: bool) -> None:
    """Let the school approve the plans of visits that come from now on, or no longer. Problem: not_found."""
    row = session.get(SchoolRow, school, with_for_update=True) if school in own_schools(access) else None
    if row is None:
        raise problems.not_found()
    if on == (row.plans_since is not None):
        return
    row.plans_since = now_text() if on else None
    session.add(row)
    audit.note(session, "plan_approval_set", person=access.person.id, subject=school, on=on)


def state(row: HomeVisitRow, plans: bool, asked: Mapping[str, str]) -> str:
    """The state of a visit's plan, "" where there is nothing to approve. `plans`: whether it has one."""
    if row.plan:
        return row.plan
    since = asked.get(row.held_school)
    return WAITING if plans and since is not None and row.received_at >= since else ""


def may_decide(access: Access, row: HomeVisitRow, of: str) -> bool:
    """Whether the person may approve the plan in that state, or return it: of others only."""
    own = access.person.id in (row.person, row.held_by)
    return of in (WAITING, RETURNED) and not own and _administers(access, row)


def decide(
    session: Session, access: Access, campaign: str, visit: str, path: Path, reason: str, *, approved: bool
) -> None:
    """Approve the plan of a home visit, or return it with a reason.

    Problems: not_found, own_request, plan_settled, reason_missing, and as `visits.content_of`.
    """
    campaigns.locked_end(session, campaign)
    row = visits.get(session, access, campaign, visit)
    if row is None or not _administers(access, row):
        raise problems.not_found()
    content = visits.content_of(row, visits.keys_or_problem(session, campaign, path))
    of = state(row, bool(content.follow_up), asking(session))
    if of not in (WAITING, RETURNED):
        raise problems.plan_settled()
    if not may_decide(access, row, of) or _brought(session, access, row):
        raise problems.own_request()
    if not approved and not reason:
        raise problems.reason_missing()
    row.plan, row.plan_by, row.plan_at = APPROVED if approved else RETURNED, access.person.id, now_text()
    row.plan_reason = "" if approved else reason
    session.add(row)
    details = {"reason": reason} if row.plan_reason else {}
    action = "home_visit_plan_approved" if approved else "home_visit_plan_returned"
    audit.note(session, action, person=access.person.id, subject=row.id, school=row.held_school, **details)


def of_own_schools(session: Session, access: Access, campaign: str, path: Path) -> Plans:
    """The plans of the visits that the person may open, without their envelopes; none while the keys are
    away."""
    asked = asking(session)
    keys = visits.keys_or_problem(session, campaign, path)
    if not asked or isinstance(keys, Problem):
        return Plans({}, [])
    notebook, counts, to_decide = Notebook(keys), Counter[str](), list[HomeVisitRow]()
    found = select(HomeVisitRow).where(
        _VISIT.campaign == campaign,
        _VISIT.held_school.in_(sorted(asked)),
        _VISIT.received_at >= min(asked.values()),
        _VISIT.sealed.is_not(None),
        visits.where(access),
    )
    found = found.options(visits.WITHOUT_ENVELOPE).order_by(_VISIT.received_at, _VISIT.id)
    for row in session.execute(found).scalars():
        of = state(row, _plans(row, notebook), asked)
        if of:
            counts[of] += 1
        if of == WAITING and may_decide(access, row, of):
            to_decide.append(row)
    return Plans(counts, to_decide)


def _plans(row: HomeVisitRow, notebook: Notebook) -> bool:
    if row.counted == DOES_NOT_OPEN:
        return False
    marked = Marked(row.id, row.kid, row.school)
    noted = notebook.read(marked, row.counted) if row.counted else None
    if noted is None:
        noted, _ = notebook.opened(marked, row.sealed or "")
    return noted is not None and noted.plans


def _brought(session: Session, access: Access, row: HomeVisitRow) -> bool:
    """Whether the person's own phone brought the visit, as that of another: they may have sealed it."""
    return session.get(SealedQuarantineRow, (row.campaign, access.person.id, row.sha256)) is not None


def _administers(access: Access, row: HomeVisitRow) -> bool:
    return access.in_class(Action.APPROVE_PLANS, row.held_school, row.held_class)
