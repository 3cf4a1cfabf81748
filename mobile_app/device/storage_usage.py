"""How much room the app takes on this device, and whether the device keeps it for good."""

import os
from pathlib import Path

from mobile_app.device.browser import IN_BROWSER


async def storage_usage() -> tuple[int | None, bool]:
    """(bytes used, None where unknown; kept for good)."""
    if not IN_BROWSER:
        folder = Path(os.environ.get("FLET_APP_STORAGE_DATA", "var-phone"))
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()), True
    import js

    found = await js.navigator.storage.estimate()
    return int(found.usage), bool(await js.navigator.storage.persisted())
