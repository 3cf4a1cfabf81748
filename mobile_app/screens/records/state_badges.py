"""The badges of a record's line: whether the server has it, and whether it is in conflict."""

import flet as ft

from mobile_app import theme
from mobile_app.screens.formatting import upload_word
from mobile_app.store.queries.upload_states import UploadState
from mobile_app.texts.words import Texts
from mobile_app.widgets import labels

_ICONS = {
    UploadState.WAITING: ft.Icons.SCHEDULE,
    UploadState.UPLOADING: ft.Icons.CLOUD_UPLOAD_OUTLINED,
    UploadState.UPLOADED: ft.Icons.CLOUD_DONE_OUTLINED,
    UploadState.FAILED: ft.Icons.ERROR_OUTLINE,
}


def state_badges(texts: Texts, upload: UploadState, conflicts: int) -> list[ft.Control]:
    """待上传, 上传中, 已上传 or 上传失败, and 存在冲突."""
    colours = theme.upload_colours(upload.value)
    conflict = [labels.badge(texts.has_conflicts, theme.upload_colours("failed"))] if conflicts else []
    return [labels.badge(upload_word(texts, upload), colours, _ICONS[upload]), *conflict]
