"""Limits guessing: after too many failures, at one target or from one address, callers have to wait.

Counted in the database, so that several servers count together and a restart forgets nothing. Each limit is a
bucket that leaks evenly: its row says when it will be empty, and is deleted then. No names or addresses are
stored, only hashes.
"""

import ipaddress
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Engine, bindparam, delete, select, text, update

from shared import problems
from shared.problems import Problem
from sync_server.access import tokens
from sync_server.database.tables import AttemptRow
from sync_server.database.timestamps import now_ms
from sync_server.database.transactions import in_plain_transaction, looking_up

MOST = 10
"""Failures at one target from one address, in `WINDOW_S`."""
MOST_FROM_ONE_PLACE = 100
"""Failures from one address at any target, in `WINDOW_S`. Many people may share it."""
WINDOW_S = 600
MOST_ANYWHERE = 50
"""Failures at one account in `DAY_S` from all addresses from which its owner has not signed in lately."""
DAY_S = 86_400
MOST_CODES = 20
"""Wrong codes of an app at one account in `DAY_S`: from all strange addresses, and at each known one."""
KNOWN_DAYS = 30
"""How long after a sign-in an address counts as its owner's."""
_GUESSES = (
    *(problems.sign_in_failed, problems.second_factor_wrong),
    *(problems.code_invalid, problems.link_invalid),
)
_ATTEMPT = AttemptRow.metadata.tables["attempt"].c
_READ = select(_ATTEMPT.key, _ATTEMPT.empty_at).where(_ATTEMPT.key.in_(bindparam("keys", expanding=True)))
_ADD = text(
    "INSERT INTO attempt (key, empty_at) VALUES (:key, :now + :more) ON CONFLICT (key) DO UPDATE SET empty_at"
    " = CASE WHEN attempt.empty_at > :now THEN attempt.empty_at ELSE :now END + :more RETURNING empty_at"
)


class Target(StrEnum):
    """What may be guessed."""

    PASSWORD = "password"  # noqa: S105
    ENROLMENT_CODE = "enrolment_code"
    LINK = "link"
    SECOND_FACTOR = "second_factor"
    RECOVERY_CODE = "recovery_code"


_KNOWN_BY = {
    Target.PASSWORD: Target.PASSWORD,
    Target.SECOND_FACTOR: Target.SECOND_FACTOR,
    Target.RECOVERY_CODE: Target.SECOND_FACTOR,
}
"""Target of a right attempt → the target for which its address counts as the owner's from then on."""


@dataclass(frozen=True, slots=True)
class _Limit:
    key: str
    most: int
    each_ms: int
    """How long it takes until one failure more is allowed."""

    def check(self, empty_at: int, now: int) -> None:
        """Raise Problem too_many_attempts if the bucket that is empty then overflows now."""
        over = empty_at - now - self.most * self.each_ms
        if over > 0:
            raise problems.too_many_attempts(retry_after_s=math.ceil(over / 1000))


class Attempts:
    """The failures of late, by target and address."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def guard(self, target: Target, which: str, address: str) -> Iterator[None]:
        """Allow one attempt at `which` (a name, a code) from an address; waits for the database.

        Raises Problem too_many_attempts. The attempt is counted before it is made, so that many at once are
        not more than one after the other, and given back unless it fails as a guess. A correct one forgets
        the failures at the same target from the same address.
        """
        place = _network(address)
        known_by = _KNOWN_BY.get(target)
        own = tokens.hashed(f"{known_by} known {place} {which}") if known_by else None
        limits = self._limits(target, which, place, own)
        here = limits[1]
        in_plain_transaction(self._engine, lambda connection: _take(connection, limits), durable=False)
        try:
            yield
        except Problem as problem:
            if problem.kind not in _GUESSES:
                with suppress(Problem):
                    self._give_back(limits)
            raise
        self._give_back(limits, here, own)

    def _limits(self, target: Target, which: str, place: str, own: str | None) -> Sequence[_Limit]:
        """The limits that an attempt counts towards. Raises Problem too_many_attempts, without a write."""
        limits = [
            _limit(f"{target} at {place}", MOST_FROM_ONE_PLACE, WINDOW_S),
            _limit(f"{target} at {place} {which}", MOST, WINDOW_S),
        ]
        elsewhere, known = _daily(target, which, place)
        with looking_up(self._engine) as connection:
            keys = [own or "", *(limit.key for limit in (*limits, *elsewhere, *known))]
            found = connection.execute(_READ, {"keys": keys})
            empty_at = {row.key: row.empty_at for row in found}
        now = now_ms()
        limits += known if empty_at.get(own or "", 0) > now else elsewhere
        for limit in limits:
            limit.check(max(empty_at.get(limit.key, 0), now) + limit.each_ms, now)
        return limits

    def _give_back(
        self, limits: Sequence[_Limit], forgiven: _Limit | None = None, own: str | None = None
    ) -> None:
        def work(connection: Connection) -> None:
            for limit in sorted(limits, key=lambda limit: limit.key):
                row = AttemptRow.metadata.tables["attempt"]
                if limit is forgiven:
                    connection.execute(delete(row).where(_ATTEMPT.key == limit.key))
                else:
                    less = _ATTEMPT.empty_at - limit.each_ms
                    connection.execute(update(row).where(_ATTEMPT.key == limit.key).values(empty_at=less))
            if own:
                connection.execute(delete(row).where(_ATTEMPT.key == own))
                known = {"key": own, "now": now_ms(), "more": KNOWN_DAYS * DAY_S * 1000}
                connection.execute(_ADD, known)

        in_plain_transaction(self._engine, work, durable=False)


def _take(connection: Connection, limits: Sequence[_Limit]) -> None:
    now = now_ms()
    connection.execute(delete(AttemptRow.metadata.tables["attempt"]).where(_ATTEMPT.empty_at <= now))
    for limit in sorted(limits, key=lambda limit: limit.key):
        values = {"key": limit.key, "now": now, "more": limit.each_ms}
        limit.check(connection.execute(_ADD, values).scalar_one(), now)


def _daily(target: Target, which: str, place: str) -> tuple[list[_Limit], list[_Limit]]:
    """The daily limits of an account: of all strange addresses together, and of one that is its owner's.

    Passwords are so much harder to guess than codes that they need none at the owner's addresses.
    """
    match target:
        case Target.PASSWORD:
            return [_limit(f"{target} anywhere {which}", MOST_ANYWHERE, DAY_S)], []
        case Target.SECOND_FACTOR:
            anywhere = _limit(f"{target} anywhere {which}", MOST_CODES, DAY_S)
            return [anywhere], [_limit(f"{target} daily at {place} {which}", MOST_CODES, DAY_S)]
        case _:
            return [], []


def _limit(what: str, most: int, seconds: int) -> _Limit:
    return _Limit(tokens.hashed(what), most, seconds * 1000 // most)


def _network(address: str) -> str:
    """The address; for IPv6 the /64 network, which one customer has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
