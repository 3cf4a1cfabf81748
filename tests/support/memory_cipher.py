"""The cipher of drafts with its device key in memory, and few rounds: for phones of this process."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class MemoryCipher:
    """`DraftCipher`, as `draft_keys.js` does it."""

    def __init__(self) -> None:
        self.device_key = secrets.token_bytes(32)

    def available(self) -> bool:
        return True

    async def key(self, pin: str, salt: str) -> bytes:
        bits = hashlib.pbkdf2_hmac("sha256", pin.encode(), b64decode(salt), 10)
        return hmac.digest(self.device_key, bits, "sha256")

    async def encrypt(self, key: bytes, text: str) -> str:
        nonce = secrets.token_bytes(12)
        return b64encode(nonce + AESGCM(key).encrypt(nonce, text.encode(), None)).decode()

    async def decrypt(self, key: bytes, sealed: str) -> str | None:
        data = b64decode(sealed)
        try:
            return AESGCM(key).decrypt(data[:12], data[12:], None).decode()
        except InvalidTag:
            return None

    async def forget(self) -> None:
        self.device_key = secrets.token_bytes(32)
