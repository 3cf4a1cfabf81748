"""How Python speaks to the browser it runs in."""

import sys
from typing import Any

from shared import problems
from shared.problems import Problem

IN_BROWSER = sys.platform == "emscripten"


def page_origin() -> str:
    """Scheme, host and port of the page the app runs in; "" outside a browser."""
    if not IN_BROWSER:
        return ""
    import js

    return str(js.location.origin)


def user_agent() -> str:
    """What the browser calls itself; "" outside a browser."""
    if not IN_BROWSER:
        return ""
    import js

    return str(js.navigator.userAgent)


def js_object(**values: Any) -> Any:
    """A plain JavaScript object."""
    import js
    from pyodide.ffi import to_js

    return to_js(values, dict_converter=js.Object.fromEntries)


def js_bytes(data: bytes) -> Any:
    """A Uint8Array with a copy of `data`."""
    from pyodide.ffi import to_js

    return to_js(data)


def js_error_name(error: Exception) -> str:
    """What JavaScript calls `error`, "" where it is none of its errors."""
    return str(getattr(error, "name", "") or getattr(getattr(error, "js_error", None), "name", ""))


def storage_problem(error: Exception) -> Problem | None:
    """The Problem that a failed browser storage call means, None where it means none."""
    name = js_error_name(error)
    if name == "QuotaExceededError":
        return problems.device_storage_full()
    if name in ("SecurityError", "NotAllowedError"):
        return problems.storage_blocked()
    return None


def scale_texts(percent: int) -> None:
    """Show texts in so many percent of the size that the device's owner chose: the page does it."""
    if not IN_BROWSER:
        return
    import js

    channel = js.BroadcastChannel.new("anlan-text-size")
    channel.postMessage(percent)
    channel.close()
