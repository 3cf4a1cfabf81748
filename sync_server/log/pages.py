"""Reads the log page by page, all of it or for some towns, and the operations on given records."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlmodel import Session

from shared.operations import GENESIS
from sync_server.database import campaigns
from sync_server.database.in_values import in_values
from sync_server.database.tables import HazardEventRow, OperationRow, PhotoRow, RecordRow
from sync_server.log import scopes

_EVENT = HazardEventRow.metadata.tables["hazard_event"].c
_PHOTO = PhotoRow.metadata.tables["photo"].c
_RECORD = RecordRow.metadata.tables["record"].c
_OPERATION = OperationRow.metadata.tables["operation"].c
_SHOWN = (
    _OPERATION.seq,
    _OPERATION.device,
    _OPERATION.wire,
    _OPERATION.hlc_eff,
    _OPERATION.base_eff,
    _OPERATION.ledger_no,
    _OPERATION.tip,
)

IN_ORDER = _OPERATION.seq + 0
"""The order of the log, for operations on given records: by the index on `seq` SQLite would read all."""

DEVICE, WIRE = 1, 2
"""Places in a row: asking one for a name takes ten times as long, a tenth of a pull in all."""

MAX_CHARACTERS = 2**20
"""Characters after which a page ends: its memory is held until the phone has received it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the log: rows of (seq, device, wire, hlc_eff, base_eff, ledger_no, tip), and the next cursor.

    `fingerprint`: the log's at `next`. `left`: hazards and visits that the person may no longer see.
    `again`: the phone should read a snapshot instead; there are no rows then.
    """

    rows: Sequence[Row[Any]]
    next: int
    fingerprint: str
    more: bool
    left: Sequence[str] = ()
    again: bool = False


def page(session: Session, campaign: str, since: int, limit: int) -> Page:
    """At most `limit` operations after `since`, in order."""
    return _page(session, campaign, since, limit, select(*_SHOWN).where(_OPERATION.campaign == campaign))


def scoped(session: Session, campaign: str, device: str, scope: scopes.Scope, since: int, limit: int) -> Page:
    """The operations after `since` in a scope, at most `limit`.

    A hazard or visit that enters the scope brings its earlier operations, which come first. Where those of
    one alone are longer than `MAX_CHARACTERS`, the phone is to read a snapshot: a record's state is short.
    """
    if scope.is_everything:
        return page(session, campaign, since, limit)
    within = scopes.in_scope(session, campaign, _OPERATION.owner, scope)
    asked = select(*_SHOWN).where(scopes.sent_to(campaign, device, scope, within))
    found = _page(session, campaign, since, limit, asked)
    entered = scopes.entered(session, campaign, scope, since, found.next)
    if not entered:
        return replace(found, left=scopes.left(session, campaign, scope, since, found.next))
    found = _before_too_much(session, campaign, since, entered, found)
    if found.again:
        return found
    owners = [owner for seq, owner in entered if seq <= found.next]
    brought = session.execute(
        select(*_SHOWN).where(_earlier(session, campaign, since, owners)).order_by(IN_ORDER)
    ).all()
    left = scopes.left(session, campaign, scope, since, found.next)
    return replace(found, rows=[*brought, *found.rows], left=left)


def _earlier(session: Session, campaign: str, since: int, owners: Sequence[str]) -> ColumnElement[bool]:
    """Whether an operation is of one of these owners and not after `since`."""
    of_these = in_values(session, _OPERATION.record, records_of(session, campaign, owners))
    return and_(_OPERATION.campaign == campaign, _OPERATION.seq <= since, of_these)


def _before_too_much(
    session: Session, campaign: str, since: int, entered: Sequence[tuple[int, str]], found: Page
) -> Page:
    """The page, ended before an owner whose history makes what is brought longer than `MAX_CHARACTERS`."""
    earlier = _earlier(session, campaign, since, [owner for _, owner in entered])
    asked = select(_OPERATION.owner, func.sum(func.length(_OPERATION.wire)).label("length")).where(earlier)
    summed = session.execute(asked.group_by(_OPERATION.owner))
    lengths = {row.owner: row.length for row in summed}
    total = 0
    for seq, owner in entered:
        total += lengths.get(owner, 0)
        if total > MAX_CHARACTERS:
            if seq == entered[0][0]:
                return Page([], since, _fingerprint_at(session, campaign, since), more=False, again=True)
            rows = [row for row in found.rows if row.seq < seq]
            return Page(rows, seq - 1, _fingerprint_at(session, campaign, seq - 1), more=True)
    return found


def _fingerprint_at(session: Session, campaign: str, seq: int) -> str:
    if seq == 0:
        return GENESIS
    asked = select(_OPERATION.tip).where(_OPERATION.campaign == campaign, _OPERATION.seq == seq)
    return str(session.execute(asked).scalar_one())


def _page(session: Session, campaign: str, since: int, limit: int, asked: Select[Any]) -> Page:
    end = campaigns.end(session, campaign)
    after = asked.where(_OPERATION.seq > since, _OPERATION.seq <= end.seq)
    rows = session.execute(after.order_by(_OPERATION.seq).limit(limit + 1)).all()
    fitting = _fitting(rows[:limit])
    if len(rows) <= fitting:
        return Page(rows, end.seq, end.fingerprint, more=False)
    rows = rows[:fitting]
    return Page(rows, rows[-1].seq, rows[-1].tip, more=True)


def _fitting(rows: Sequence[Row[Any]]) -> int:
    """How many of the rows fit in a page of `MAX_CHARACTERS` characters, at least one if there are any."""
    length = 0
    for number, row in enumerate(rows):
        length += len(row[WIRE])
        if length > MAX_CHARACTERS and number:
            return number
    return len(rows)


def records_of(session: Session, campaign: str, owners: Sequence[str]) -> list[str]:
    """The ids of these hazards and visits and of all records that belong to them."""
    records = list(owners)
    for table, owner in (
        (_EVENT, _EVENT.hazard),
        (_PHOTO, _PHOTO.hazard),
        (_PHOTO, _PHOTO.visit),
        (_RECORD, _RECORD.owner),
    ):
        found = select(table.id).where(table.campaign == campaign, in_values(session, owner, owners))
        records += session.execute(found).scalars()
    return records


def of_records(
    session: Session, campaign: str, records: Sequence[str]
) -> Sequence[Row[tuple[int, str, str | None, str | None, str]]]:
    """All operations on some records: (seq, wire, hlc_eff, ledger_no, received_at), in order."""
    columns = _OPERATION
    return session.execute(
        select(columns.seq, columns.wire, columns.hlc_eff, columns.ledger_no, columns.received_at)
        .where(columns.campaign == campaign, in_values(session, columns.record, records))
        .order_by(IN_ORDER)
    ).all()
