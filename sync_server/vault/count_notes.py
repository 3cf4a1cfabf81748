"""What is counted of a home visit, noted beside its envelope, so that counting need not open it again.

A note is encrypted (AES-256-GCM) under a key that follows from the private key of the visit's school year:
the database alone tells nothing, and a destroyed key destroys its notes. All notes are of one length, and
each is bound to its record, its school and its key. One that does not fit is as good as none.
"""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared import problems
from shared.home_visits.model import HomeVisit
from shared.problems import Problem
from sync_server.vault import key_file, sealing
from sync_server.vault.key_file import Keys

DOES_NOT_OPEN = b"-"
"""The note of an envelope that no key will ever open."""
_NONCE, _LENGTH, _PURPOSE = 12, 48, b"anlan: what is counted of home visits"


class Noted(NamedTuple):
    """What is counted of a visit: its month, "2026-11", mode and reason; whether it plans a follow-up."""

    month: str
    mode: str
    reason: str
    plans: bool


class Marked(NamedTuple):
    """Where a note is: it is of no use anywhere else."""

    record: str
    kid: str
    school: str

    def bound(self) -> bytes:
        """What the note is bound to."""
        return "\0".join(self).encode()


def of_visit(visit: HomeVisit) -> Noted:
    """What is counted of an opened visit."""
    month = visit.visit_date.isoformat()[:7]
    return Noted(month, visit.mode.value, visit.reason.value, bool(visit.follow_up))


@dataclass(slots=True)
class Notebook:
    """Writes and reads notes with the private keys."""

    keys: Keys
    _ciphers: dict[str, AESGCM] = field(default_factory=dict)

    def opened(self, marked: Marked, sealed: str) -> tuple[Noted | None, bytes | None]:
        """What is counted of an envelope, and the note of it: (None, None) while its key is away."""
        try:
            noted = of_visit(sealing.opened(sealed, self.keys))
        except Problem as problem:
            return None, None if problem.kind is problems.envelope_key_unknown else DOES_NOT_OPEN
        return noted, self.written(marked, noted)

    def written(self, marked: Marked, noted: Noted) -> bytes:
        """The note. Raises KeyError without the key."""
        said = "\0".join((noted.month, noted.mode, noted.reason, "1" if noted.plans else ""))
        nonce = os.urandom(_NONCE)
        content = said.encode().ljust(_LENGTH)
        return nonce + self._cipher(marked.kid).encrypt(nonce, content, marked.bound())

    def read(self, marked: Marked, note: bytes) -> Noted | None:
        """What a note says; None where it does not fit or its key is away."""
        try:
            content = self._cipher(marked.kid).decrypt(note[:_NONCE], note[_NONCE:], marked.bound())
            month, mode, reason, plans = content.decode().rstrip(" ").split("\0")
        except (KeyError, InvalidTag, ValueError):
            return None
        return Noted(month, mode, reason, plans == "1")

    def _cipher(self, kid: str) -> AESGCM:
        if kid not in self._ciphers:
            private: Mapping[str, str] = self.keys.pairs[kid].private.export_private(as_dict=True)
            secret = base64.urlsafe_b64decode(private["d"] + "==")
            derived = HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(secret)
            self._ciphers[kid] = AESGCM(derived)
        return self._ciphers[kid]


def open_notebook(path: Path) -> Notebook | None:
    """To note what is counted of each visit, before the database is locked; None while the keys are away."""
    try:
        return Notebook(key_file.read(path))
    except Problem:
        return None
