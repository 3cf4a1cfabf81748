"""What the map, the ledger and the exports are asked: one query string, read the same way everywhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request

from shared import lifecycle
from shared.lifecycle import CHINA_TIME
from shared.records import Hazard, masked_name, masked_phone
from shared.vocabulary import Role, Status
from sync_server.access.people import Person
from sync_server.queries.filters import Filter, parse


def _asked(request: Request) -> Filter:
    return parse(request.query_params)


Asked = Annotated[Filter, Depends(_asked)]
"""The filter of the query string. Problem invalid where a value is impossible."""


def today() -> str:
    """The ISO day in China."""
    return datetime.now(CHINA_TIME).date().isoformat()


def minute(moment: str | None) -> str:
    """A moment of the records as people read it: China's time, to the minute; "" for none."""
    if not moment:
        return ""
    return datetime.fromisoformat(moment).astimezone(CHINA_TIME).strftime("%Y-%m-%d %H:%M")


def is_late(due: str | None, status: Status) -> bool:
    """Whether a hazard still waits for something although its day has passed."""
    return bool(due) and str(due) < today() and status in lifecycle.OPEN


@dataclass(frozen=True, slots=True)
class Mask:
    """Hides the names and telephone numbers of persons from those whose task does not need them."""

    on: bool

    def name(self, name: str | None) -> str:
        return masked_name(name or "") if self.on else name or ""

    def phone(self, number: str | None) -> str:
        return masked_phone(number or "") if self.on else number or ""

    def hazard(self, hazard: Hazard) -> Hazard:
        """The hazard as its reader may see it."""
        if not self.on:
            return hazard
        hidden = {
            "responsible_person": self.name(hazard.responsible_person) or None,
            "patroller": self.name(hazard.patroller) or None,
            "phone": self.phone(hazard.phone) or None,
        }
        return hazard.model_copy(update=hidden)

    def value(self, field: str, value: Any) -> Any:
        """One field's value as its reader may see it."""
        if self.on and isinstance(value, str):
            if field in ("responsible_person", "patroller"):
                return self.name(value)
            if field == "phone":
                return self.phone(value)
        return value


def mask_for(person: Person) -> Mask:
    """Reviewers and administrators see everything, inspectors see masked names and numbers."""
    return Mask(person.role is Role.INSPECTOR)
