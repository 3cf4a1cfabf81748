"""Hazards here that may be the one somebody is about to save, found by the indexes on place and name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from mobile_app.store.database import meta
from mobile_app.store.database.tables import ListedHazard
from mobile_app.store.log import entries
from mobile_app.store.queries import hazards
from mobile_app.store.queries.hazards import HazardRow
from shared.geo import around
from shared.hazards import duplicates
from shared.hazards.duplicates import Candidate, Site, similar_names
from shared.hazards.merging import GONE
from shared.profiles.profile import Profile

MOST = 6
"""So many are shown, those first that are most alike."""


@dataclass(frozen=True, slots=True)
class SamePlace:
    """A hazard that may be the same one, with its line in the list."""

    row: HazardRow
    why: Candidate


def candidates(
    session: Session, values: Mapping[str, Any], distinct_from: Collection[str] = ()
) -> list[SamePlace]:
    """The hazards that may be the new one with these `values` (JSON-ready), the likeliest first.

    Left out: those of `distinct_from`, deleted ones, and those that were merged or are unfounded.
    """
    profile = meta.profile(session)
    site = _site(profile, values, distinct_from)
    rows: dict[str, HazardRow] = {}
    for some in entries.slices(sorted(_near(session, profile, site) | _named_alike(session, profile, site))):
        rows |= {row.id: row for row in hazards.rows(session, some) if row.status not in GONE}
    others = [_site_of(row) for row in rows.values()]
    found = duplicates.candidates(profile, site, others)[:MOST]
    return [SamePlace(rows[one.id], one) for one in found]


def _near(session: Session, profile: Profile, site: Site) -> set[str]:
    if site.point is None:
        return set()
    south, north, west, east = around(site.point, profile.near_m)
    there = (col(ListedHazard.lat).between(south, north), col(ListedHazard.lon).between(west, east))
    return set(session.execute(select(col(ListedHazard.id)).where(*there)).scalars())


def _named_alike(session: Session, profile: Profile, site: Site) -> set[str]:
    bare = duplicates.bare_name(profile, site)
    if site.town_code is None or not bare:
        return set()
    names = select(col(ListedHazard.water_name), col(ListedHazard.id))
    of_town = session.execute(names.where(col(ListedHazard.town_code) == site.town_code))
    sites = [Site(hazard, name, site.town_code) for name, hazard in of_town if name]
    return {one.id for one in sites if similar_names(profile, bare, duplicates.bare_name(profile, one))}


def _site(profile: Profile, values: Mapping[str, Any], distinct_from: Collection[str]) -> Site:
    position = values.get("position")
    return Site(
        id="",
        name=str(values.get(profile.title_field) or ""),
        town_code=values.get("town_code"),
        point=(position["lat"], position["lon"]) if position else None,
        distinct_from=distinct_from,
    )


def _site_of(row: HazardRow) -> Site:
    point = None if row.lat is None or row.lon is None else (row.lat, row.lon)
    return Site(row.id, row.title, row.town_code, point)
