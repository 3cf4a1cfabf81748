"""Tiles of the map that this device keeps, so that they are there without a network."""

from mobile_app.device.browser import IN_BROWSER, js_error_name, js_object, storage_problem
from shared import problems

_CACHE = "map area"
"""The service worker looks here first, see `kept_tiles.js`."""


class KeptTiles:
    """The tiles in the browser's cache; no other device keeps any."""

    @property
    def possible(self) -> bool:
        """Whether this device can keep tiles."""
        return IN_BROWSER

    async def keep(self, url: str) -> int:
        """Fetch a tile and keep it; its bytes, 0 where the server has none there.

        Problems: server_unreachable, device_storage_full, storage_blocked.
        """
        import js

        try:
            cache = await js.caches.open(_CACHE)
            if await cache.match(url):
                return 0
            answer = await js.fetch(url, js_object(cache="reload"))  # not kept as seen besides
            if answer.status == 404:
                return 0
            if not answer.ok:
                raise problems.server_unreachable(reason=str(answer.status))
            size = int((await answer.clone().arrayBuffer()).byteLength)
            await cache.put(url, answer)
        except Exception as error:
            if isinstance(error, problems.Problem):
                raise
            found = storage_problem(error)
            raise (found or problems.server_unreachable(reason=js_error_name(error))) from None
        return size

    async def forget(self) -> None:
        """Let go of all kept tiles."""
        import js

        await js.caches.delete(_CACHE)
