"""The value of a hazard's field as people read it, and who wrote it on which phone."""

from typing import TYPE_CHECKING, Any

from mobile_app.screens.formatting import accuracy_word, position_words
from mobile_app.texts.words import Texts
from shared.records import Hazard, KitCheck, Position
from shared.vocabulary import KitState, Term

if TYPE_CHECKING:
    from mobile_app.screens.app_context import AppContext
    from mobile_app.store.queries.hazards import HazardCard


def value_words(texts: Texts, field: str, value: Any) -> str:
    """What people read for a value as it stands in an operation; "" for none."""
    if value is None or field not in Hazard.model_fields:
        return "" if value is None else str(value)
    try:
        return _words(texts, field, getattr(Hazard.model_validate({field: value}), field))
    except ValueError:  # of a version to come
        return str(value)


def writer_words(phone: "AppContext", card: "HazardCard", device: str) -> str:
    """李巡查 · 李巡查的手机; 本机 for what was written here, 其他手机 for a phone not heard of."""
    texts, who = phone.texts, phone.open.identity
    if who and device == who.device:
        return texts.this_phone
    known = card.writers.get(device)
    if known is None:
        return texts.other_phone
    return " · ".join(dict.fromkeys((known.person, known.name or texts.web_browser)))


def _words(texts: Texts, field: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return texts.yes if value else texts.no
        case Term():
            return texts.of(value)
        case Position():
            where = position_words(value.model_dump())
            accuracy = value.accuracy_m
            return where if accuracy is None else f"{where}\n{accuracy_word(texts, accuracy)}"
        case KitCheck():
            counted = value.count is not None and value.state is not KitState.MISSING
            return texts.of(value.state) + (f" × {value.count}" if counted else "")
        case float():
            return f"{value:g}"
        case tuple():
            return " · ".join(_words(texts, field, part) for part in value)
        case str() if field == "town_code":
            return texts.town(value)
        case _:
            return str(value)
