"""What the office sent back: said first, with its reason and what to do."""

from typing import TYPE_CHECKING

import flet as ft

from mobile_app.screens.app_context import AppContext
from mobile_app.widgets import labels
from shared.vocabulary import EventType

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import HazardCard


def came_back(app: AppContext, card: "HazardCard") -> list[ft.Control]:
    """A card for a hazard whose status came about by 退回 or 验收不通过; none for any other."""
    texts = app.texts
    sentences = {EventType.RETURN: texts.returned_text, EventType.REJECT: texts.rejected_text}
    latest = card.history.holding[-1] if card.history.holding else None
    for row in card.events:
        if row.id == latest and row.type in sentences:
            reason = row.event.comment or texts.not_given
            return [labels.card([labels.trouble(sentences[row.type].format(reason=reason), key="came-back")])]
    return []
