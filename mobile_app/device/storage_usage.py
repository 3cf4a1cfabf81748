"""How much room the app takes on this device, and whether the device keeps it for good."""

from dataclasses import dataclass
from pathlib import Path

from mobile_app.device.browser import IN_BROWSER


@dataclass(frozen=True, slots=True)
class StorageUsage:
    """Bytes used, None where unknown; whether the device keeps them for good (a browser may evict them)."""

    used: int | None
    persisted: bool


async def storage_usage(folder: Path) -> StorageUsage:
    """What the app uses; `folder` is where its data lie on a real disk."""
    if not IN_BROWSER:
        return StorageUsage(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()), True)
    import js

    found = await js.navigator.storage.estimate()
    return StorageUsage(int(found.usage), bool(await js.navigator.storage.persisted()))
