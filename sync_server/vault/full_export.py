"""Full exports of a school's home visits: asked for with a reason, approved by a second person, for a day."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session

from shared import problems
from shared.home_visits import school_year
from shared.home_visits.model import HomeVisit
from shared.permissions import Action
from shared.problems import Problem
from sync_server.access import audit
from sync_server.access.policy import Access
from sync_server.database.tables import HomeVisitExportRow, HomeVisitRow
from sync_server.database.timestamps import later, now, now_text, text_of
from sync_server.vault import visits

_ROW = HomeVisitExportRow.metadata.tables["home_visit_export"].c
VALID_HOURS = 24
"""How long the link works after the approval."""
_SHOWN_DAYS = 7
_MOST = 50


def ask(session: Session, access: Access, campaign: str, school: str, year: int, reason: str) -> str:
    """Ask for the home visits of a school year that the person may open; the id of the request.

    Problems: role_forbidden unless they administer the school, reason_missing.
    """
    if school not in own_schools(access):
        raise problems.role_forbidden(role=access.person.role.value)
    if not reason:
        raise problems.reason_missing()
    row = HomeVisitExportRow(
        campaign=campaign,
        id=str(uuid.uuid4()),
        school=school,
        year=school_year.starting(year).first,
        asked_by=access.person.id,
        asked_at=now_text(),
        reason=reason,
    )
    session.add(row)
    _note(session, access, row, "home_visits_export_asked", reason=reason)
    return row.id


def own_schools(access: Access) -> list[str]:
    """The schools that the person administers."""
    return sorted({scope.code for scope in access.schools(Action.SEE_EVERY_HOME_VISIT)})


def may_decide(access: Access, row: HomeVisitExportRow) -> bool:
    """Whether the person may approve a request: another than who asked, of the school or of the city."""
    in_city = access.can(Action.COUNT_HOME_VISITS) and access.towns(Action.COUNT_HOME_VISITS) is None
    return row.asked_by != access.person.id and (in_city or row.school in own_schools(access))


def listed(session: Session, access: Access, campaign: str) -> list[HomeVisitExportRow]:
    """The requests of the last days that the person made or may decide, the newest first."""
    since = text_of(now() - timedelta(days=_SHOWN_DAYS))
    found = (
        select(HomeVisitExportRow)
        .where(_ROW.campaign == campaign, _ROW.asked_at > since)
        .where(or_(_ROW.asked_by == access.person.id, _ROW.decided_at.is_(None)))
        .order_by(_ROW.asked_at.desc())
        .limit(_MOST)
    )
    rows = session.execute(found).scalars()
    return [row for row in rows if row.asked_by == access.person.id or may_decide(access, row)]


def decide(session: Session, access: Access, campaign: str, export: str, *, approved: bool) -> None:
    """Approve a request, or refuse it. Problems: not_found, own_request, export_decided."""
    row = session.get(HomeVisitExportRow, (campaign, export), with_for_update=True)
    if row is not None and row.asked_by == access.person.id:
        raise problems.own_request()
    if row is None or not may_decide(access, row):
        raise problems.not_found()
    if row.decided_at is not None:
        raise problems.export_decided()
    row.decided_by, row.decided_at, row.approved = access.person.id, now_text(), approved
    row.expires_at = later(hours=VALID_HOURS) if approved else None
    session.add(row)
    _note(session, access, row, "home_visits_export_approved" if approved else "home_visits_export_refused")


def download(
    session: Session, access: Access, campaign: str, export: str, path: Path
) -> tuple[HomeVisitExportRow, Sequence[tuple[HomeVisitRow, HomeVisit]]]:
    """An approved request with the content of its home visits, for who asked; noted in the audit log.

    Problems: not_found, export_not_approved, export_expired, keys_unavailable.
    """
    row = session.get(HomeVisitExportRow, (campaign, export))
    if row is None or row.asked_by != access.person.id or row.school not in own_schools(access):
        raise problems.not_found()
    if not row.approved or row.expires_at is None:
        raise problems.export_not_approved()
    if row.expires_at <= now_text():
        raise problems.export_expired()
    keys = visits.keys_or_problem(session, campaign, path)
    if isinstance(keys, Problem):
        raise keys
    found: list[tuple[HomeVisitRow, HomeVisit]] = []
    for one in visits.of_school(session, access, campaign, row.school):
        try:
            content = visits.content_of(one, keys)
        except Problem:
            continue
        if school_year.of_day(content.visit_date.isoformat()).first == row.year:
            found.append((one, content))
    _note(session, access, row, "home_visits_exported", reason=row.reason, visits=len(found))
    return row, found


def _note(session: Session, access: Access, row: HomeVisitExportRow, action: str, **details: Any) -> None:
    audit.note(
        session, action, person=access.person.id, subject=row.id, school=row.school, year=row.year, **details
    )
