"""Encrypts the secrets of authenticator apps: the key is a file of its own, outside the database's folder.

A secret is kept as a JWE (`dir`, A256GCM) whose header names its person, so that it opens for nobody else.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from jwcrypto.common import JWException
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from shared import problems
from sync_server.access.sign_in import private_file

_ALGORITHMS = ["dir", "A256GCM"]


def is_sealed(kept: str) -> bool:
    """Whether a secret is kept encrypted: those of version 0.1 were not."""
    return "." in kept


@dataclass(frozen=True, slots=True)
class SecretBox:
    """The key in the file at `path`, read when it is needed.

    Raises Problem second_factor_unavailable; details.why: missing, readable_by_others, damaged, unwritable,
    and wrong for a secret that another key encrypted.
    """

    path: Path

    def seal(self, person: str, secret: str, *, may_make: bool = False) -> str:
        """Somebody's secret as it is kept; `may_make`: make the file if it is missing."""
        if may_make and not self.path.exists():
            self._make()
        header = json.dumps({"alg": "dir", "enc": "A256GCM", "sub": person})
        return str(JWE(secret.encode(), protected=header, recipient=self._key()).serialize(compact=True))

    def open(self, person: str, kept: str) -> str:
        """Somebody's secret."""
        if not is_sealed(kept):
            return kept
        envelope = JWE(algs=_ALGORITHMS)
        try:
            envelope.deserialize(kept, key=self._key())
        except (JWException, ValueError):
            raise problems.second_factor_unavailable(why="wrong") from None
        if envelope.jose_header.get("sub") != person:
            raise problems.second_factor_unavailable(why="wrong")
        return str(envelope.payload.decode())

    def _key(self) -> JWK:
        try:
            content = private_file.read(self.path)
        except private_file.Unusable as unusable:
            raise problems.second_factor_unavailable(why=unusable.why) from None
        try:
            return JWK.from_json(content.decode())
        except (JWException, ValueError, TypeError):
            # Not from the error: it would carry a part of the file's text into a traceback.
            raise problems.second_factor_unavailable(why="damaged") from None

    def _make(self) -> None:
        try:
            private_file.create(self.path, JWK.generate(kty="oct", size=256).export_symmetric())
        except private_file.Unusable as unusable:
            raise problems.second_factor_unavailable(why=unusable.why) from None
