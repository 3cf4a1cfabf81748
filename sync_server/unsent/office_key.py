"""The office's key: phones seal to it what they cannot send, and this server opens that.

The private key is in a file of its own beside that of home visits, outside the database's folder.
"""

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from jwcrypto.common import JWException
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from shared import problems
from shared.problems import Problem
from shared.sealed.jwe import ALGORITHM, CURVE, ENCRYPTION, PublicKey
from shared.sync.wire import OfficeKey
from sync_server.access.sign_in import private_file

log = logging.getLogger(__name__)

Opener = Callable[[str], bytes]
"""What a JWE holds. Raises ValueError for one that was changed, or that was sealed to another key."""


class OfficeKeyFile:
    """The key in the file at `path`, which is made when it is first needed.

    Where it was lost, another one is made: phones hear of it with their next pull and export again, as they
    keep what they exported. What was sealed to the lost one cannot be opened any more.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: tuple[int, OfficeKey] | None = None
        self._trouble = ""
        self._making = threading.Lock()

    def public(self) -> OfficeKey | None:
        """What phones seal to; None while the file cannot be used."""
        known, written = self._known, self._written()
        if known is not None and known[0] == written:
            return known[1]
        try:
            public = _public(self._private(may_make=True))
        except Problem as problem:
            if self._trouble != problem.details["why"]:  # asked with every pull
                self._trouble = problem.details["why"]
                log.error("the office's key cannot be used: %s", self._trouble)
            return None
        self._known, self._trouble = (self._written(), public), ""
        return public

    def opener(self) -> tuple[str, Opener]:
        """The key's `kid`, and what opens a JWE with it.

        Raises Problem office_key_unavailable; details.why: missing, readable_by_others, damaged, unwritable.
        """
        private = self._private()

        def opened(sealed: str) -> bytes:
            token = JWE(algs=[ALGORITHM, ENCRYPTION])
            try:
                token.deserialize(sealed)
                token.decrypt(private)
            except (JWException, ValueError, TypeError):
                raise ValueError from None
            payload: bytes = token.payload
            return payload

        return _public(private).kid, opened

    def _written(self) -> int:
        """Changes when the file does; 0 while there is none."""
        try:
            return self._path.stat().st_mtime_ns
        except OSError:
            return 0

    def _private(self, *, may_make: bool = False) -> JWK:
        try:
            with self._making:
                if may_make and not self._path.exists():
                    private_file.create(self._path, JWK.generate(kty="EC", crv=CURVE).export())
            content = private_file.read(self._path)
        except private_file.Unusable as unusable:
            raise problems.office_key_unavailable(why=unusable.why) from None
        try:
            private = JWK.from_json(content.decode())
            if not private.has_private or json.loads(private.export_public()).get("crv") != CURVE:
                raise ValueError
        except (JWException, ValueError, TypeError):
            # Not from the error: it would carry a part of the file's text into a traceback.
            raise problems.office_key_unavailable(why="damaged") from None
        return private


def _public(private: JWK) -> OfficeKey:
    jwk = json.loads(private.export_public())
    public = PublicKey(kty=jwk["kty"], crv=jwk["crv"], x=jwk["x"], y=jwk["y"])
    return OfficeKey(kid=private.thumbprint()[:16], jwk=public)
