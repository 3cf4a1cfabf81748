"""What network the device says it has, and a call when that changes. Only a reply proves a server."""

from collections.abc import Callable, Iterable
from contextvars import copy_context
from typing import Any

import flet as ft

from mobile_app.device.browser import IN_BROWSER
from shared.sync.link_quality import Network

_FREE = {ft.ConnectivityType.WIFI, ft.ConnectivityType.ETHERNET}
_BROWSERS_WORDS = {"wifi": Network.WIFI, "ethernet": Network.WIFI, "cellular": Network.MOBILE}


class Connectivity:
    """Watches the network; start it from the app's main function. `changed(network)` runs on the event
    loop."""

    def __init__(self) -> None:
        self._held: list[Any] = []

    async def watch(self, changed: Callable[[Network], None]) -> Network:
        """Call `changed` from now on whenever the network becomes another; return what it is now."""
        if IN_BROWSER:
            return self._watch_browser(changed)
        service = ft.Connectivity(on_change=lambda event: changed(network_of(event.connectivity)))
        self._held.append(service)  # a service nobody holds is dropped after its first event
        return network_of(await service.get_connectivity())

    def _watch_browser(self, changed: Callable[[Network], None]) -> Network:
        import js
        from pyodide.ffi import create_proxy

        here = copy_context()  # the browser calls outside of it, where no screen can be redrawn
        proxy = create_proxy(lambda _event: here.run(changed, _network_of_browser()))
        self._held.append(proxy)
        js.self.addEventListener("online", proxy)
        js.self.addEventListener("offline", proxy)
        if connection := getattr(js.navigator, "connection", None):
            connection.addEventListener("change", proxy)
        return _network_of_browser()


def network_of(found: Iterable[ft.ConnectivityType]) -> Network:
    """The network behind the device's words: mobile data only where nothing better is there besides."""
    words = set(found) - {ft.ConnectivityType.NONE}
    if not words:
        return Network.NONE
    if words & _FREE:
        return Network.WIFI
    return Network.MOBILE if ft.ConnectivityType.MOBILE in words else Network.UNKNOWN


def _network_of_browser() -> Network:
    import js

    if not js.navigator.onLine:
        return Network.NONE
    connection = getattr(js.navigator, "connection", None)  # not on iOS; on desktops without a type
    return _BROWSERS_WORDS.get(str(getattr(connection, "type", "")), Network.UNKNOWN)
