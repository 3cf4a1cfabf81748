"""How far something has come on its way to the server."""

from enum import StrEnum


class OperationState(StrEnum):
    """An operation: own and unsent, stored by the server, refused by it; refused and then discarded or
    repaired by the office; own and issued again under another device; or another device's."""

    UNSENT = "unsent"
    ACKED = "acked"
    QUARANTINED = "quarantined"
    DISCARDED = "discarded"
    REPAIRED = "repaired"
    MOVED = "moved"
    PULLED = "pulled"


UNSTORED = (OperationState.UNSENT, OperationState.QUARANTINED)
"""Own operations that are not on the log, and that this phone offers."""
COUNTED = (*UNSTORED, OperationState.ACKED, OperationState.PULLED)
"""Operations that make the records what they are."""


class PhotoState(StrEnum):
    """Photo bytes: waiting here, on their way, verified by the server, failed, or never held here.

    LOCAL is never kept: a photo that waits is shown so while the server has not even its record.
    """

    LOCAL = "local"
    WAITING = "waiting"
    UPLOADING = "uploading"
    DELIVERED = "delivered"
    FAILED = "failed"
    REMOTE = "remote"


class UploadState(StrEnum):
    """A hazard with its events and photos: 待上传, 上传中, 已上传, 上传失败.

    UPLOADED means that every operation is stored by the server and every photo verified there.
    """

    WAITING = "waiting"
    UPLOADING = "uploading"
    UPLOADED = "uploaded"
    FAILED = "failed"
