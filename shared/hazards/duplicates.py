"""Whether two hazards may be the same water: near each other, or similar in name in the same town.

Nothing is decided here: a person compares the two and answers 同一处 or 不是同一处.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf

from shared.geo import Point, about_metres, around
from shared.profiles.profile import Profile
from shared.search.folding import fold, numbers_in_digits

_ORDINAL = re.compile(r"第?([0-9]+)(?:号|$)")
_LONG_ENOUGH = 4
"""Shorter names with one other character are other names: 大岭山 and 大岭村."""


@dataclass(frozen=True, slots=True)
class Site:
    """A hazard as it is compared. `distinct_from`: the ids of those that people have told apart from it."""

    id: str
    name: str
    town_code: str | None = None
    point: Point | None = None
    distinct_from: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hazard that may be the same one: how far away, None where one has no position, and why it may be."""

    id: str
    metres: float | None
    near: bool
    similar: bool


def candidate(profile: Profile, site: Site, other: Site) -> Candidate | None:
    """`other` where it may be the same water as `site`; None where not, or where people told them apart."""
    if site.id == other.id or site.id in other.distinct_from or other.id in site.distinct_from:
        return None
    metres = _metres(site.point, other.point)
    near = metres is not None and metres <= profile.near_m
    same_town = site.town_code is not None and site.town_code == other.town_code
    similar = (near or same_town) and similar_names(
        profile, bare_name(profile, site), bare_name(profile, other)
    )
    return Candidate(other.id, metres, near, similar) if near or similar else None


def candidates(profile: Profile, site: Site, others: Iterable[Site]) -> list[Candidate]:
    """Those of `others` that may be the same water: near ones of similar name, near ones, and the rest; of
    each the nearest first."""
    found = filter(None, (candidate(profile, site, other) for other in others))
    return sorted(found, key=_order)


def pairs(
    profile: Profile, sites: Sequence[Site], new: Iterable[str]
) -> Iterator[tuple[str, str, Candidate]]:
    """Each hazard of `new` with each of `sites` that may be the same one, every pair once.

    Looks only at those in the same town or in a band of latitude, not at all for each.
    """
    by_id, seen = {site.id: site for site in sites}, set[frozenset[str]]()
    placed = sorted((site.point[0], site.id) for site in sites if site.point)
    of_town: dict[str | None, list[str]] = {}
    for site in sites:
        of_town.setdefault(site.town_code, []).append(site.id)
    for id in new:
        site = by_id[id]
        close = {*of_town[site.town_code]} if site.name and site.town_code else set[str]()
        if site.point:
            south, north, west, east = around(site.point, profile.near_m)
            band = placed[bisect_left(placed, (south,)) : bisect_right(placed, (north, "\uffff"))]
            close |= {other for _, other in band if west <= _lon(by_id[other]) <= east}
        for found in candidates(profile, site, (by_id[other] for other in close)):
            if (pair := frozenset((id, found.id))) not in seen:
                seen.add(pair)
                yield id, found.id, found


def bare_name(profile: Profile, site: Site) -> str:
    """The name without its town; "" where only the type is left, as in names that the form suggests."""
    return _bare_name(profile, site.name, site.town_code)


@lru_cache(2**15)
def _bare_name(profile: Profile, name: str, town_code: str | None) -> str:
    return profile.bare_title(name, town_code)


def similar_names(profile: Profile, name: str, other: str) -> bool:
    """Whether two names may mean the same water of a town.

    Width, characters, numerals and generic words (鱼塘, 水库) make no difference. Other numbers mean another
    water; a number that only one of them has does not. What is left is the same, or part of the other and at
    least half as long, or longer names that differ in one character.
    """
    (core, numbers), (core2, numbers2) = (_parts(each, profile.generic_names) for each in (name, other))
    if not core or not core2 or (numbers and numbers2 and numbers != numbers2):
        return False
    short, long = sorted((core, core2), key=len)
    if short == long:
        return True
    if len(short) >= 2 and short in long:
        return 2 * len(short) >= len(long)
    return len(short) >= _LONG_ENOUGH and _one_edit_apart(short, long)


@lru_cache(2**15)
def _parts(name: str, generic: tuple[str, ...]) -> tuple[str, tuple[int, ...]]:
    """A name without its generic words and numbers, and these numbers: 横坑 and (1,) of 横坑第一号鱼塘."""
    folded = numbers_in_digits(fold(name).replace("#", "号"))
    bare = _generic(generic).sub("", "".join(letter for letter in folded if letter.isalnum()))
    return _ORDINAL.sub("", bare), tuple(int(number) for number in _ORDINAL.findall(bare))


@lru_cache(16)
def _generic(words: tuple[str, ...]) -> re.Pattern[str]:
    """Finds the folded generic words, the longest first."""
    folded = sorted(map(fold, words), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, folded)) or r"(?!)")


def _one_edit_apart(short: str, long: str) -> bool:
    """Whether one character was exchanged, added or left out; `short` is not the longer one."""
    if len(long) - len(short) > 1:
        return False
    place = next((at for at, letter in enumerate(short) if letter != long[at]), len(short))
    return short[place + (len(short) == len(long)) :] == long[place + 1 :]


def _metres(point: Point | None, other: Point | None) -> float | None:
    """The same in both directions."""
    return None if point is None or other is None else about_metres(*sorted((point, other)))


def _lon(site: Site) -> float:
    return site.point[1] if site.point else inf


def _order(found: Candidate) -> tuple[bool, bool, float, str]:
    return not found.near, not found.similar, inf if found.metres is None else found.metres, found.id
