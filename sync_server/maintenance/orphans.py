"""Deletes orphaned upload files: a crash can leave a file without its row in the database."""

import time

from sqlalchemy import Engine

from sync_server.database.transactions import reading
from sync_server.photos import uploads
from sync_server.photos.store import PhotoStore

_DAY_S = 86_400


def delete_orphans(engine: Engine, store: PhotoStore) -> None:
    """Delete partial files without an upload row that are older than uploads are kept.

    Called when the server starts, because only a crash leaves such files.
    """
    old = store.old_partials(time.time() - uploads.KEPT_DAYS * _DAY_S)
    if not old:
        return
    with reading(engine) as session:
        known = uploads.known(session, old)
    for upload in old:
        if upload not in known:
            store.drop_partial(upload)
