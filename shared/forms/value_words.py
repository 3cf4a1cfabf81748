"""The value of a record's field as text for people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from shared.forms.model_fields import inner_type, is_term
from shared.hazards.kit import state_wording
from shared.records.models import KitCheck, Position
from shared.towns import town_name
from shared.vocabulary import KitState, Term
from shared.wording import Wording

YES, NO = Wording("是", "Yes"), Wording("否", "No")
BETWEEN = Wording("、", ", ")
"""The separator of lists."""


@dataclass(frozen=True, slots=True)
class ValueWords:
    """Words in one language; `position` formats a position as the surface has room for it."""

    language: str
    position: Callable[[Position], str]

    def written(self, model: type[BaseModel], field: str, value: Any) -> str:
        """A value as it is in an operation on a record of `model`; "" for none.

        For a value that this version cannot read, the readable parts are in words and the rest is unchanged.
        """
        if value is None:
            return ""
        if field not in model.model_fields:
            return _plain(value)
        try:
            return self.read(field, getattr(model.model_validate({field: value}), field))
        except ValueError:
            return self._in_parts(model, field, value)

    def _in_parts(self, model: type[BaseModel], field: str, value: Any) -> str:
        between = BETWEEN.of(self.language)
        if isinstance(value, list) and len(value) > 1:
            return between.join(self.written(model, field, [part]) for part in value)
        inner = inner_type(model, field)
        term = next((one for one in inner if one.value == value), None) if is_term(inner) else None
        if term is not None:
            return self.read(field, term)
        if isinstance(value, Mapping) and isinstance(inner, type) and issubclass(inner, BaseModel):
            return between.join(filter(None, (self.written(inner, name, value[name]) for name in value)))
        return _plain(value)

    def read(self, field: str, value: Any) -> str:
        """A value as a record has it."""
        match value:
            case None:
                return ""
            case bool():
                return (YES if value else NO).of(self.language)
            case Term():
                return Wording(value.zh, value.en).of(self.language)
            case Position():
                return self.position(value)
            case KitCheck():
                counted = value.count is not None and value.state is not KitState.MISSING
                state = state_wording(field, value.state).of(self.language)
                return state + (f" × {value.count}" if counted else "")
            case float():
                return f"{value:g}"
            case str():
                return town_name(value, self.language) if field == "town_code" else value
            case Mapping():
                return str(value)
            case Sequence():
                return BETWEEN.of(self.language).join(self.read(field, part) for part in value)
            case _:
                return str(value)


def _plain(value: Any) -> str:
    """A value as received, without the quotes and brackets of a programming language."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_plain(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return f"{value:.12g}" if isinstance(value, float) else str(value)
