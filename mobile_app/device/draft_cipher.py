"""Encrypts drafts with a key that takes both a PIN and this device."""

import secrets
from base64 import b64encode
from typing import Any

from mobile_app.device.browser import IN_BROWSER


def new_salt() -> str:
    """16 random bytes, Base64."""
    return b64encode(secrets.token_bytes(16)).decode()


def open_draft_cipher() -> "BrowserDraftCipher | NoDraftCipher":
    """That of this device."""
    return BrowserDraftCipher() if IN_BROWSER else NoDraftCipher()


class BrowserDraftCipher:
    """By the page's own module `draft_keys.js`: PBKDF2 over the PIN, bound to a key that IndexedDB holds."""

    def available(self) -> bool:
        import anlan_draft_keys

        return bool(anlan_draft_keys.available())

    async def key(self, pin: str, salt: str) -> Any:
        import anlan_draft_keys

        return await anlan_draft_keys.key(pin, salt)

    async def encrypt(self, key: Any, text: str) -> str:
        import anlan_draft_keys

        return str(await anlan_draft_keys.encrypt(key, text))

    async def decrypt(self, key: Any, sealed: str) -> str | None:
        import anlan_draft_keys

        found = await anlan_draft_keys.decrypt(key, sealed)
        return found if isinstance(found, str) else None

    async def forget(self) -> None:
        import anlan_draft_keys

        await anlan_draft_keys.forget()


class NoDraftCipher:
    """A device without one: no drafts are kept there, and so nobody asks it for a key."""

    def available(self) -> bool:
        return False

    async def key(self, pin: str, salt: str) -> Any:
        raise NotImplementedError

    async def encrypt(self, key: Any, text: str) -> str:
        raise NotImplementedError

    async def decrypt(self, key: Any, sealed: str) -> str | None:
        raise NotImplementedError

    async def forget(self) -> None:
        """There is nothing to forget."""
