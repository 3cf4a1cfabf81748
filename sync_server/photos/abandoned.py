"""Dropping uploads that nobody will finish, and what exceeds a phone's part."""

from sqlalchemy import Engine

from shared import problems
from shared.problems import Problem
from sync_server.database.transactions import in_plain_transaction, looking_up
from sync_server.photos import uploads
from sync_server.photos.staging import UploadStaging

MOST_UPLOADS, MOST_BYTES = 64, 512 * 2**20
"""Unfinished uploads of one phone, and what they were announced to be in all."""
_MOST_LOOKED_AT = 300


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
    with looking_up(engine) as connection:
        latest = uploads.latest(connection, campaign, device)
    if len(latest) <= MOST_UPLOADS and sum(length for _, length in latest) <= MOST_BYTES:
        return
    unfinished = [one for one in latest[:_MOST_LOOKED_AT] if staging.size(one[0]) is not None]
    excess, held = [upload for upload, _ in latest[_MOST_LOOKED_AT:]], 0
    for number, (upload, length) in enumerate(unfinished):
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
