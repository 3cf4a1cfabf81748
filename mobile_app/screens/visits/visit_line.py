"""One visit in the list: where and what it was, its numbers, whether the server has it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import flet as ft

from mobile_app.screens.error_boundary import part
from mobile_app.screens.records.record_line import record_line
from mobile_app.screens.records.state_badges import state_badges
from mobile_app.screens.visits.visit_words import number_words, title_words
from mobile_app.texts.words import Texts
from mobile_app.widgets import labels

if TYPE_CHECKING:
    from mobile_app.store.queries.visits import VisitRow


@part
def VisitLine(row: "VisitRow", texts: Texts, on_open: Callable[[str], None]) -> ft.Control:
    """A button whose name is everything that the line says."""
    numbers = number_words(texts, row.headcount, row.households, row.leaflets)
    place = " · ".join(filter(None, [row.date, texts.town(row.town_code)]))
    return record_line(
        row,
        texts,
        title_words(texts, row),
        [labels.quiet(place), *([labels.quiet(numbers)] if numbers else [])],
        state_badges(texts, row.upload, row.conflicts),
        kind="visit",
        on_open=on_open,
    )
