"""Deletes orphaned upload files: a crash can leave a file without its row in the database."""

import time

from sqlalchemy import Engine

from sync_server.database.transactions import reading
from sync_server.photos import unnamed, uploads
from sync_server.photos.abandoned import drop_abandoned
from sync_server.photos.service import PhotoService
from sync_server.photos.store import BEING_PUT

_DAY_S = 86_400
_HOUR_S = 3_600


def delete_orphans(engine: Engine, photos: PhotoService) -> None:
    """Delete partial files without an upload row that are older than uploads are kept, uploads that nobody
    will finish, and old photos that no record names.

    Called when the server starts: only a crash leaves such files. Other servers may be answering phones.
    """
    staging = photos.staging
    unnamed.delete_old(engine, photos)
    drop_abandoned(engine, staging)
    for name in staging.older_than(time.time() - _HOUR_S):
        if name.startswith(BEING_PUT):
            staging.drop(name)
    old = staging.older_than(time.time() - uploads.KEPT_DAYS * _DAY_S)
    if not old:
        return
    with reading(engine) as session:
        known = uploads.known(session, old)
    for upload in old:
        if upload not in known:
            staging.drop(upload)
