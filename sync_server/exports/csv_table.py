"""A table as CSV for Excel, WPS and LibreOffice: UTF-8 with BOM, CRLF, every text a text.

A text that would run as a formula gets an apostrophe before it, also where only spaces or characters that
nobody sees stand before that. One that would become a number or a date,
such as a telephone number or 3-2, gets a tab, which makes a text of it and is not seen.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sync_server.exports.table import Table, plain

MEDIA_TYPE = "text/csv; charset=utf-8"
BOM = "\ufeff"
_BEGINS_FORMULA = frozenset("=+-@")
_LIKE_A_NUMBER = re.compile(r"\s*[(（]?[0-9０-９.][0-9０-９\s.,:：/()（）年月日时分秒%％eE+-]*")


def as_text(text: str) -> str:
    """The text, changed so that spreadsheets neither run it nor read it as a number or a date."""
    if _may_run(text):
        return "'" + text
    return "\t" + text if _LIKE_A_NUMBER.fullmatch(text) else text


def _may_run(text: str) -> bool:
    """Whether a spreadsheet might run the text as a formula.

    Some skip blanks and invisible characters, and read full-width characters as the usual ones.
    """
    seen = (char for char in text if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf"))
    first = unicodedata.normalize("NFKC", next(seen, ""))
    return first in _BEGINS_FORMULA or text.startswith(("\t", "\r", "\n"))


def lines(table: Table, entries: Iterable[Any]) -> Iterator[bytes]:
    """The file in chunks: the heading row, then one row per entry."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow(table.titles)
    for ordinal, entry in enumerate(entries, 1):
        values = (plain(column.value(entry)) for column in table.columns)
        writer.writerow([ordinal, *(_cell(value) for value in values)])
        if buffer.tell() > 60_000:
            yield _flush(buffer)
    yield _flush(buffer)


def _cell(value: str | float | int | date) -> str | float | int:
    if isinstance(value, str):
        return as_text(value)
    return value.isoformat() if isinstance(value, date) else value


def _flush(buffer: io.StringIO) -> bytes:
    chunk = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return chunk
