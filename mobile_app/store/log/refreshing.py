"""Derives list lines made under older rules again, in batches, while the phone is in use."""

import asyncio
import logging
from collections.abc import Callable

from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.queries import listing

log = logging.getLogger(__name__)
_SLICE = 25
_PAUSE = 0.02  # seconds in which taps are answered


async def refresh_old_lines(database: PhoneDatabase, changed: Callable[[], None]) -> None:
    """Bring every line to the present rules; if interrupted, it goes on at the next start.

    `changed()` is called when screens have something new to show.
    """
    try:
        done = 0
        while await database.write(lambda session: listing.refresh_old(session, _SLICE)):
            done += 1
            await asyncio.sleep(_PAUSE)
        if done:
            changed()
    except Exception:
        log.exception("old lines were not derived again")
