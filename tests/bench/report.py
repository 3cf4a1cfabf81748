"""Prints the figures as a table and writes them to build/bench.json."""

import json
import os
import platform
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from tests.bench.figures import Figure, Series

FILE = Path("build/bench.json")
HEADS = ("", "unit", "ours (least–most)", "peer (least–most)", "ratio", "target")
SIGNS = {"more": "≥", "less": "≤"}


def table(figures: Sequence[Figure]) -> str:
    """The figures as plain text, one line each, under a heading for each part."""
    rows = [HEADS, *(_row(figure) for figure in figures)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = [_line(HEADS, widths)]
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
                "ours": figure.ours.values,
                "peer": figure.peer.values if figure.peer else None,
                "peer_name": figure.peer_name,
                "ratio": figure.ratio,
                "met": figure.met,
            }
            for figure in figures
        ],
    }
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _row(figure: Figure) -> tuple[str, ...]:
    peer = f"{figure.peer_name} {_series(figure.peer)}" if figure.peer else ""
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    target = ""
    if figure.bound:
        word = {True: "met", False: "not met", None: "not measured"}[figure.met]
        target = f"{figure.bound.what} {SIGNS[figure.bound.better]} {figure.bound.limit:g}: {word}"
    return (f"  {figure.case}", figure.unit, _series(figure.ours), peer, ratio, target)


def _series(series: Series) -> str:
    if series.least == series.most:
        return _number(series.median)
    return f"{_number(series.median)} ({_number(series.least)}–{_number(series.most)})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(
        cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)
    ).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
