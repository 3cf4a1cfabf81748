"""Seals text or bytes to a public key, so that this device can no longer read it: compact JWE, RFC 7516.

In the browser the npm package jose does it, with the browser's own cryptography; elsewhere jwcrypto.
"""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from mobile_app.device.browser import IN_BROWSER, js_bytes
from shared import problems


class Sealing(Protocol):
    """Seals; nothing here can open."""

    def available(self) -> bool:
        """Whether this device can seal: a browser cannot on a page that came over plain http."""

    async def seal(self, payload: str | bytes, header: Mapping[str, Any], key: Mapping[str, str]) -> str:
        """The envelope of `payload`, its protected `header` as given but for "epk"; `key`: a public JWK.

        Problem: sealing_unavailable.
        """


def open_sealing() -> Sealing:
    """The sealing of this device."""
    return BrowserSealing() if IN_BROWSER else NativeSealing()


class BrowserSealing:
    """By the page's own module `sealing.js`."""

    def available(self) -> bool:
        import anlan_sealing

        return bool(anlan_sealing.available())

    async def seal(self, payload: str | bytes, header: Mapping[str, Any], key: Mapping[str, str]) -> str:
        import anlan_sealing

        if not self.available():
            raise problems.sealing_unavailable()
        texts = json.dumps(dict(header), ensure_ascii=False), json.dumps(dict(key))
        content = payload if isinstance(payload, str) else js_bytes(payload)
        return str(await anlan_sealing.seal(content, *texts))


class NativeSealing:
    """By jwcrypto."""

    def available(self) -> bool:
        return True

    async def seal(self, payload: str | bytes, header: Mapping[str, Any], key: Mapping[str, str]) -> str:
        from jwcrypto import jwe, jwk

        content = payload.encode() if isinstance(payload, str) else payload
        made = jwe.JWE(content, json.dumps(dict(header)))
        made.add_recipient(jwk.JWK(**key))
        return str(made.serialize(compact=True))
