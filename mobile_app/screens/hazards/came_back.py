"""What the office sent back: said first, with its reason and what to do."""

from typing import TYPE_CHECKING

import flet as ft

from mobile_app.texts.words import Texts
from mobile_app.widgets import labels
from shared.vocabulary import EventType

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import HazardCard


def came_back(texts: Texts, card: "HazardCard") -> list[ft.Control]:
    """A card for a hazard whose status came about by 退回 or 验收不通过; none for any other."""
    sent = card.row.sent_back
    if sent is None:
        return []
    sentence = texts.returned_text if sent.step is EventType.RETURN else texts.rejected_text
    reason = sent.reason or texts.not_given
    return [labels.card([labels.trouble(sentence.format(reason=reason), key="came-back")])]
