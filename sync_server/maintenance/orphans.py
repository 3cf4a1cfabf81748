"""Deletes orphaned upload files: a crash can leave a file without its row in the database."""

import time

from sqlalchemy import Engine

from sync_server.database.transactions import reading
from sync_server.photos import uploads
from sync_server.photos.staging import UploadStaging

_DAY_S = 86_400


def delete_orphans(engine: Engine, staging: UploadStaging) -> None:
    """Delete partial files without an upload row that are older than uploads are kept.

    Called when the server starts, because only a crash leaves such files.
    """
    old = staging.older_than(time.time() - uploads.KEPT_DAYS * _DAY_S)
    if not old:
        return
    with reading(engine) as session:
        known = uploads.known(session, old)
    for upload in old:
        if upload not in known:
            staging.drop(upload)
