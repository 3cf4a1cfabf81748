"""Lets originals go that the server has verified long enough ago, where the person chose so."""

from datetime import UTC, datetime, timedelta
from functools import partial

from mobile_app.device.photo_files import PhotoFiles
from mobile_app.store.database import meta
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.queries import photos


def freeable(database: PhoneDatabase, days: int, now: float) -> list[tuple[str, int]]:
    """(SHA-256, bytes) of the originals that the server has had for `days` at `now` (seconds since 1970)."""
    before = (datetime.fromtimestamp(now, UTC) - timedelta(days=days)).isoformat(timespec="seconds")
    return database.read(lambda session: photos.freeable(session, before))


async def free(database: PhoneDatabase, photo_files: PhotoFiles, now: float) -> int:
    """Free what the person's choice allows at `now`; how many it was.

    A phone that dies between the file and the note frees the photo again, which is no harm.
    """
    days = database.read(meta.choices).free_after_days
    if days is None:
        return 0
    found = freeable(database, days, now)
    for sha256, _ in found:
        await photo_files.remove(sha256)
        await database.write(partial(photos.freed, sha256=sha256))
    return len(found)
