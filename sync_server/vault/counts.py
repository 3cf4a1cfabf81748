"""How many home visits there were, by school, month, mode and reason: for those who may not open any.

Counting needs what is sealed. Each visit is opened once, when it comes in or, if the key file was away
then, when it is counted for the first time; what is counted of it is noted beside it, encrypted
(`count_notes`), and kept in this process's memory.
"""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, and_, select, update
from sqlmodel import Session

from shared import problems
from shared.home_visits import school_year
from shared.permissions import Action
from sync_server.access import schools
from sync_server.access.policy import Access
from sync_server.database.in_values import in_values
from sync_server.database.tables import CampaignRow, HomeVisitRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.vault import disclosure
from sync_server.vault import keys as visit_keys
from sync_server.vault.count_notes import DOES_NOT_OPEN, Marked, Notebook, Noted

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
            self._learn(engine, campaign, path, here - known.keys(), known)
            return [one for one in known.values() if one is not None]
        finally:
            self._lock.release()

    @staticmethod
    def _learn(
        engine: Engine, campaign: str, path: Path, new: set[str], known: dict[str, Counted | None]
    ) -> None:
        """Read the notes of new visits, and open those that have none."""
        if not new:
            return
        with reading(engine) as session:
            notebook = Notebook(visit_keys.usable(session, campaign, path))
            without = _read_notes(session, campaign, notebook, new, known)
        for start in range(0, len(without), _BATCH):
            some = without[start : start + _BATCH]
            known |= in_transaction(engine, partial(_note, campaign, notebook, some), durable=False)


def _read_notes(
    session: Session, campaign: str, notebook: Notebook, new: set[str], known: dict[str, Counted | None]
) -> list[str]:
    """Put what notes say into `known`; the visits that have none, or one that does not fit."""
    wanted = select(_VISIT.id, _VISIT.kid, _VISIT.school, _VISIT.counted)
    wanted = wanted.where(_VISIT.campaign == campaign, _VISIT.sealed.is_not(None))
    if len(new) <= _BATCH:
        wanted = wanted.where(in_values(session, _VISIT.id, sorted(new)))
    without = []
    for visit, kid, school, note in session.execute(wanted.execution_options(yield_per=_BATCH)):
        if visit in known or visit not in new:
            continue
        noted = notebook.read(Marked(visit, kid, school), note) if note else None
        if noted is None and note != DOES_NOT_OPEN:
            without.append(visit)
        else:
            known[visit] = _counted(school, noted)
    return without


def _note(
    campaign: str, notebook: Notebook, visits: Sequence[str], session: Session
) -> dict[str, Counted | None]:
    """Open visits and note what is counted of them; leaves out those whose key may come back."""
    found: dict[str, Counted | None] = {}
    here = and_(_VISIT.campaign == campaign, in_values(session, _VISIT.id, visits))
    columns = (_VISIT.id, _VISIT.kid, _VISIT.school, _VISIT.sealed)
    for visit, kid, school, sealed in session.execute(
        select(*columns).where(here, _VISIT.sealed.is_not(None))
    ).all():
        noted, note = notebook.opened(Marked(visit, kid, school), sealed)
        if note is not None:
            found[visit] = _counted(school, noted)
            session.execute(
                update(_TABLE)
                .where(_VISIT.campaign == campaign, _VISIT.id == visit, _VISIT.sealed.is_not(None))
                .values(counted=note)
            )
    return found


def _counted(school: str, noted: Noted | None) -> Counted | None:
    if noted is None:
        return None
    return Counted(school, _year_of(noted.month), noted.month, noted.mode, noted.reason)


@cache
def _year_of(month: str) -> str:
    return school_year.of_day(f"{month}-01").first


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
