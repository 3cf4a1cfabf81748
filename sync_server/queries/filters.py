"""Which hazards are shown: one filter for the map, the ledger and every export."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, func, or_

from shared import problems
from shared.hazards.due import RECTIFIABLE
from shared.hazards.merging import GONE
from shared.lifecycle import OPEN
from shared.permissions import Action
from shared.problems import Problem
from shared.profiles import registry
from shared.search.folding import wanted
from shared.towns import BY_CODE
from shared.vocabulary import RiskLevel, Status, Term
from sync_server.access.policy import Access
from sync_server.database.tables import HazardRow

_TABLE = HazardRow.metadata.tables["hazard"]
_HAZARD = _TABLE.c

Kind = TypeVar("Kind", bound=Term)

LONGEST_TEXT = 80
_COUNTED = re.compile(r"(20[0-9]{2})(c?)")
NOWHERE = "none"
"""As a town: hazards without one."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the map in degrees WGS-84, borders included."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class CountedIn:
    """Counted toward the target of a year (`shared.counting`); `controlled`: so are those under control."""

    year: int
    controlled: bool = False

    def __str__(self) -> str:
        return f"{self.year}c" if self.controlled else str(self.year)


@dataclass(frozen=True, slots=True)
class Filter:
    """The filters of a query string; None and "" filter nothing. `town` is a code or NOWHERE.

    `open`: it still waits for something (`lifecycle.OPEN`). `found_from`, `found_to`: ISO days, both
    included. `text` finds what `searching.make_searchable` was called for.
    """

    town: str | None = None
    status: Status | None = None
    type: Term | None = None
    risk: RiskLevel | None = None
    text: str = ""
    overdue: bool = False
    box: Box | None = None
    disputed: bool = False
    counted: CountedIn | None = None
    open: bool = False
    found_from: str | None = None
    found_to: str | None = None

    def query(self) -> str:
        """The query string of this filter, "" if it filters nothing."""
        box = self.box and ",".join(f"{side:.6f}" for side in _sides(self.box))
        asked = {
            "town": self.town,
            "status": self.status,
            "type": self.type,
            "risk": self.risk,
            "q": self.text,
            "overdue": "1" if self.overdue else None,
            "bbox": box,
            "conflict": "1" if self.disputed else None,
            "counted": self.counted,
            "open": "1" if self.open else None,
            "found_from": self.found_from,
            "found_to": self.found_to,
        }
        return urlencode({name: str(value) for name, value in asked.items() if value})

    def everywhere(self) -> "Filter":
        """The same filter without the rectangle."""
        return replace(self, box=None)


def parse(query: Mapping[str, str]) -> Filter:
    """The filter of a query string; other parameters are ignored.

    Raises Problem invalid for an unknown value, a text that is too long, or an invalid rectangle.
    """
    errors: list[dict[str, str]] = []
    town = query.get("town") or None
    if town not in (None, NOWHERE) and town not in BY_CODE:
        errors.append({"path": "town_code", "reason": "unknown_value"})
    status = _term(Status, query, "status", "status", errors)
    kind = registry.hazard_type(query["type"]) if query.get("type") else None
    if query.get("type") and kind is None:
        errors.append({"path": registry.DEFAULT.type_field, "reason": "unknown_value"})
    risk = _term(RiskLevel, query, "risk", "risk_level", errors)
    text = query.get("q", "").strip()
    if len(text) > LONGEST_TEXT or "\0" in text:
        errors.append({"path": "q", "reason": "text_impossible"})
    box = None
    if query.get("bbox"):
        try:
            box = box_of(query["bbox"])
        except Problem as problem:
            errors += problem.details["errors"]
    counted = _counted(query, errors)
    found_from, found_to = (_day(query, name, errors) for name in ("found_from", "found_to"))
    if errors:
        raise problems.invalid(errors=errors)
    return Filter(
        *(town, status, kind, risk, text, query.get("overdue") == "1", box, query.get("conflict") == "1"),
        *(counted, query.get("open") == "1", found_from, found_to),
    )


def box_of(text: str) -> Box:
    """A rectangle from "west,south,east,north" in degrees. Raises Problem invalid."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise problems.invalid(errors=[{"path": "bbox", "reason": "not_four_numbers"}]) from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise problems.invalid(errors=[{"path": "bbox", "reason": "no_rectangle_on_earth"}])
    return Box(west, south, east, north)


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.west, box.south, box.east, box.north


def _term(
    kind: type[Kind], query: Mapping[str, str], name: str, path: str, errors: list[dict[str, str]]
) -> Kind | None:
    value = query.get(name)
    if not value:
        return None
    try:
        return kind(value)
    except ValueError:
        errors.append({"path": path, "reason": "unknown_value"})
        return None


def _counted(query: Mapping[str, str], errors: list[dict[str, str]]) -> CountedIn | None:
    said = _COUNTED.fullmatch(query.get("counted") or "")
    if query.get("counted") and said is None:
        errors.append({"path": "counted", "reason": "unknown_value"})
    return CountedIn(int(said[1]), bool(said[2])) if said else None


def _day(query: Mapping[str, str], name: str, errors: list[dict[str, str]]) -> str | None:
    day = query.get(name) or None
    try:
        if day and date.fromisoformat(day).isoformat() != day:
            raise ValueError
    except ValueError:
        errors.append({"path": "found_on", "reason": "unknown_value"})
    return day


def where(access: Access, campaign: str, asked: Filter, today: str) -> ColumnElement[bool]:
    """The condition on `hazard` for this filter, of those the person may see; `today` is an ISO day."""
    conditions: list[Any] = [
        _HAZARD.campaign == campaign,
        _HAZARD.deleted.is_(False),
        access.where(_TABLE, Action.SEE_HAZARDS),
    ]
    if asked.town:
        conditions.append(in_town(asked.town))
    if asked.status:
        conditions.append(_HAZARD.status == asked.status.value)
    if asked.type:
        conditions.append(_HAZARD.water_type == asked.type.value)
    if asked.risk:
        conditions.append(_HAZARD.risk_level == asked.risk.value)
    conditions += [_says(access, forms) for forms in wanted(asked.text)]
    if asked.overdue:
        conditions.append(overdue(today))
    if asked.disputed:
        conditions.append(_HAZARD.conflicts > 0)
    if asked.counted:
        conditions.append(counted_in(asked.counted))
    if asked.open:
        conditions.append(is_open())
    if asked.found_from:
        conditions.append(_HAZARD.found_on >= asked.found_from)
    if asked.found_to:
        conditions.append(_HAZARD.found_on <= asked.found_to)
    if asked.box:
        conditions.append(inside(asked.box))
    return and_(*conditions)


def _says(access: Access, forms: Iterable[str]) -> ColumnElement[bool]:
    """Whether a hazard's text, as far as the person may see it, contains one form of a word."""
    persons = access.where(_TABLE, Action.SEE_CONTACTS)
    plain = [_HAZARD.search.contains(form, autoescape=True) for form in forms]
    masked = [_HAZARD.search_persons.contains(form, autoescape=True) for form in forms]
    return or_(*plain, and_(persons, or_(*masked)))


def in_town(town: str) -> ColumnElement[bool]:
    """Whether a hazard lies in the town with a code, or in none for NOWHERE."""
    return _HAZARD.town_code.is_(None) if town == NOWHERE else _HAZARD.town_code == town


def overdue(today: str) -> ColumnElement[bool]:
    """`shared.hazards.due.is_overdue` as a condition."""
    rectifiable = [status.value for status in sorted(RECTIFIABLE)]
    return and_(_HAZARD.due_date < today, _HAZARD.status.in_(rectifiable))


def counted_in(asked: CountedIn) -> ColumnElement[bool]:
    """What `counting.tally` counts in a year, as a condition."""
    year = str(asked.year)
    counts = func.substr(_HAZARD.first_closed_on, 1, 4) == year
    if asked.controlled:
        since = func.coalesce(func.substr(_HAZARD.controlled_on, 1, 4), year) == year
        under_control = and_(_HAZARD.first_closed_on.is_(None), _HAZARD.status == Status.CONTROLLED.value)
        counts = or_(counts, and_(under_control, since))
    return and_(_HAZARD.status.not_in(sorted(status.value for status in GONE)), counts)


def is_open() -> ColumnElement[bool]:
    """Whether a hazard still waits for something."""
    return _HAZARD.status.in_(sorted(status.value for status in OPEN))


def inside(box: Box) -> ColumnElement[bool]:
    """Whether a hazard lies in the rectangle."""
    return and_(_HAZARD.lat.between(box.south, box.north), _HAZARD.lon.between(box.west, box.east))


def placed() -> ColumnElement[bool]:
    """Whether a hazard has a position at all."""
    return and_(_HAZARD.lat.is_not(None), _HAZARD.lon.is_not(None))


def unplaced() -> ColumnElement[bool]:
    """Whether a hazard has no position and so is on no map."""
    return or_(_HAZARD.lat.is_(None), _HAZARD.lon.is_(None))
