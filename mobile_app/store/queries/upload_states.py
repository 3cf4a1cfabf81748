"""The upload states of operations and photos, and what they make of a hazard or a visit."""

from collections.abc import Iterable
from enum import StrEnum


class OperationState(StrEnum):
    """Own and unsent; stored by the server; refused by it; refused and then discarded or repaired.

    Or own and issued again under another device; or another device's.
    """

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
"""Operations that count in their records."""


class PhotoState(StrEnum):
    """Waiting here, being sent, verified by the server, failed, or never held here.

    LOCAL is never stored: a waiting photo is shown so while the server does not even have its record.
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


AT_SERVER = (PhotoState.DELIVERED, PhotoState.REMOTE)


def upload_state(operations: set[OperationState], photos: Iterable[PhotoState]) -> UploadState:
    """UPLOADED only when the server has stored every operation and verified every photo."""
    states = set(photos)
    if OperationState.QUARANTINED in operations or PhotoState.FAILED in states:
        return UploadState.FAILED
    if OperationState.UNSENT in operations or states - set(AT_SERVER):
        return UploadState.WAITING
    return UploadState.UPLOADED
