"""The ledger as CSV for Excel and WPS: UTF-8 with BOM, CRLF, no cell that runs as a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date

from shared.profiles.profile import Profile
from sync_server.exports.columns import cell, plain, titles
from sync_server.exports.ledger_line import LedgerLine

MEDIA_TYPE = "text/csv; charset=utf-8"
BOM = "\ufeff"
_FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def escape_formula(text: str) -> str:
    """Prefix the text with an apostrophe if a spreadsheet would run it as a formula."""
    return "'" + text if text.startswith(_FORMULA_PREFIXES) else text


def lines(profile: Profile, entries: Iterable[LedgerLine]) -> Iterator[bytes]:
    """The file in chunks: the heading row, then one row per entry."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow(titles(profile))
    for ordinal, entry in enumerate(entries, 1):
        values = (plain(cell(column, entry)) for column in profile.ledger)
        writer.writerow([ordinal, *(_cell(value) for value in values)])
        if buffer.tell() > 60_000:
            yield _flush(buffer)
    yield _flush(buffer)


def _cell(value: str | float | int | date) -> str | float | int:
    if isinstance(value, str):
        return escape_formula(value)
    return value.isoformat() if isinstance(value, date) else value


def _flush(buffer: io.StringIO) -> bytes:
    chunk = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return chunk
