"""How much room records and photos take on this device, and whether the device keeps them for good."""

from pathlib import Path
from typing import Any

from mobile_app.device.browser import IN_BROWSER


class Storage:
    """The device's storage, as far as it is this app's."""

    async def used(self, folder: Path) -> int:
        """Bytes that records and photos take; `folder` is where the database lies.

        The files are counted: a browser's own estimate adds the app itself and its caches, and has been seen
        4 GiB too high.
        """
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        if not IN_BROWSER:
            return size
        import js

        return size + await _size(await js.navigator.storage.getDirectory())

    async def persisted(self) -> bool:
        """Whether they are kept for good; a browser that does not promise that may evict them."""
        if not IN_BROWSER:
            return True
        import js

        return bool(await js.navigator.storage.persisted())


async def _size(folder: Any) -> int:
    """Bytes of all files in a folder of the origin's private file system."""
    import js

    size = 0
    for handle in await js.Array.fromAsync(folder.values()):
        size += await _size(handle) if handle.kind == "directory" else int((await handle.getFile()).size)
    return size
