"""Refused envelopes: the school's administrator sees which came for the school and why, and settles them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session

from shared import problems
from shared.home_visits import envelope
from shared.permissions import Action
from sync_server.access import audit
from sync_server.access.policy import Access
from sync_server.database import campaigns
from sync_server.database.tables import DeviceRow, HomeVisitKeyRow, HomeVisitRow, SealedQuarantineRow
from sync_server.database.timestamps import now_text
from sync_server.vault.ingest import visit_row

_ROW = SealedQuarantineRow.metadata.tables["home_visit_quarantine"].c
_VISIT = HomeVisitRow.metadata.tables["home_visit"].c
MOST = 100


@dataclass(frozen=True, slots=True)
class RefusedEnvelope:
    """A refused envelope. `may_accept`: it can become a home visit of the school."""

    row: SealedQuarantineRow
    may_accept: bool


def listed(session: Session, access: Access, campaign: str) -> list[RefusedEnvelope]:
    """The refused envelopes for the person's schools that nobody has settled: the newest, at most `MOST`."""
    found = (
        select(SealedQuarantineRow)
        .where(_where(access, campaign))
        .order_by(_ROW.received_at.desc(), _ROW.sha256)
        .limit(MOST)
    )
    return [RefusedEnvelope(row, _obstacle(session, row) is None) for row in session.execute(found).scalars()]


def accept(session: Session, access: Access, campaign: str, sha256: str) -> str:
    """Make a home visit of a refused envelope, of the teacher on whose phone it was sealed; its record.

    Problems: not_found, quarantine_settled, and why it cannot be one: envelope_rewritten, campaign_foreign,
    envelope_key_unknown, envelope_key_destroyed.
    """
    campaigns.locked_end(session, campaign)
    row = _get(session, access, campaign, sha256)
    obstacle = _obstacle(session, row)
    if obstacle is not None:
        raise obstacle
    text = str(row.sealed)
    header = envelope.read_header(text)
    device = session.get(DeviceRow, (campaign, header.device))
    teacher = device.person if device else row.person
    received = datetime.fromisoformat(row.received_at)
    session.add(visit_row(campaign, teacher, text, row.sha256, header, received))
    _settle(session, access, row, "accepted", "")
    return header.record


def discard(session: Session, access: Access, campaign: str, sha256: str, reason: str) -> None:
    """Settle that a refused envelope is none; it stays until the end of its time, unopened.

    Problems: not_found, quarantine_settled, reason_missing.
    """
    if not reason:
        raise problems.reason_missing()
    _settle(session, access, _get(session, access, campaign, sha256), "discarded", reason)


def _where(access: Access, campaign: str) -> ColumnElement[bool]:
    scopes = access.schools(Action.SEE_EVERY_HOME_VISIT)
    places: Sequence[ColumnElement[bool]] = [
        and_(_ROW.school == scope.code, _ROW.class_name.in_(sorted(scope.classes)))
        if scope.classes
        else _ROW.school == scope.code
        for scope in scopes
    ]
    return and_(
        _ROW.campaign == campaign, _ROW.settled.is_(None), _ROW.sealed.is_not(None), or_(False, *places)
    )


def _get(session: Session, access: Access, campaign: str, sha256: str) -> SealedQuarantineRow:
    found = select(SealedQuarantineRow).where(_ROW.campaign == campaign, _ROW.sha256 == sha256)
    found = found.order_by(_ROW.settled.is_not(None))  # several phones may have brought it
    rows: list[SealedQuarantineRow] = list(session.execute(found).scalars())
    for row in rows:
        where = (row.school or "", row.class_name or "")
        if access.in_class(Action.SEE_EVERY_HOME_VISIT, *where) and row.sealed is not None:
            if row.settled is not None:
                raise problems.quarantine_settled()
            return row
    raise problems.not_found()


def _obstacle(session: Session, row: SealedQuarantineRow) -> problems.Problem | None:
    """Why an envelope cannot become a home visit; None if it can."""
    header = envelope.read_header(str(row.sealed))
    if header.campaign != row.campaign:
        return problems.campaign_foreign()
    key = session.get(HomeVisitKeyRow, (row.campaign, header.kid))
    if key is None:
        return problems.envelope_key_unknown()
    if key.destroyed_at is not None:
        return problems.envelope_key_destroyed()
    same = session.execute(
        select(_VISIT.id).where(
            _VISIT.campaign == row.campaign,
            or_(
                _VISIT.id == header.record,
                and_(_VISIT.device == header.device, _VISIT.n == header.number),
            ),
        )
    )
    return problems.envelope_rewritten() if same.first() else None


def _settle(session: Session, access: Access, row: SealedQuarantineRow, how: str, reason: str) -> None:
    row.settled, row.settled_by, row.settled_at = how, access.person.id, now_text()
    session.add(row)
    details = {"reason": reason} if reason else {}
    audit.note(
        session,
        f"home_visit_{how}",
        person=access.person.id,
        subject=row.record or row.sha256,
        school=row.school,
        **details,
    )
