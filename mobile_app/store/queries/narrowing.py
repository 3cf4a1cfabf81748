"""What a list of hazards is narrowed to: as a value, and as conditions on the lines."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.sql.expression import UnaryExpression
from sqlalchemy.sql.operators import custom_op
from sqlmodel import col

from mobile_app.store.database.tables import ListedHazard
from mobile_app.store.queries.upload_states import UploadState
from shared.hazards.due import last_soon_day
from shared.vocabulary import RiskLevel, Status


class Due(StrEnum):
    """整改时限 has passed, or is near (`shared.hazards.due`)."""

    OVERDUE = "overdue"
    SOON = "soon"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is looked for; what is empty narrows nothing.

    `statuses`, `risks`: any of them. `town`: a code. `kind`: the code of what the programme calls the type.
    `own`: reported by the phone's person. `in_conflict`: with concurrent values or statuses.
    """

    statuses: frozenset[Status] = frozenset()
    town: str = ""
    kind: str = ""
    risks: frozenset[RiskLevel] = frozenset()
    due: Due | None = None
    own: bool = False
    in_conflict: bool = False
    upload: UploadState | None = None


EVERYTHING = Narrowing()
_PLUS: custom_op[Any] = custom_op("+")


def conditions(narrowing: Narrowing, person: str | None, today: str) -> list[ColumnElement[bool]]:
    """The conditions on `ListedHazard` for those that are not deleted.

    `person`: the phone's; `today`: an ISO day. Few hazards are a person's own or not yet uploaded: these are
    looked up. The others are read in the order of the list from `hazard_order`, which holds all that is asked
    of them, until a page is full; SQLite must not look them up and sort them.
    """
    line, looked_up = ListedHazard, narrowing.own or narrowing.upload is not None
    found: list[ColumnElement[bool]] = [
        (_scanned(line.deleted) if looked_up else col(line.deleted)).is_(False)
    ]
    if narrowing.own:
        found.append(col(line.author) == person)
    if narrowing.upload is not None:
        found.append(col(line.upload) == narrowing.upload.value)
    if narrowing.statuses:
        found.append(_scanned(line.status).in_(sorted(status.value for status in narrowing.statuses)))
    if narrowing.town:
        found.append(_scanned(line.town_code) == narrowing.town)
    if narrowing.kind:
        found.append(_scanned(line.water_type) == narrowing.kind)
    if narrowing.risks:
        found.append(_scanned(line.risk_level).in_(sorted(risk.value for risk in narrowing.risks)))
    if narrowing.due is Due.OVERDUE:
        found.append(_scanned(line.deadline) < today)
    elif narrowing.due is Due.SOON:
        found.append(_scanned(line.deadline).between(today, last_soon_day(today)))
    if narrowing.in_conflict:
        found.append(_scanned(line.conflicts) > 0)
    return found


def _scanned(attribute: Any) -> ColumnElement[Any]:
    """The column, for a condition by which SQLite chooses no index: `+column`."""
    element: ColumnElement[Any] = attribute.expression
    return UnaryExpression(element, operator=_PLUS, type_=element.type)
