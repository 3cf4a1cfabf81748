"""Prints the figures as a table and writes them to build/bench.json."""

import json
import os
import platform
import unicodedata
from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure
from tests.bench.spread import CONFIDENCE, Spread, spread

FILE = Path("build/bench.json")
HEADS = ("", "unit", "ours", "peer", "ratio", "rounds", "target", "verdict")
SIGNS = {"more": "≥", "less": "≤"}
LEGEND = (
    f"Medians; in brackets where the true median lies at {CONFIDENCE:.0%} confidence. A target is met or not"
    " met where all of that is on one side of it, undecided otherwise."
)


def table(figures: Sequence[Figure]) -> str:
    """The figures as plain text, one line each, under a heading for each part."""
    rows = [HEADS, *(_row(figure) for figure in figures)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = [LEGEND, "", _line(HEADS, widths)]
    part = None
    for figure, row in zip(figures, rows[1:], strict=True):
        if figure.part != part:
            part = figure.part
            lines += ["", part]
        lines.append(_line(row, widths))
    return "\n".join(lines)


def write(figures: Sequence[Figure], path: Path = FILE) -> None:
    """Write every round of every figure to `path`, for programs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "machine": {
            "system": platform.platform(),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
        },
        "figures": [
            {
                "part": figure.part,
                "case": figure.case,
                "unit": figure.unit,
                "ours": figure.ours,
                "peer": figure.peer,
                "peer_name": figure.peer_name,
                "ratio": _numbers(figure.ratio),
                "target": _target(figure),
                "verdict": figure.verdict,
            }
            for figure in figures
        ],
    }
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _numbers(ratio: Spread | None) -> dict[str, Any] | None:
    if ratio is None:
        return None
    interval = [ratio.low, ratio.high] if isfinite(ratio.half_width) else None
    return {"median": ratio.median, "interval": interval, "rounds": ratio.count}


def _row(figure: Figure) -> tuple[str, ...]:
    peer = f"{figure.peer_name} {_shown(spread(figure.peer))}" if figure.peer else ""
    ratio = "" if figure.ratio is None else _shown(figure.ratio, "{:.3f}")
    rounds = str(len(figure.ours))
    case, ours = f"  {figure.case}", _shown(spread(figure.ours))
    return case, figure.unit, ours, peer, ratio, rounds, _target(figure), figure.verdict or ""


def _target(figure: Figure) -> str:
    bound = figure.bound
    return f"{bound.what} {SIGNS[bound.better]} {bound.limit:g}" if bound else ""


def _shown(value: Spread, form: str | None = None) -> str:
    def number(one: float) -> str:
        return (form or ("{:,.0f}" if abs(one) >= 100 else "{:.3g}")).format(one)

    if value.low == value.high or not isfinite(value.half_width):
        return number(value.median)
    return f"{number(value.median)} ({number(value.low)}–{number(value.high)})"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(
        cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)
    ).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
