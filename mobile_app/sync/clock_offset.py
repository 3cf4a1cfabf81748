"""How far this device's clock is from the server's, by the server's answers."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from mobile_app.store.database import meta

_OFFSET_WORTH_KEEPING_MS = 500


def clock_offset(server_time: str, asked: float, answered: float) -> int | None:
    """Milliseconds to add to this clock to have the server's; None where the answer's time is no time.

    `asked` and `answered` are seconds since 1970 by this clock; the server spoke somewhere between them.
    """
    try:
        there = datetime.fromisoformat(server_time).timestamp()
    except ValueError:
        return None
    if asked <= there <= answered:
        return 0
    return round((there - (asked + answered) / 2) * 1000)


def keep_offset(session: Session, offset_ms: int | None) -> None:
    """Note the offset that an answer showed, where it differs by more than answers vary."""
    where = meta.progress(session)
    if offset_ms is not None and abs(offset_ms - where.offset_ms) > _OFFSET_WORTH_KEEPING_MS:
        meta.set_progress(session, replace(where, offset_ms=offset_ms))
