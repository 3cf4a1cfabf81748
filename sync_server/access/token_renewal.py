"""A phone's token is replaced from time to time; the one before works until the new one was used.

The server offers a new token, the phone stores it durably and then uses it. Whatever is lost in between, the
phone has a token that works. A token that is used long after it was replaced tells of a copy of the phone.
"""

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from shared import problems
from sync_server.access import audit, grants, tokens
from sync_server.database.tables import DeviceRow, PersonRow, ReplacedTokenRow
from sync_server.database.timestamps import later, now_text
from sync_server.database.transactions import in_transaction, reading

DAYS = 30
"""How old a token becomes before the phone is asked to replace it, and may."""
_RETRY_AFTER_S = 24 * 3600
GRACE_MINUTES = 10
"""How long after it was replaced a token says nothing of a copy: a request may have been under way."""
TOLD_MINUTES = 60
"""How often the use of replaced tokens of one phone is noted, at most."""
MOST_KEPT = 24
"""Replaced tokens of one phone that are recognised: those of two years."""


def is_due(since: str) -> bool:
    """Whether a token that a phone has `since` then is to be replaced."""
    return since < later(days=-DAYS)


def offer(session: Session, campaign: str, device: str) -> str:
    """A new token for a phone, which counts once it is used; one that was offered before no longer does.

    Raises Problem too_many_attempts while the phone's own is not old: who has a copy of a phone could replace
    so many that the first one is no longer recognised, and the phone that was copied would not be told of.
    """
    row = session.get_one(DeviceRow, (campaign, device), with_for_update=True)
    if not is_due(row.token_since):
        raise problems.too_many_attempts(retry_after_s=_RETRY_AFTER_S)
    token = tokens.fresh()
    row.offered_hash = tokens.hashed(token)
    session.add(row)
    return token


def resolve(engine: Engine, token: str) -> None:
    """Look up a token that no phone has: one that was offered becomes its phone's, the use of one that was
    replaced is noted, and of any other nothing is written.
    """
    hashed = tokens.hashed(token)
    with reading(engine) as session:
        known = _offered_to(session, hashed) or session.get(ReplacedTokenRow, hashed)
    if known is not None:
        in_transaction(engine, lambda session: _resolve(session, hashed))


def replace(session: Session, row: DeviceRow, hashed: str) -> None:
    """Give a device another token, by its hash, and remember the one that it had."""
    now = now_text()
    if row.token_hash:
        before = ReplacedTokenRow(token_hash=row.token_hash, campaign=row.campaign, device=row.id, at=now)
        session.merge(before)
    row.token_hash, row.offered_hash, row.token_since = hashed, None, now
    session.add(row)
    session.flush()
    its = ReplacedTokenRow.metadata.tables["replaced_token"].c
    of_device = select(its.token_hash).where(its.campaign == row.campaign, its.device == row.id)
    oldest = of_device.order_by(its.at.desc(), its.token_hash).offset(MOST_KEPT)
    session.execute(delete(ReplacedTokenRow).where(its.token_hash.in_(oldest)))


def _resolve(session: Session, hashed: str) -> None:
    row = _offered_to(session, hashed, to_use=True)
    replaced = session.get(ReplacedTokenRow, hashed)
    if row is not None:
        replace(session, row, hashed)
    elif replaced is not None and replaced.at < later(minutes=-GRACE_MINUTES):
        _note(session, session.get_one(DeviceRow, (replaced.campaign, replaced.device), with_for_update=True))


def _offered_to(session: Session, hashed: str, *, to_use: bool = False) -> DeviceRow | None:
    found = select(DeviceRow).where(DeviceRow.offered_hash == hashed, col(DeviceRow.revoked_at).is_(None))
    return session.exec(found.with_for_update() if to_use else found).first()


def _note(session: Session, row: DeviceRow) -> None:
    """Note that there is a copy of a phone, unless it has no access: then it tries all tokens that it had."""
    active = session.get_one(PersonRow, row.person).active
    if row.revoked_at or not active or not grants.of(session, row.person):
        return
    if (row.copied_at or "") < later(minutes=-TOLD_MINUTES):
        row.copied_at = now_text()
        session.add(row)
        audit.note(session, "replaced_token_used", device=row.id)
