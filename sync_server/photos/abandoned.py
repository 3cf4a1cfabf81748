"""Drops uploads that will not be finished, and those that exceed a phone's limit."""

from sqlalchemy import Engine

from shared import problems
from shared.problems import Problem
from shared.sync.wire import MAX_PHOTO
from sync_server.database.transactions import in_plain_transaction, looking_up, reading
from sync_server.photos import uploads
from sync_server.photos.staging import UploadStaging

MOST_UPLOADS, MOST_BYTES = 64, 512 * 2**20
"""Unfinished uploads of one phone, and the sum of their announced lengths in bytes."""


def drop_abandoned(engine: Engine, staging: UploadStaging) -> int:
    """Drop uploads that have expired or whose phone has lost its access; returns how many.

    Their files are deleted first, to free space on a full disk.
    """
    with looking_up(engine) as connection:
        abandoned = uploads.abandoned(connection)
    _drop(engine, staging, abandoned)
    return len(abandoned)


def drop_excess(engine: Engine, staging: UploadStaging, campaign: str, device: str) -> None:
    """Drop the unfinished uploads of a device beyond its limit; its phone starts them again.

    The ones that have been idle longest are dropped first.
    """
    unfinished = staging.uploads()
    if len(unfinished) <= min(MOST_UPLOADS, MOST_BYTES // MAX_PHOTO):
        return
    with reading(engine) as session:
        latest = uploads.latest(session, campaign, device, unfinished)
    excess, held = [], 0
    for number, (upload, length) in enumerate(latest):
        held += length
        if number >= MOST_UPLOADS or held > MOST_BYTES:
            excess.append(upload)
    _drop(engine, staging, excess)


def _drop(engine: Engine, staging: UploadStaging, dropped: list[str]) -> None:
    for upload in dropped:
        staging.drop(upload)
    if not dropped:
        return
    try:
        in_plain_transaction(engine, lambda connection: uploads.forget(connection, dropped), durable=False)
    except Problem as problem:  # a row without its file is an upload that is unknown
        if problem.kind is not problems.storage_full:
            raise
