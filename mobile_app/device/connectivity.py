"""Whether the device thinks it has a network, and a word when that changes. Only a reply proves a server."""

from collections.abc import Callable
from typing import Any

import flet as ft

from mobile_app.device.browser import IN_BROWSER


class Connectivity:
    """Watches the network; start it from the app's main function. `changed(online)` runs on the event
    loop."""

    def __init__(self) -> None:
        self._held: list[Any] = []

    async def watch(self, changed: Callable[[bool], None]) -> bool:
        """Call `changed` from now on whenever the network comes or goes; return how it is now."""
        if IN_BROWSER:
            return self._watch_browser(changed)
        service = ft.Connectivity(on_change=lambda event: changed(_online(event.connectivity)))
        self._held.append(service)  # a service nobody holds is dropped after its first event
        return _online(await service.get_connectivity())

    def _watch_browser(self, changed: Callable[[bool], None]) -> bool:
        import js
        from pyodide.ffi import create_proxy

        for name, online in (("online", True), ("offline", False)):
            proxy = create_proxy(lambda _event, online=online: changed(online))
            self._held.append(proxy)
            js.self.addEventListener(name, proxy)
        return bool(js.navigator.onLine)


def _online(found: list[ft.ConnectivityType]) -> bool:
    return any(kind is not ft.ConnectivityType.NONE for kind in found)
