"""Where the database lives: a folder on a real disk; in the browser a file system kept in IndexedDB.

In the browser SQLite writes to memory; `checkpoint` copies the whole file into IndexedDB. Between two
checkpoints the journal, a private file that is durable line by line, holds what was saved. One tab owns both
(a Web Lock): two would overwrite each other.
"""

import asyncio
import os
from pathlib import Path
from typing import Any

from mobile_app.device.browser import IN_BROWSER, js_object, storage_problem
from mobile_app.device.web.private_files import PrivateFolder
from shared import problems

_MOUNT = "/anlan-data"
_JOURNAL = "journal"
_DAMAGED = "journal.damaged"
_PATIENCE = (0.05, 0.2, 1.0, 0.0)  # seconds between tries; none after the last


async def open_disk(folder: Path | None = None) -> "FolderDisk | BrowserDisk":
    """The disk of this device; `folder` only where it is a real one (default: the app's own).

    Problems: opened_elsewhere, storage_blocked.
    """
    if IN_BROWSER:
        return await BrowserDisk.open()
    return FolderDisk(folder or Path(os.environ.get("FLET_APP_STORAGE_DATA", "var-phone")))


class FolderDisk:
    """A real disk: SQLite's own commit is durable, so no journal is kept."""

    threads = True
    lazy = False

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder

    async def append(self, line: bytes) -> None:
        """The commit that follows keeps it."""

    async def tail(self) -> bytes:
        return b""

    async def checkpoint(self) -> None:
        """Every commit was one."""

    async def keep_damaged(self, lines: bytes) -> None:
        """There are no lines."""


class BrowserDisk:
    """IDBFS with a journal in OPFS, owned by one tab."""

    threads = False
    lazy = True
    folder = Path(_MOUNT)

    def __init__(self) -> None:
        self._files = PrivateFolder()

    @classmethod
    async def open(cls) -> "BrowserDisk":
        """Own, mount and read the browser's storage. Problems: opened_elsewhere, storage_blocked."""
        import js
        import pyodide_js

        for patience in _PATIENCE:  # a tab that was reloaded a moment ago may not have let go yet
            if await _own():
                break
            if not patience:
                raise problems.opened_elsewhere()
            await asyncio.sleep(patience)
        files = pyodide_js.FS
        files.mkdirTree(_MOUNT)
        files.mount(files.filesystems.IDBFS, js.Object.new(), _MOUNT)
        disk = cls()
        try:
            await _sync(populate=True)
            await disk.tail()
        except Exception as error:
            raise problems.storage_blocked() from error
        return disk

    async def append(self, line: bytes) -> None:
        await self._files.append(_JOURNAL, line)

    async def tail(self) -> bytes:
        return await self._files.read(_JOURNAL)

    async def checkpoint(self) -> None:
        await _sync(populate=False)
        await self._files.write(_JOURNAL, b"")

    async def keep_damaged(self, lines: bytes) -> None:
        await self._files.append(_DAMAGED, lines)


async def _own() -> bool:
    """Take the Web Lock of the data for the life of this tab; False when another tab has it."""
    import js
    from pyodide.ffi import create_proxy

    got = asyncio.get_running_loop().create_future()

    def granted(lock: Any) -> Any:
        owned = bool(lock)  # JavaScript's null arrives as a falsy object, not as None
        got.set_result(owned)
        return js.Promise.new(create_proxy(lambda _ok, _bad: None)) if owned else None

    js.navigator.locks.request("anlan-data", js_object(ifAvailable=True), create_proxy(granted))
    return bool(await got)


async def _sync(*, populate: bool) -> None:
    import pyodide_js
    from pyodide.ffi import create_once_callable

    done = asyncio.get_running_loop().create_future()
    pyodide_js.FS.syncfs(populate, create_once_callable(lambda error=None: done.set_result(error)))
    error = await done
    if error:
        raise storage_problem(error) or OSError(str(error))
