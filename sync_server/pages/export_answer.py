"""Something to take away: written to a file in the lane of exports, then sent.

Who reads it slowly keeps nobody waiting.
"""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from fastapi import Response
from starlette.background import BackgroundTask

from sync_server.http.lanes import Lanes
from sync_server.http.no_range_file import NoRangeFile

T = TypeVar("T")
WRITTEN = "anlan_export"
"""The cookie that comes with a file: static/exports.js says until then that it is being written."""


async def export(
    lanes: Lanes,
    person: str,
    prepare: Callable[[], tuple[str, T]],
    write: Callable[[Path, T], None],
    name: str,
    media_type: str,
) -> Response:
    """The file `name` that `write` writes of what `prepare` returns with its title, for a person by id."""
    return await lanes.exports.run(partial(_written, prepare, write, name, media_type), person)


def _written(
    prepare: Callable[[], tuple[str, T]], write: Callable[[Path, T], None], name: str, media_type: str
) -> Response:
    title, prepared = prepare()
    folder = tempfile.TemporaryDirectory(prefix="anlan-export-")
    path = Path(folder.name) / name
    try:
        write(path, prepared)
    except BaseException:
        folder.cleanup()
        raise
    called = quote(f"{title}{path.suffix}")
    headers = {
        "Content-Disposition": f"attachment; filename=\"{name}\"; filename*=UTF-8''{called}",
        "Cache-Control": "no-store",
    }
    answer = NoRangeFile(
        path, media_type=media_type, headers=headers, background=BackgroundTask(folder.cleanup)
    )
    answer.set_cookie(WRITTEN, "1", max_age=60, samesite="lax")
    return answer
