"""Bytes of uploads that nobody knows of: what a kill left between writing them and the row about them."""

import time

from sqlalchemy import Engine

from sync_server.database.transactions import reading
from sync_server.photos import uploads
from sync_server.photos.store import PhotoStore

_DAY_S = 86_400


def forget(engine: Engine, shelf: PhotoStore) -> None:
    """Drop partial files that no upload is known to, once they are as old as uploads are kept.

    To be done when the server starts, as only its end leaves such files.
    """
    old = shelf.old_partials(time.time() - uploads.KEPT_DAYS * _DAY_S)
    if not old:
        return
    with reading(engine) as session:
        known = uploads.known(session, old)
    for upload in old:
        if upload not in known:
            shelf.drop_partial(upload)
