"""Which part of the log a phone gets: what its person may see, and of that the towns it asks for.

Every operation has an owner, a hazard or a visit, which is in a town. An owner that was ever in a town that a
phone asks for stays in its scope, so that the phone never keeps an outdated state; one that enters the scope
brings its earlier operations. For owners that leave the towns that the person may see, the phone gets the id,
and drops them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, func, insert, or_, select, update
from sqlmodel import Session

from shared.permissions import Action
from shared.record_types import RECORD_TYPES
from sync_server.access.policy import PLACED, RECORD, Access
from sync_server.database.in_values import in_values
from sync_server.database.tables import OperationRow, TownHistoryRow
from sync_server.log.log_entry import LogEntry
from sync_server.log.projection import AffectedRows

_OPERATION = OperationRow.metadata.tables["operation"].c
_MOVED = TownHistoryRow.metadata.tables["moved"]
NOWHERE = ""
"""The town of owners without one; they concern everybody."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a phone's person may see, and the towns that the phone asks for; none means all."""

    access: Access
    chosen: tuple[str, ...] = ()

    @property
    def granted(self) -> frozenset[str] | None:
        """The towns whose records may be seen; None for all."""
        return self.access.towns(Action.SEE_HAZARDS)

    @property
    def is_everything(self) -> bool:
        return not self.chosen and self.granted is None

    @property
    def towns(self) -> list[str]:
        """The towns that are both asked for and granted, of a scope that is not everything."""
        granted = self.granted
        if granted is None:
            return list(self.chosen)
        return sorted(granted.intersection(self.chosen) if self.chosen else granted)


def note_moves(session: Session, affected: AffectedRows, entries: Sequence[LogEntry]) -> None:
    """Store where owners come from and go to, if a batch moves them; `affected`: after folding.

    A hazard whose events or photos arrived before it counts as moved, so that they come with it.
    """
    moves: list[dict[str, Any]] = []
    placed = {
        entry.operation.record: (entry.operation.type, entry.stamp.seq)
        for entry in entries
        if RECORD_TYPES[entry.operation.type].town
    }
    for owner, (name, seq) in placed.items():
        row = affected.rows[name][owner]
        now, was = row["town_code"] or NOWHERE, affected.towns.get(owner)
        if was is None and owner in affected.mentioned:
            moves.append({"town": now, "owner": owner, "since_seq": seq})
        elif was is not None and was != now:
            moves.append({"town": was, "owner": owner, "since_seq": 0})
            moves.append({"town": now, "owner": owner, "since_seq": seq})
    _write_moves(session, affected.campaign.id, moves)


def _write_moves(session: Session, campaign: str, moves: Sequence[Mapping[str, Any]]) -> None:
    """Store moves; an owner that returns to a town gets a new `since_seq` there."""
    if not moves:
        return
    columns = _MOVED.c
    known = session.execute(
        select(columns.town, columns.owner).where(
            columns.campaign == campaign, in_values(session, columns.owner, [move["owner"] for move in moves])
        )
    )
    noted = {(row.town, row.owner) for row in known}
    new = [{"campaign": campaign, **move} for move in moves if (move["town"], move["owner"]) not in noted]
    if new:
        session.connection().execute(insert(_MOVED), new)
    for move in moves:
        if move["since_seq"] and (move["town"], move["owner"]) in noted:
            session.connection().execute(
                update(_MOVED)
                .where(columns.campaign == campaign, columns.town == move["town"])
                .where(columns.owner == move["owner"])
                .values(since_seq=move["since_seq"])
            )


def in_scope(session: Session, campaign: str, owner: ColumnElement[Any], scope: Scope) -> ColumnElement[bool]:
    """Whether an owner may be seen, and is, or ever was, in a chosen town or without a town."""
    conditions: list[ColumnElement[bool]] = []
    if scope.granted is not None:
        visible = [_visible(campaign, table, scope) for table in PLACED]
        conditions.append(or_(*(owner.in_(owners) for owners in visible)))
    if scope.chosen:
        moved = _MOVED.c
        placed = [
            select(table.c.id).where(
                table.c.campaign == campaign,
                or_(table.c.town_code.is_(None), in_values(session, table.c.town_code, scope.chosen)),
                *((table.c.owner == table.c.id,) if table is RECORD else ()),
            )
            for table in PLACED
        ]
        once = select(moved.owner).where(
            moved.campaign == campaign, in_values(session, moved.town, [*scope.chosen, NOWHERE])
        )
        conditions.append(or_(*(owner.in_(owners) for owners in (*placed, once))))
    return and_(*conditions)


def _visible(campaign: str, table: Table, scope: Scope) -> Select[tuple[str]]:
    """The ids of those rows of a table that may be seen."""
    return select(table.c.id).where(
        table.c.campaign == campaign, scope.access.where(table, Action.SEE_HAZARDS)
    )


def entered(session: Session, campaign: str, scope: Scope, since: int, until: int) -> list[tuple[int, str]]:
    """The owners that came into the scope after `since` and up to `until`: (seq of the operation, owner)."""
    moved = _MOVED.c
    rows = session.execute(
        select(func.min(moved.since_seq), moved.owner)
        .where(moved.campaign == campaign, in_values(session, moved.town, [*scope.towns, NOWHERE]))
        .where(moved.since_seq > since, moved.since_seq <= until)
        .where(in_scope(session, campaign, moved.owner, scope))
        .group_by(moved.owner)
    )
    return sorted((seq, owner) for seq, owner in rows)


def left(session: Session, campaign: str, scope: Scope, since: int, until: int) -> list[str]:
    """The owners that an operation after `since` and up to `until` moved out of what may be seen."""
    granted, moved, was = scope.granted, _MOVED.c, _MOVED.alias().c
    if granted is None or not scope.access.can(Action.SEE_HAZARDS):
        return []
    seen = [*sorted(granted), NOWHERE]
    once = select(was.owner).where(was.campaign == campaign, was.town.in_(seen))
    return list(
        session.execute(
            select(moved.owner)
            .where(moved.campaign == campaign, moved.town.not_in(seen), moved.owner.in_(once))
            .where(moved.since_seq > since, moved.since_seq <= until)
            .where(*(moved.owner.not_in(_visible(campaign, table, scope)) for table in PLACED))
            .distinct()
        ).scalars()
    )


def sent_to(campaign: str, device: str, scope: Scope, within: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an operation is sent to a device: those in its scope, its own, and those without an owner."""
    concerns = or_(within, _OPERATION.device == device)
    if scope.access.can(Action.SEE_HAZARDS):
        concerns = or_(concerns, _OPERATION.owner == NOWHERE)
    return and_(_OPERATION.campaign == campaign, concerns)
