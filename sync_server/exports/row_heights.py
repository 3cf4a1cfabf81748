"""Row heights that show texts whole; Excel does not fit rows that a program writes."""

import unicodedata
from collections.abc import Iterable
from math import ceil

_LINE = 14.0  # points, of 10-point text
_AROUND = 4.0
_LEAST, _MOST = 32.0, 409.0  # Excel knows no higher row


def height(cells: Iterable[tuple[object, float]]) -> float:
    """The height in points of a row of (value, width of its column in characters); texts alone need more."""
    lines = max((_lines(value, width) for value, width in cells if isinstance(value, str)), default=1)
    return min(_MOST, max(_LEAST, lines * _LINE + _AROUND))


def _lines(text: str, width: float) -> int:
    """How many lines a text takes: a Chinese character is two wide, and words may leave space unused."""
    room = max(2.0, width - 2)
    return sum(max(1, ceil(_wide(line) / room)) for line in text.split("\n"))


def _wide(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in line)
