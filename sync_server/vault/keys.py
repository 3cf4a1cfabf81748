"""The key pairs of home visits, one per school year: made ahead, listed, rotated, destroyed.

The database knows every public key, so phones can seal and the server takes envelopes while the key file is
away. Whoever changes keys holds the campaign's lock, so that several servers never write the file at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, select, update
from sqlmodel import Session

from shared import problems
from shared.home_visits import school_year
from shared.home_visits.school_year import SchoolYear
from shared.problems import Problem
from shared.sealed.jwe import PublicKey
from sync_server.access import audit
from sync_server.database import campaigns
from sync_server.database.tables import HomeVisitKeyRow, HomeVisitRow
from sync_server.database.timestamps import now_text, today
from sync_server.vault import key_file
from sync_server.vault.key_file import DestroyedKey, KeyPair, Keys

_KEY = HomeVisitKeyRow.metadata.tables["home_visit_key"].c
_VISIT = HomeVisitRow.metadata.tables["home_visit"].c
AHEAD_DAYS = 62
"""How long before a school year its key is made, for phones that will be without a network then."""


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key, how many home visits it opens, and when the first and last of them were sealed.

    `problem`: why it cannot be used now, as `details.why` of keys_unavailable; "" if it can.
    """

    row: HomeVisitKeyRow
    visits: int
    first_sealed: str | None
    last_sealed: str | None
    problem: str


def known(session: Session, campaign: str) -> list[HomeVisitKeyRow]:
    """Every key there is or was, the oldest first."""
    found = select(HomeVisitKeyRow).where(_KEY.campaign == campaign).order_by(_KEY.first, _KEY.made_at)
    return list(session.execute(found).scalars())


def published(session: Session, campaign: str) -> list[HomeVisitKeyRow]:
    """The key to seal to of each school year from the present one: the newest that is not destroyed."""
    newest = {row.first: row for row in known(session, campaign) if row.destroyed_at is None}
    return [row for row in newest.values() if row.until >= today()]


def ensure(session: Session, campaign: str, path: Path) -> bool:
    """Make the keys of this school year, and of the next one shortly before; whether a file was made for it.

    Nothing is made while the key file should exist and cannot be used: phones go on sealing to the keys there
    are. Raises Problem keys_unavailable where there are none.
    """
    day = date.fromisoformat(today())
    years = {school_year.of_day(one.isoformat()) for one in (day, day + timedelta(days=AHEAD_DAYS))}
    here = {row.first for row in published(session, campaign)}
    if all(year.first in here for year in years):
        return False
    campaigns.locked_end(session, campaign)
    rows = known(session, campaign)
    is_new = not rows and not path.exists()
    try:
        keys = key_file.NONE if is_new else synchronised(session, campaign, path)
        here = {row.first for row in published(session, campaign)}
        for year in sorted(years):
            if year.first not in here:
                keys = _added(session, campaign, path, keys, year)
    except Problem:
        if not here:
            raise
        return False
    return is_new


def synchronised(session: Session, campaign: str, path: Path) -> Keys:
    """The key file's keys, after database and file have learnt from each other what only one of them knew.

    A database restored from a backup lacks younger keys, and does not know which were destroyed since. Raises
    Problem keys_unavailable; details.why "wrong": the file is of another deployment, or lacks a key.
    """
    keys = key_file.read(path)
    rows = {row.kid: row for row in known(session, campaign)}
    if rows and not (keys.pairs.keys() | keys.destroyed.keys()) & rows.keys():
        raise problems.keys_unavailable(why="wrong")
    for kid, pair in keys.pairs.items():
        row = rows.get(kid)
        if row is None:
            session.add(_row(campaign, pair))
        elif row.jwk != pair.public.model_dump():
            raise problems.keys_unavailable(why="wrong")
    for kid, gone in keys.destroyed.items():
        row = rows.get(kid)
        if row is not None and row.destroyed_at is None:
            row.destroyed_at = gone.destroyed_at
            session.add(row)
    session.flush()
    return keys


def restore(session: Session, campaign: str, path: Path) -> int:
    """Learn from the key file after a restore, and erase what a destroyed key opened; how many home visits.

    A file that is away or cannot be used teaches nothing: see `trouble`.
    """
    campaigns.locked_end(session, campaign)
    try:
        synchronised(session, campaign, path)
    except Problem:
        return 0
    gone = [row for row in known(session, campaign) if row.destroyed_at is not None]
    return sum(_erase(session, row) for row in gone)


def usable(session: Session, campaign: str, path: Path) -> Keys:
    """The private keys.

    Raises Problem keys_unavailable as `key_file.read` does; details.why "wrong": of another deployment.
    """
    keys = key_file.read(path)
    rows = known(session, campaign)
    for row in rows:
        pair = keys.pairs.get(row.kid)
        if pair is not None and pair.public != PublicKey.model_validate(row.jwk):
            raise problems.keys_unavailable(why="wrong")
    if rows and not keys.pairs.keys() & {row.kid for row in rows}:
        raise problems.keys_unavailable(why="wrong")
    return keys


def trouble(session: Session, campaign: str, path: Path) -> str:
    """Why home visits cannot be opened, as `details.why` of keys_unavailable; "" if they can."""
    live = [row for row in known(session, campaign) if row.destroyed_at is None]
    if not live:
        return ""
    try:
        keys = usable(session, campaign, path)
    except Problem as problem:
        return str(problem.details["why"])
    return "" if all(row.kid in keys.pairs for row in live) else "wrong"


def listed(session: Session, campaign: str, path: Path) -> list[ListedKey]:
    """Every key with what it opens."""
    try:
        here, why = usable(session, campaign, path).pairs.keys(), "missing"
    except Problem as problem:
        here, why = {}.keys(), str(problem.details["why"])
    counted = {
        kid: (count, first, last)
        for kid, count, first, last in session.execute(
            select(_VISIT.kid, func.count(), func.min(_VISIT.sealed_at), func.max(_VISIT.sealed_at))
            .where(_VISIT.campaign == campaign, _VISIT.sealed.is_not(None))
            .group_by(_VISIT.kid)
        )
    }
    return [
        ListedKey(row, *counted.get(row.kid, (0, None, None)), "" if row.kid in here else why)
        for row in known(session, campaign)
    ]


def rotate(session: Session, campaign: str, path: Path) -> KeyPair:
    """A new key for the present school year; the old one still opens what was sealed to it.

    Makes a new file where the old one is lost. Problems: keys_unavailable for a file that cannot be used.
    """
    campaigns.locked_end(session, campaign)
    keys = synchronised(session, campaign, path) if path.exists() else key_file.NONE
    keys = _added(session, campaign, path, keys, school_year.of_day(today()))
    pair = max(keys.pairs.values(), key=lambda one: (one.made_at, one.kid))
    audit.note(session, "home_visit_key_made", subject=pair.kid)
    return pair


def destroy(session: Session, campaign: str, path: Path, kids: Sequence[str]) -> int:
    """Destroy keys and the contents they opened, here and in every backup; how many home visits those were.

    Problems: not_found, key_in_use, keys_unavailable.
    """
    campaigns.locked_end(session, campaign)
    rows = {row.kid: row for row in known(session, campaign)}
    if not kids or any(kid not in rows for kid in kids):
        raise problems.not_found()
    if any(rows[kid].until >= today() for kid in kids):
        raise problems.key_in_use()
    keys, at, count = synchronised(session, campaign, path), now_text(), 0
    for kid in kids:
        row = rows[kid]
        keys = keys.without(DestroyedKey(kid, SchoolYear(row.first, row.until), at))
        row.destroyed_at = row.destroyed_at or at
        session.add(row)
        visits = _erase(session, row)
        audit.note(session, "home_visit_key_destroyed", subject=kid, visits=visits)
        count += visits
    session.flush()
    key_file.write(path, keys)
    return count


def _erase(session: Session, key: HomeVisitKeyRow) -> int:
    """Erase what a destroyed key opened; how many home visits."""
    erased = session.execute(
        update(HomeVisitRow)
        .where(_VISIT.campaign == key.campaign, _VISIT.kid == key.kid, _VISIT.sealed.is_not(None))
        .values(sealed=None, counted=None, erased_at=key.destroyed_at, erased_why="key_destroyed")
    )
    count: int = erased.rowcount  # type: ignore[attr-defined]
    return count


def _added(session: Session, campaign: str, path: Path, keys: Keys, year: SchoolYear) -> Keys:
    """The keys with a new pair, which is in the file before anybody can seal to it."""
    pair = key_file.new_pair(year)
    keys = keys.with_pair(pair)
    key_file.write(path, keys)
    session.add(_row(campaign, pair))
    session.flush()
    return keys


def _row(campaign: str, pair: KeyPair) -> HomeVisitKeyRow:
    return HomeVisitKeyRow(
        campaign=campaign,
        kid=pair.kid,
        first=pair.year.first,
        until=pair.year.last,
        jwk=pair.public.model_dump(),
        made_at=pair.made_at,
    )
