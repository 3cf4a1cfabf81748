"""How a visit of safety education reads: its kind and place, and its numbers."""

from typing import TYPE_CHECKING

from mobile_app.texts.words import Texts
from shared.plural import plural

if TYPE_CHECKING:
    from mobile_app.store.queries.visits import VisitRow


def title_words(texts: Texts, row: "VisitRow") -> str:
    """石井村 · 进家庭."""
    kind = texts.of(row.kind) if row.kind else ""
    return " · ".join(filter(None, [row.place or texts.visit_unplaced, kind]))


def number_words(texts: Texts, headcount: int | None, households: int | None, leaflets: int | None) -> str:
    """12 户 · 发放 15 份; "" where nothing was counted."""
    counted = ((texts.people, headcount), (texts.households, households), (texts.leaflets, leaflets))
    return " · ".join(plural(text, number) for text, number in counted if number is not None)
