"""The origin's private file system: files that are durable on return, whichever way of writing an engine has.

Most engines have synchronous access handles. WebKitGTK has only writable streams, which put a whole new file
in the place of the old one when they are closed.
"""

import asyncio
from typing import Any

from mobile_app.device.browser import js_bytes, js_error_name, js_object, storage_problem
from shared import problems

_PATIENCE = (0.05, 0.2, 1.0, 0.0)
"""Seconds between tries to open a file for writing: its lock outlives a reloaded tab for a moment."""


class PrivateFolder:
    """A folder of the private file system, by default its root.

    Problems of writing: device_storage_full, storage_blocked.
    """

    def __init__(self, name: str = "") -> None:
        self._name = name

    async def names(self) -> list[str]:
        """What is here."""
        return sorted([str(name) async for name in (await self._folder()).keys()])  # noqa: SIM118, of JavaScript

    async def file(self, name: str) -> Any | None:
        """The file as a `Blob`, which is read only where its bytes are asked for; None if there is none."""
        try:
            return await (await (await self._folder()).getFileHandle(name)).getFile()
        except Exception as error:
            if js_error_name(error) == "NotFoundError":
                return None
            raise

    async def read(self, name: str) -> bytes:
        """The bytes of a file; none if there is no such file."""
        found = await self.file(name)
        content: bytes = b"" if found is None else (await found.arrayBuffer()).to_bytes()
        return content

    async def write(self, name: str, data: bytes) -> None:
        """Put `data` in the place of what the file holds."""
        await self._change(name, data, keep=False)

    async def append(self, name: str, data: bytes) -> None:
        """Put `data` behind what the file holds: all of it, or none."""
        await self._change(name, data, keep=True)

    async def rename(self, name: str, new: str) -> None:
        """Give a file another name."""
        folder = await self._folder()
        await (await folder.getFileHandle(name)).move(folder, new)  # WebKit takes no name without the folder

    async def remove(self, name: str) -> None:
        """Remove a file; one that is not there is no problem."""
        try:
            await (await self._folder()).removeEntry(name)
        except Exception as error:
            if js_error_name(error) != "NotFoundError":
                raise

    async def _change(self, name: str, data: bytes, *, keep: bool) -> None:
        try:
            handle = await (await self._folder()).getFileHandle(name, js_object(create=True))
            access = await _access(handle)
            if access is None:
                await _stream(handle, data, keep=keep)
                return
            try:
                _put(access, data, access.getSize() if keep else 0)
            finally:
                access.close()
        except Exception as error:
            if problem := storage_problem(error):
                raise problem from None
            raise

    async def _folder(self) -> Any:
        import js

        root = await js.navigator.storage.getDirectory()
        return await root.getDirectoryHandle(self._name, js_object(create=True)) if self._name else root


async def _access(handle: Any) -> Any | None:
    """A synchronous access handle, open for this one use; None where the engine has none."""
    if not hasattr(handle, "createSyncAccessHandle"):
        return None
    for patience in _PATIENCE:
        try:
            return await handle.createSyncAccessHandle()
        except Exception as error:
            name = js_error_name(error)
            if name == "NotSupportedError":
                return None
            if name != "NoModificationAllowedError" or not patience:
                raise
            await asyncio.sleep(patience)
    raise AssertionError


def _put(access: Any, data: bytes, at: int) -> None:
    """Let the file end with `data` at `at`, flushed. If that fails, it ends at `at`; Problem storage_blocked
    where nobody can tell where it ends."""
    try:
        access.truncate(at)
        if access.write(js_bytes(data), js_object(at=at)) != len(data):
            raise problems.device_storage_full()
        access.flush()
    except Exception:
        try:
            access.truncate(at)
            access.flush()
        except Exception as error:
            raise problems.storage_blocked() from error
        raise


async def _stream(handle: Any, data: bytes, *, keep: bool) -> None:
    """The same by a stream: until it is closed, the file is what it was."""
    if not hasattr(handle, "createWritable"):
        raise problems.storage_blocked()
    end = int((await handle.getFile()).size) if keep else 0
    stream = await handle.createWritable(js_object(keepExistingData=keep))
    try:
        await stream.write(js_object(type="write", position=end, data=js_bytes(data)))
    except Exception:
        await stream.abort()
        raise
    await stream.close()
