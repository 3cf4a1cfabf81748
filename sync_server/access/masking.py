"""Hides the names and telephone numbers of persons from those whose task does not need them."""

from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from shared.permissions import Action
from shared.records.models import OF_PERSONS, masked_name, masked_phone
from sync_server.access.policy import Access, Placed

Record = TypeVar("Record", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Mask:
    """Hides names and telephone numbers if it is `on`."""

    on: bool

    def name(self, name: str | None) -> str:
        return masked_name(name or "") if self.on else name or ""

    def phone(self, number: str | None) -> str:
        return masked_phone(number or "") if self.on else number or ""

    def hazard(self, hazard: Record) -> Record:
        """The hazard as the reader may see it."""
        if not self.on:
            return hazard
        known = [name for name in OF_PERSONS if name in type(hazard).model_fields]
        return hazard.model_copy(update={name: self.value(name, getattr(hazard, name)) for name in known})

    def value(self, field: str, value: Any) -> Any:
        """The value of one field as the reader may see it."""
        if self.on and isinstance(value, str):
            if field in ("responsible_person", "patroller"):
                return self.name(value)
            if field == "phone":
                return self.phone(value)
        return value


def mask_for(access: Access, on: Placed | None = None) -> Mask:
    """The mask for one record; without one, for a list of everything that the reader may see."""
    if on is None:
        return Mask(not access.can_on_all_it_sees(Action.SEE_CONTACTS))
    return Mask(not access.can(Action.SEE_CONTACTS, on))
