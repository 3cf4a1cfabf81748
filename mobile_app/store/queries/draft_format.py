"""Converts drafts of earlier versions to the present format."""

from typing import Any


def current(kept: dict[str, Any]) -> dict[str, Any]:
    """The draft in the present format: entered values are in `fields`, what it is about beside it.

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
