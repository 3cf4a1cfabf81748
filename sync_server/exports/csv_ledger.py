"""The ledger as CSV for Excel and WPS: UTF-8 with BOM, CRLF, no cell that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date

from shared.profiles.profile import Profile
from sync_server.exports.columns import cell, plain, titles
from sync_server.exports.ledger_line import LedgerLine

MEDIA_TYPE = "text/csv; charset=utf-8"
BOM = "\ufeff"
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return "'" + text if text.startswith(_STARTS_A_FORMULA) else text


def lines(profile: Profile, entries: Iterable[LedgerLine]) -> Iterator[bytes]:
    """The file in pieces: the heading row, then one row per entry."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow(titles(profile))
    for ordinal, entry in enumerate(entries, 1):
        values = (plain(cell(column, entry)) for column in profile.ledger)
        writer.writerow([ordinal, *(_cell(value) for value in values)])
        if buffer.tell() > 60_000:
            yield _taken(buffer)
    yield _taken(buffer)


def _cell(value: str | float | int | date) -> str | float | int:
    if isinstance(value, str):
        return harmless(value)
    return value.isoformat() if isinstance(value, date) else value


def _taken(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece
