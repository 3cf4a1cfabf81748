"""Dropping uploads that nobody will finish, and what exceeds a phone's part."""

from sqlalchemy import Engine

from shared import problems
from shared.problems import Problem
from shared.sync.wire import MAX_PHOTO
from sync_server.database.transactions import in_plain_transaction, looking_up, reading
from sync_server.photos import uploads
from sync_server.photos.staging import UploadStaging

MOST_UPLOADS, MOST_BYTES = 64, 512 * 2**20
"""Unfinished uploads of one phone, and what they were announced to be in all."""


def drop_abandoned(engine: Engine, staging: UploadStaging) -> int:
    """Drop uploads that have expired or whose phone has lost its access; how many there were.

    Their files go first, so that a full disk has room again.
    """
    with looking_up(engine) as connection:
        abandoned = uploads.abandoned(connection)
    _drop(engine, staging, abandoned)
    return len(abandoned)


def drop_excess(engine: Engine, staging: UploadStaging, campaign: str, device: str) -> None:
    """Drop the unfinished uploads of a device beyond its part; its phone starts them again.

    Those go first that were gone on with longest ago.
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
