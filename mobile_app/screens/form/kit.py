"""What stands ready at the water, item by item."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import flet as ft

from mobile_app.texts.words import Texts
from mobile_app.widgets import labels, segments
from shared.vocabulary import KitState, Term

_STATES = (KitState.GOOD, KitState.DAMAGED, KitState.MISSING)


def kit_card(
    texts: Texts,
    items: Sequence[Term],
    values: Mapping[str, Any],
    on_check: Callable[[str, dict[str, str] | None], None],
) -> ft.Control:
    """`values`: field (kit_sign, …) → its check; `on_check` gets a field and its new check."""

    def row(item: Term) -> ft.Control:
        name = f"kit_{item.value}"
        return segments.segments(
            texts.of(item),
            [(state.value, texts.of(state)) for state in _STATES],
            (values.get(name) or {}).get("state"),
            lambda code: on_check(name, {"state": code} if code else None),
            key=name,
        )

    return labels.card(
        [labels.heading(texts.kit), labels.quiet(texts.kit_hint), *(row(item) for item in items)]
    )
