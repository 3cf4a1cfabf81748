"""The key file: the private keys of home visits, outside the database, its folder and its backups.

A JSON file that only the server's user can read. It also keeps which keys were destroyed, as a database that
is restored from a backup does not know.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jwcrypto.common import JWException
from jwcrypto.jwk import JWK
from pydantic import BaseModel, ConfigDict, ValidationError

from shared import problems
from shared.home_visits.school_year import SchoolYear
from shared.records.values import Day
from shared.sealed.jwe import CURVE, KeyId, PublicKey
from sync_server.access.sign_in import private_file
from sync_server.database.timestamps import now_text


@dataclass(frozen=True, slots=True)
class KeyPair:
    """The key pair `kid` of a school year; `made_at` as in the database."""

    kid: str
    year: SchoolYear
    made_at: str
    private: JWK

    @property
    def public(self) -> PublicKey:
        """What phones seal to."""
        jwk = json.loads(self.private.export_public())
        return PublicKey(kty=jwk["kty"], crv=jwk["crv"], x=jwk["x"], y=jwk["y"])


@dataclass(frozen=True, slots=True)
class DestroyedKey:
    """A key pair that is no more."""

    kid: str
    year: SchoolYear
    destroyed_at: str


@dataclass(frozen=True, slots=True)
class Keys:
    """What a key file holds, by `kid`."""

    pairs: Mapping[str, KeyPair]
    destroyed: Mapping[str, DestroyedKey]

    def with_pair(self, pair: KeyPair) -> "Keys":
        """These and one more."""
        return replace(self, pairs={**self.pairs, pair.kid: pair})

    def without(self, gone: DestroyedKey) -> "Keys":
        """These without a pair that is destroyed."""
        pairs = {kid: pair for kid, pair in self.pairs.items() if kid != gone.kid}
        return Keys(pairs, {**self.destroyed, gone.kid: gone})


NONE = Keys({}, {})


class _Pair(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kid: KeyId
    first: Day
    last: Day
    made_at: str
    jwk: dict[str, Any]


class _Destroyed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kid: KeyId
    first: Day
    last: Day
    destroyed_at: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    keys: list[_Pair]
    destroyed: list[_Destroyed]


def new_pair(year: SchoolYear) -> KeyPair:
    """A fresh key pair for a school year."""
    private = JWK.generate(kty="EC", crv=CURVE)
    return KeyPair(f"{year.first[:4]}-{private.thumbprint()[:12]}", year, now_text(), private)


def read(path: Path) -> Keys:
    """What the file holds.

    Raises Problem keys_unavailable; details.why: missing, readable_by_others, damaged.
    """
    try:
        content = private_file.read(path)
    except private_file.Unusable as unusable:
        raise problems.keys_unavailable(why=unusable.why) from None
    try:
        file_content = _File.model_validate_json(content)
        pairs = [_pair(one) for one in file_content.keys]
    except (ValidationError, JWException, ValueError, TypeError):
        # Not from the error: it would carry a part of the file's text into a traceback.
        raise problems.keys_unavailable(why="damaged") from None
    gone = [
        DestroyedKey(one.kid, SchoolYear(one.first.isoformat(), one.last.isoformat()), one.destroyed_at)
        for one in file_content.destroyed
    ]
    return Keys({pair.kid: pair for pair in pairs}, {one.kid: one for one in gone})


def write(path: Path, keys: Keys) -> None:
    """Put the keys into the file, whole or not at all, readable by nobody else. Raises keys_unavailable."""
    content = json.dumps(
        {
            "keys": [_pair_json(pair) for pair in keys.pairs.values()],
            "destroyed": _destroyed_json(keys.destroyed.values()),
        },
        indent=1,
    ).encode()
    try:
        private_file.replace(path, content)
    except private_file.Unusable as unusable:
        raise problems.keys_unavailable(why=unusable.why) from None


def _pair(kept: _Pair) -> KeyPair:
    private = JWK(**kept.jwk)
    if not private.has_private or json.loads(private.export_public()).get("crv") != CURVE:
        raise ValueError("no private key")
    return KeyPair(kept.kid, SchoolYear(kept.first.isoformat(), kept.last.isoformat()), kept.made_at, private)


def _pair_json(pair: KeyPair) -> dict[str, Any]:
    return {
        "kid": pair.kid,
        "first": pair.year.first,
        "last": pair.year.last,
        "made_at": pair.made_at,
        "jwk": pair.private.export_private(as_dict=True),
    }


def _destroyed_json(destroyed: Iterable[DestroyedKey]) -> list[dict[str, str]]:
    return [
        {"kid": one.kid, "first": one.year.first, "last": one.year.last, "destroyed_at": one.destroyed_at}
        for one in destroyed
    ]
