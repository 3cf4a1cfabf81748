"""The value of a record's field as people read it, and who wrote it on which phone."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mobile_app.screens.formatting import position_lines
from shared.forms.value_words import ValueWords

if TYPE_CHECKING:
    from pydantic import BaseModel

    from mobile_app.screens.app_context import AppContext
    from shared.sync.wire import DeviceName


def value_words(app: "AppContext", model: "type[BaseModel]", field: str, value: Any) -> str:
    """What people read for a value as it stands in an operation on a record of `model`; "" for none."""
    texts = app.texts
    if field in ("hazards", "distinct_from") and isinstance(value, list):
        return texts.listed(hazard_name(app, hazard) for hazard in value)
    words = ValueWords(texts.language, lambda position: position_lines(texts, position))
    return words.written(model, field, value)


def hazard_name(app: "AppContext", hazard: str) -> str:
    """What a linked hazard is called; its temporary number where it is not on this phone."""
    return app.open.sending.title(hazard) or f"{app.texts.temporary_prefix}{hazard[-4:].upper()}"


def writer_words(app: "AppContext", writers: "Mapping[str, DeviceName]", device: str) -> str:
    """李巡查 · 李巡查的手机; 本机 for what was written here, 其他手机 for a phone not heard of."""
    texts, who = app.texts, app.open.identity
    if who and device == who.device:
        return texts.this_phone
    known = writers.get(device)
    if known is None:
        return texts.other_phone
    return " · ".join(dict.fromkeys((known.person, known.name or texts.web_browser)))
