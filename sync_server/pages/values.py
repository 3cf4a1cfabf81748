"""The value of a field as people read it."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from shared.geo import degrees_text
from shared.records import Hazard, KitCheck, Position
from shared.towns import town_name
from shared.vocabulary import KitState, Term
from sync_server.texts.languages import label
from sync_server.texts.words import Texts


def read_as(field: str, value: Any, words: Texts, model: type[BaseModel] = Hazard) -> str:
    """What people read for a field's value as it stands in an operation; "" for none.

    Falls back to the plain value for one that this version cannot read.
    """
    if value is None:
        return ""
    if field not in model.model_fields:
        return str(value)
    try:
        parsed = getattr(model.model_validate({field: value}), field)
    except ValueError:
        return str(value)
    return text_of(field, parsed, words)


def text_of(field: str, value: Any, words: Texts) -> str:
    """What people read for a validated value."""
    match value:
        case None:
            return ""
        case bool():
            return words.yes if value else words.no
        case Term():
            return label(value, words)
        case Position():
            return position_line(value, words)
        case KitCheck():
            counted = value.count is not None and value.state is not KitState.MISSING
            return label(value.state, words) + (f" × {value.count}" if counted else "")
        case float():
            return f"{value:g}"
        case str():
            return town_name(value, words.code) if field == "town_code" else value
        case Mapping():
            return str(value)
        case Sequence():
            return words.list_separator.join(text_of(field, part, words) for part in value)
        case _:
            return str(value)


def position_line(position: Position, words: Texts) -> str:
    """Latitude, longitude and accuracy in one line."""
    line = words.position_line.format(lat=degrees_text(position.lat), lon=degrees_text(position.lon))
    if position.accuracy_m is not None:
        line += words.position_accuracy.format(metres=f"{position.accuracy_m:.0f}")
    return line
