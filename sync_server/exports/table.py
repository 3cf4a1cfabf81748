"""A table to take away: its columns, what stands above them, and what a cell can hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from shared.profiles.profile import CellStyle

ORDINAL = "序号"
AWAITED = "照片尚未送达"
CITY = "东莞市"
"""The reporting unit of an export that is not limited to one town."""


class PhotoState(Enum):
    """Whether a record has a photo of one role, and whether its bytes have arrived."""

    NONE = "none"
    AWAITED = "awaited"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo for a cell: `thumb` is a JPEG of at most 320 px, `link` the address of the whole photo."""

    state: PhotoState = PhotoState.NONE
    link: str = ""
    thumb: bytes | None = None


NO_PICTURE = Picture()
Value = str | float | int | date | Picture | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, its width in characters, how cells are set, and what it shows of an entry."""

    title: str
    width: float
    style: CellStyle
    value: Callable[[Any], Value]


@dataclass(frozen=True, slots=True)
class Table:
    """What an export is made of besides its entries.

    `sheet`: the name of the worksheet. `facts`: index of a column → what is written above it, below the
    title. `columns`: those after the first, 序号, which counts the rows. `naming`: how many of them name an
    entry, and stay in sight.
    """

    sheet: str
    title: str
    author: str
    facts: Sequence[tuple[int, str]]
    columns: Sequence[Column]
    naming: int

    @property
    def titles(self) -> tuple[str, ...]:
        """The headings of all columns."""
        return (ORDINAL, *(column.title for column in self.columns))


def plain(value: Value) -> str | float | int | date:
    """The value as a cell without pictures shows it: a photo becomes its address or why there is none."""
    if value is None:
        return ""
    if isinstance(value, Picture):
        return {PhotoState.NONE: "", PhotoState.AWAITED: AWAITED, PhotoState.HERE: value.link}[value.state]
    return value
