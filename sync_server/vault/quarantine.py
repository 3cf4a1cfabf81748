"""Refused envelopes: the school's administrator sees which came for the school and why, and settles them.

Those that cannot be read at all name no school: the deployment's administrator sees that they came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session

from shared import problems
from shared.home_visits import envelope
from shared.permissions import Action
from sync_server.access import audit
from sync_server.access.policy import Access
from sync_server.database import campaigns
from sync_server.database.tables import DeviceRow, HomeVisitKeyRow, SealedQuarantineRow
from sync_server.database.timestamps import now_text
from sync_server.vault import senders
from sync_server.vault.ingest import visit_row

_ROW = SealedQuarantineRow.metadata.tables["home_visit_quarantine"].c
PAGE = 50
Place = tuple[str, str, str]
"""Of a refused envelope in the list: when it was received, its hash, and who sent it."""


@dataclass(frozen=True, slots=True)
class RefusedEnvelope:
    """A refused envelope. `may_accept`: it can become a home visit of the school. `size`: in characters."""

    row: SealedQuarantineRow
    may_accept: bool
    size: int


def page(
    session: Session, access: Access, campaign: str, before: Place | None = None
) -> tuple[list[RefusedEnvelope], Place | None]:
    """A page of the refused envelopes that the person settles and nobody has, the newest first; and the place
    of its last one if there are more. `before`: the place that it follows."""
    found = select(SealedQuarantineRow).where(_where(access, campaign))
    if before is not None:
        at, sha256, person = before
        rest = or_(_ROW.sha256 > sha256, and_(_ROW.sha256 == sha256, _ROW.person > person))
        found = found.where(or_(_ROW.received_at < at, and_(_ROW.received_at == at, rest)))
    found = found.order_by(_ROW.received_at.desc(), _ROW.sha256, _ROW.person).limit(PAGE + 1)
    rows = list(session.execute(found).scalars())
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    shown = [
        RefusedEnvelope(row, _obstacle(session, row) is None, len(row.sealed or "")) for row in rows[:PAGE]
    ]
    return shown, (last.received_at, last.sha256, last.person) if last else None


def waiting(session: Session, access: Access, campaign: str) -> int:
    """How many refused envelopes the person has to settle."""
    found = select(func.count()).select_from(SealedQuarantineRow).where(_where(access, campaign))
    count: int = session.execute(found).scalar_one()
    return count


def accept(session: Session, access: Access, campaign: str, sha256: str) -> str:
    """Make a home visit of a refused envelope, of the teacher on whose phone it was sealed; its record.

    Problems: not_found, quarantine_settled, and why it cannot be one: envelope_rewritten, campaign_foreign,
    envelope_key_unknown, envelope_key_destroyed, envelope_unreadable.
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
    visit = visit_row(campaign, teacher, text, row.sha256, header, received)
    visit.proven = senders.was_own(row)
    session.add(visit)
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
    unreadable = [_ROW.record.is_(None)] if access.can(Action.SETTLE_QUARANTINE) else []
    theirs = or_(False, *places, *unreadable)
    return and_(_ROW.campaign == campaign, _ROW.settled.is_(None), _ROW.sealed.is_not(None), theirs)


def _get(session: Session, access: Access, campaign: str, sha256: str) -> SealedQuarantineRow:
    found = select(SealedQuarantineRow).where(_ROW.campaign == campaign, _ROW.sha256 == sha256)
    found = found.order_by(_ROW.settled.is_not(None))  # several phones may have brought it
    rows: list[SealedQuarantineRow] = list(session.execute(found).scalars())
    for row in rows:
        if _settles(access, row) and row.sealed is not None:
            if row.settled is not None:
                raise problems.quarantine_settled()
            return row
    raise problems.not_found()


def _settles(access: Access, row: SealedQuarantineRow) -> bool:
    if row.record is None:
        return access.can(Action.SETTLE_QUARANTINE)
    return access.in_class(Action.SEE_EVERY_HOME_VISIT, row.school or "", row.class_name or "")


def _obstacle(session: Session, row: SealedQuarantineRow) -> problems.Problem | None:
    """Why an envelope cannot become a home visit; None if it can."""
    if row.record is None:
        return problems.envelope_unreadable()
    header = envelope.read_header(str(row.sealed))
    if header.campaign != row.campaign:
        return problems.campaign_foreign()
    key = session.get(HomeVisitKeyRow, (row.campaign, header.kid))
    if key is None:
        return problems.envelope_key_unknown()
    if key.destroyed_at is not None:
        return problems.envelope_key_destroyed()
    same = senders.in_its_place(session, row.campaign, header, own=senders.was_own(row))
    return problems.envelope_rewritten() if same else None


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
