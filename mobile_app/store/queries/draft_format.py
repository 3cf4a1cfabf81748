"""Drafts as this version reads them, whichever version kept them."""

from typing import Any


def current(kept: dict[str, Any]) -> dict[str, Any]:
    """The draft in today's form: what is filled in stands in `fields`, what it is about beside it.

    Version 0.1 kept a step's `texts`, `kit`, `result` and `submit` apart, and the hazard's name in `fields`.
    """
    if "texts" not in kept:
        return kept
    filled = {**kept["texts"], **kept["kit"], "result": kept["result"]}
    return {
        **{name: kept.get(name) for name in ("at", "hazard", "step", "photos")},
        "title": (kept.get("fields") or {}).get("water_name") or "",
        "fields": {
            **{name: value for name, value in filled.items() if value not in (None, "")},
            "submit": kept["submit"],
        },
    }
