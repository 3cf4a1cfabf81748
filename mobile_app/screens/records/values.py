"""The value of a hazard's field as people read it, and who wrote it on which phone."""

from typing import TYPE_CHECKING, Any

from mobile_app.screens.formatting import position_lines
from shared.forms.value_words import ValueWords

if TYPE_CHECKING:
    from mobile_app.screens.app_context import AppContext
    from mobile_app.store.queries.hazards import HazardCard


def value_words(app: "AppContext", field: str, value: Any) -> str:
    """What people read for a value as it stands in an operation; "" for none."""
    texts = app.texts
    words = ValueWords(texts.language, lambda position: position_lines(texts, position))
    return words.written(app.profile.hazard, field, value)


def writer_words(app: "AppContext", card: "HazardCard", device: str) -> str:
    """李巡查 · 李巡查的手机; 本机 for what was written here, 其他手机 for a phone not heard of."""
    texts, who = app.texts, app.open.identity
    if who and device == who.device:
        return texts.this_phone
    known = card.writers.get(device)
    if known is None:
        return texts.other_phone
    return " · ".join(dict.fromkeys((known.person, known.name or texts.web_browser)))
