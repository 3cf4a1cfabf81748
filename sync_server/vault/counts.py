"""How many home visits there were, by school, month, mode and reason: for those who may not open any.

Counting needs what is sealed. What is counted of each visit is kept in this process's memory and nowhere
else; each visit is opened once, when it is counted for the first time.
"""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, select
from sqlmodel import Session

from shared import problems
from shared.home_visits import school_year
from shared.permissions import Action
from shared.problems import Problem
from sync_server.access import schools
from sync_server.access.policy import Access
from sync_server.database.in_values import in_values
from sync_server.database.tables import CampaignRow, HomeVisitRow
from sync_server.database.transactions import reading
from sync_server.vault import disclosure, sealing
from sync_server.vault import keys as visit_keys

_TABLE = HomeVisitRow.metadata.tables["home_visit"]
_VISIT = _TABLE.c
_BATCH = 500
_PATIENCE_S = 2.0
_RETRY_AFTER_S = 15


class Counted(NamedTuple):
    """What is counted of a home visit; `year`: the first day of its school year, `month`: "2026-11"."""

    school: str
    year: str
    month: str
    mode: str
    reason: str


BY = ("school", "month", "mode", "reason")


@dataclass(frozen=True, slots=True)
class PublicCounts:
    """Numbers that the counts are at least: of all, and per table and cell; what has none is left out."""

    total: int
    tables: Mapping[str, Mapping[str, int]]


@dataclass(slots=True)
class VisitIndex:
    """What is counted of each home visit, by campaign and id; None for one that does not open."""

    _known: dict[str, dict[str, Counted | None]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def counted(self, engine: Engine, campaign: str, path: Path) -> list[Counted]:
        """All home visits that open. Problems: keys_unavailable; overloaded while others are being opened."""
        if not self._lock.acquire(timeout=_PATIENCE_S):
            raise problems.overloaded(retry_after_s=_RETRY_AFTER_S)
        try:
            known = self._known.setdefault(campaign, {})
            with reading(engine) as session:
                here = set(
                    session.execute(
                        select(_VISIT.id).where(_VISIT.campaign == campaign, _VISIT.sealed.is_not(None))
                    ).scalars()
                )
            for gone in known.keys() - here:
                del known[gone]
            self._open(engine, campaign, path, sorted(here - known.keys()), known)
            return [one for one in known.values() if one is not None]
        finally:
            self._lock.release()

    @staticmethod
    def _open(
        engine: Engine, campaign: str, path: Path, new: list[str], known: dict[str, Counted | None]
    ) -> None:
        if not new:
            return
        with reading(engine) as session:
            keys = visit_keys.usable(session, campaign, path)
        for start in range(0, len(new), _BATCH):
            with reading(engine) as session:
                some = in_values(session, _VISIT.id, new[start : start + _BATCH])
                rows = session.execute(
                    select(_VISIT.id, _VISIT.sealed).where(_VISIT.campaign == campaign, some)
                ).all()
            for row in rows:
                try:
                    visit = sealing.opened(row.sealed or "", keys)
                except Problem as problem:
                    if problem.kind is not problems.envelope_key_unknown:  # its key may come back
                        known[row.id] = None
                    continue
                day = visit.visit_date.isoformat()
                known[row.id] = Counted(
                    visit.school,
                    school_year.of_day(day).first,
                    day[:7],
                    visit.mode.value,
                    visit.reason.value,
                )


def public(
    session: Session,
    access: Access,
    campaign: str,
    visits: list[Counted],
    year: str,
    town: str | None = None,
) -> PublicCounts:
    """What may be said of the counts of a school year, in a town or in all towns that the person may count.

    `visits`: all of the campaign. Problems: role_forbidden; out_of_scope for a town that is not theirs.
    """
    access.require(Action.COUNT_HOME_VISITS)
    own = access.towns(Action.COUNT_HOME_VISITS)
    if town is not None and own is not None and town not in own:
        raise problems.out_of_scope()
    towns = own if town is None else frozenset({town})
    town_of = schools.school_towns(session)
    counted = [
        one for one in visits if one.year == year and (towns is None or town_of.get(one.school) in towns)
    ]
    secret = session.get_one(CampaignRow, campaign).secret
    where = ",".join(sorted(towns)) if towns is not None else "*"
    tables = {
        by: {
            cell: found
            for cell, count in sorted(Counter(getattr(one, by) for one in counted).items())
            if (found := disclosure.at_least(count, secret, campaign, year, where, by, cell))
        }
        for by in BY
    }
    return PublicCounts(disclosure.at_least(len(counted), secret, campaign, year, where), tables)
