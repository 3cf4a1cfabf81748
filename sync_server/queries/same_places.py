"""疑似同一处: hazards that may be the same water, as two phones without network may both have reported it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from shared.hazards import duplicates
from shared.hazards.duplicates import Candidate, Site
from shared.hazards.merging import GONE
from shared.merge import from_json, shown
from shared.permissions import Action
from shared.profiles.profile import Profile
from shared.vocabulary import Status
from sync_server.access.policy import Access
from sync_server.database.tables import HazardRow
from sync_server.queries import hazards

_TABLE = HazardRow.metadata.tables["hazard"]
_HAZARD = _TABLE.c

_COMPARED = 200
"""So many hazards that wait for 登记 are compared with the others."""
_READ_AT_ONCE = 400
"""So many pairs are read at a time, to see which of them were told apart."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A hazard that waits for 登记, one that may be the same water, and why."""

    new: HazardRow
    other: HazardRow
    why: Candidate


def pairs(
    session: Session, access: Access, campaign: str, profile: Profile, most: int = hazards.PAGE
) -> list[Pair]:
    """At most `most` pairs of hazards on which the person decides and that nobody has told apart.

    The latest hazards that wait for 登记 are compared with all others; the last changed come first.
    """
    columns = (_HAZARD.id, _HAZARD.water_name, _HAZARD.town_code, _HAZARD.lat, _HAZARD.lon)
    there = (_HAZARD.campaign == campaign, _HAZARD.deleted.is_(False), access.where(_TABLE, Action.DECIDE))
    gone = [status.value for status in GONE]
    rows = session.execute(select(*columns).where(*there, _HAZARD.status.not_in(gone)))
    sites = [_site(row) for row in rows]
    waiting = select(_HAZARD.id).where(*there, _HAZARD.status == Status.REPORTED.value)
    new = session.execute(waiting.order_by(_HAZARD.updated_seq.desc()).limit(_COMPARED)).scalars().all()
    alike_pairs = duplicates.pairs(profile, sites, new)
    known: dict[str, HazardRow] = {}
    apart: dict[str, set[str]] = {}
    found: list[Pair] = []
    while len(found) < most and (batch := list(islice(alike_pairs, _READ_AT_ONCE))):
        unread = {id for one in batch for id in one[:2]} - known.keys()
        for row in hazards.several(session, access, campaign, sorted(unread)):
            known[row.id] = row
            apart[row.id] = set(shown(from_json(row.state)).get("distinct_from") or ())
        found += [
            Pair(known[one], known[other], why)
            for one, other, why in batch
            if one in known and other in known and other not in apart[one] and one not in apart[other]
        ]
    return found[:most]


def alike(
    session: Session, access: Access, campaign: str, profile: Profile, row: HazardRow, others: Sequence[str]
) -> list[str]:
    """The ids of those of `others` about which `pairs` would ask if nobody had told them apart from `row`."""
    known = {one.id: one for one in hazards.several(session, access, campaign, others)}
    there = {id for id, one in known.items() if not one.deleted and Status(one.status) not in GONE}
    site = _site(row)
    return [id for id in others if id in there and duplicates.candidate(profile, site, _site(known[id]))]


def _site(row: HazardRow | Row[Any]) -> Site:
    point = None if row.lat is None or row.lon is None else (row.lat, row.lon)
    return Site(row.id, row.water_name or "", row.town_code, point)
