"""The one draft of a home visit that a person has here, behind a PIN; wrong PINs slow down.

A draft is a file beside the sealed visits, encrypted with a key of PIN and device. A forgotten PIN costs the
draft and nothing else. Each state of lock and draft is a file of its own with a higher number, so that it is
whole or absent; the one before goes afterwards.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from mobile_app.store.home_visits.sealed_visits import VisitFiles
from shared import problems

SHORTEST_PIN = 6
FREE_TRIES = 3
_FIRST_WAIT_S, _LONGEST_WAIT_S = 30.0, 3600.0
_CHECK = "anlan"


class DraftCipher(Protocol):
    """Encrypts with a key of PIN and device. `Any` is a key, which is only handed back."""

    def available(self) -> bool:
        """Whether this device has a key of its own that nothing can read out."""

    async def key(self, pin: str, salt: str) -> Any:
        """The key of a PIN on this device; `salt` is Base64."""

    async def encrypt(self, key: Any, text: str) -> str:
        """The text, readable with the same key alone."""

    async def decrypt(self, key: Any, sealed: str) -> str | None:
        """What was encrypted; None where it was with another key."""

    async def forget(self) -> None:
        """Destroy the device's own key, and with it every draft."""


@dataclass(frozen=True, slots=True)
class _Lock:
    """`check`: a known text under the key. `wrong`: tries since the last right one, the latest at `tried`,
    in seconds since 1970."""

    salt: str
    check: str
    wrong: int = 0
    tried: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until another try; a clock that was set back makes it no longer than it was."""
        if self.wrong < FREE_TRIES:
            return 0.0
        whole = float(min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** min(self.wrong - FREE_TRIES, 16)))
        return max(0.0, min(whole, self.tried + whole - now))


class OpenDraft:
    """The draft of a person who has given the PIN."""

    def __init__(self, lock: "DraftLock", person: str, key: Any) -> None:
        self._lock, self._person, self._key = lock, person, key

    async def read(self) -> dict[str, Any] | None:
        """What was kept, None if nothing."""
        return await self._lock.read(self._person, self._key)

    async def keep(self, form: dict[str, Any] | None) -> None:
        """Keep a form (JSON-ready); None to forget it. Durable on return. Problem: device_storage_full."""
        await self._lock.keep(self._person, self._key, form)


class DraftLock:
    """Locks and drafts of all persons of this phone."""

    def __init__(
        self, files: VisitFiles, cipher: DraftCipher, salt: Callable[[], str], now: Callable[[], float]
    ) -> None:
        """`now()`: seconds since 1970."""
        self._files, self._cipher, self._salt, self._now = files, cipher, salt, now
        self._names: dict[str, str] = {}
        self._locks: dict[str, _Lock] = {}
        self._one_writer = asyncio.Lock()
        self._in_turn = asyncio.Lock()  # a draft that is being kept must not come back after it was dropped

    @property
    def available(self) -> bool:
        """Whether drafts can be kept on this device."""
        return self._cipher.available()

    async def load(self) -> None:
        """Read the locks; what a newer file has replaced goes."""
        for name in sorted(await self._files.names()):
            prefix = name.rpartition("-")[0]
            if not prefix.startswith(("lock-", "draft-")):
                continue
            if older := self._names.get(prefix):
                await self._files.remove(older)
            self._names[prefix] = name
        for prefix, name in self._names.items():
            if prefix.startswith("lock-"):
                self._locks[prefix] = _Lock(**json.loads(await self._files.get(name)))

    def is_set(self, person: str) -> bool:
        """Whether the person has a PIN here."""
        return f"lock-{person}" in self._locks

    def has_draft(self, person: str) -> bool:
        """Whether a draft of the person is here."""
        return f"draft-{person}" in self._names

    async def set_pin(self, person: str, pin: str) -> OpenDraft:
        """Begin to keep drafts, behind this PIN."""
        salt = self._salt()
        key = await self._cipher.key(pin, salt)
        await self._write_lock(person, _Lock(salt, await self._cipher.encrypt(key, _CHECK)))
        return OpenDraft(self, person, key)

    async def unlock(self, person: str, pin: str) -> OpenDraft:
        """Open the draft. Problems: pin_wait {seconds}, pin_wrong.

        A try is counted before it is made, so that killing the app makes none undone.
        """
        lock = self._locks[f"lock-{person}"]
        now = self._now()
        if wait := lock.wait(now):
            raise problems.pin_wait(seconds=int(wait) + 1)
        await self._write_lock(person, replace(lock, wrong=lock.wrong + 1, tried=now))
        key = await self._cipher.key(pin, lock.salt)
        if await self._cipher.decrypt(key, lock.check) != _CHECK:
            raise problems.pin_wrong()
        await self._write_lock(person, replace(lock, wrong=0, tried=0.0))
        return OpenDraft(self, person, key)

    async def forget(self, person: str) -> None:
        """The PIN is forgotten: the draft goes for good, and another PIN can be set."""
        async with self._one_writer:
            for prefix in (f"draft-{person}", f"lock-{person}"):
                if name := self._names.pop(prefix, ""):
                    await self._files.remove(name)
            self._locks.pop(f"lock-{person}", None)
            if not self._locks:
                await self._cipher.forget()

    async def read(self, person: str, key: Any) -> dict[str, Any] | None:
        """See `OpenDraft.read`."""
        name = self._names.get(f"draft-{person}")
        text = await self._cipher.decrypt(key, (await self._files.get(name)).decode()) if name else None
        found: dict[str, Any] | None = json.loads(text) if text else None
        return found

    async def keep(self, person: str, key: Any, form: dict[str, Any] | None) -> None:
        """See `OpenDraft.keep`."""
        prefix = f"draft-{person}"
        async with self._in_turn:
            if form is not None:
                sealed = await self._cipher.encrypt(key, json.dumps(form, ensure_ascii=False))
                await self._replace(prefix, sealed.encode())
            elif name := self._names.pop(prefix, ""):
                await self._files.remove(name)

    async def _write_lock(self, person: str, lock: _Lock) -> None:
        await self._replace(f"lock-{person}", json.dumps(asdict(lock)).encode())
        self._locks[f"lock-{person}"] = lock

    async def _replace(self, prefix: str, data: bytes) -> None:
        async with self._one_writer:
            before = self._names.get(prefix, "")
            name = f"{prefix}-{int(before.rpartition('-')[2] or 0) + 1:09d}"
            await self._files.put(name, data)
            self._names[prefix] = name
            if before:
                await self._files.remove(before)
