"""Lets originals go that the server has verified long enough ago, where the person chose so."""

from datetime import UTC, datetime, timedelta
from functools import partial

from mobile_app.device.photo_files import PhotoFiles
from mobile_app.store.database import meta
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.queries import photos


def freeable(keeper: PhoneDatabase, days: int, now: float) -> list[tuple[str, int]]:
    """(SHA-256, bytes) of the originals that the server has had for `days` at `now` (seconds since 1970)."""
    before = (datetime.fromtimestamp(now, UTC) - timedelta(days=days)).isoformat(timespec="seconds")
    return keeper.read(lambda session: photos.freeable(session, before))


async def free(keeper: PhoneDatabase, shelf: PhotoFiles, now: float) -> int:
    """Free what the person's choice allows at `now`; how many it was.

    A phone that dies between the file and the note frees the photo again, which is no harm.
    """
    days = keeper.read(meta.choices).free_after_days
    if days is None:
        return 0
    found = freeable(keeper, days, now)
    for sha256, _ in found:
        await shelf.remove(sha256)
        await keeper.write(partial(photos.freed, sha256=sha256))
    return len(found)
