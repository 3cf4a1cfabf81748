"""Browser sessions: opened with name and password, ended when idle for long, and after some days anyway."""

from dataclasses import dataclass

from sqlalchemy import case, delete, update
from sqlmodel import Session, col, select

from shared import problems
from sync_server.access import audit, names, people, policy, tokens
from sync_server.access.people import Person
from sync_server.access.policy import Access
from sync_server.access.sign_in import passwords
from sync_server.database.tables import PersonRow, WebSessionRow
from sync_server.database.timestamps import later, now_text

_SEEN_MINUTES = 5.0
"""How exactly the session of a browser knows when it was last used, at most."""
_BROWSER_LETTERS = 300


@dataclass(frozen=True, slots=True)
class Limits:
    """After how many hours without use, and in all, a session ends."""

    idle_hours: float = 12
    total_hours: float = 7 * 24


@dataclass(frozen=True, slots=True)
class Origin:
    """Where from and with what a session is opened; `browser`: its User-Agent."""

    address: str = ""
    browser: str = ""


DEFAULT, UNKNOWN = Limits(), Origin()


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session for the list of a person's own. `id` names it, but opens nothing."""

    id: str
    since: str
    seen: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Checked:
    """Somebody whose password was right, and the hash that said so."""

    person: Person
    password_hash: str


def check(session: Session, name: str, password: str) -> Checked:
    """The person with that name and password; slow on purpose. Problems: sign_in_failed, overloaded."""
    row = session.exec(select(PersonRow).where(PersonRow.name == names.tidy(name))).first()
    password_hash = row.password_hash if row else None
    fits = passwords.fits(password_hash, password)
    if row is None or password_hash is None or not row.active or not fits:
        raise problems.sign_in_failed()
    return Checked(people.of_row(session, row), password_hash)


def recheck(session: Session, checked: Checked, new_hash: str | None = None) -> None:
    """Raise Problem sign_in_failed if the account or its password changed since it was checked.

    For the transaction that opens the session; `new_hash` replaces the old one.
    """
    row = session.get_one(PersonRow, checked.person.id, with_for_update=True)
    if not row.active or row.password_hash != checked.password_hash:
        raise problems.sign_in_failed()
    row.password_hash = new_hash or row.password_hash
    session.add(row)


def open_for(session: Session, person: Person, origin: Origin = UNKNOWN, limits: Limits = DEFAULT) -> str:
    """The token of a new session of a person; it is never one that a browser brought along."""
    token, now = tokens.fresh(), now_text()
    session.execute(delete(WebSessionRow).where(col(WebSessionRow.expires_at) <= now))
    ends = later(hours=limits.total_hours)
    row = WebSessionRow(
        token_hash=tokens.hashed(token),
        person=person.id,
        created_at=now,
        seen_at=now,
        expires_at=min(later(hours=limits.idle_hours), ends),
        ends_at=ends,
        address=origin.address,
        browser=origin.browser[:_BROWSER_LETTERS],
    )
    session.add(row)
    audit.note(session, "sign_in", person=person.id)
    return token


def close(session: Session, token: str) -> str | None:
    """End a session, if there is one; whose it was."""
    row = session.get(WebSessionRow, tokens.hashed(token))
    if row is None:
        return None
    session.delete(row)
    session.flush()
    return row.person


def sign_out(session: Session, token: str) -> None:
    """End a session, if there is one, because its person wants to; the audit log tells."""
    person = close(session, token)
    if person is not None:
        audit.note(session, "sign_out", person=person)


def access_of(session: Session, token: str) -> Access | None:
    """The access of the person whose session it is.

    None where it has ended or is unknown, or its person is no longer active or has no grant left.
    """
    person = session.exec(
        select(PersonRow.id)
        .join(WebSessionRow, col(WebSessionRow.person) == col(PersonRow.id))
        .where(
            WebSessionRow.token_hash == tokens.hashed(token),
            WebSessionRow.expires_at > now_text(),
            col(PersonRow.active),
        )
    ).first()
    found = policy.of_person(session, person) if person else None
    return found if found and found.grants else None


def wants_renewal(session: Session, token: str, limits: Limits = DEFAULT) -> bool:
    """Whether it is some minutes since the session was last said to be used."""
    row = session.get(WebSessionRow, tokens.hashed(token))
    minutes = min(_SEEN_MINUTES, limits.idle_hours * 60 / 10)
    return row is not None and row.seen_at < later(minutes=-minutes)


def renew(session: Session, token: str, limits: Limits = DEFAULT) -> None:
    """Note that the session is used, which prolongs it, but not beyond its end."""
    until = later(hours=limits.idle_hours)
    row = WebSessionRow.metadata.tables["web_session"].c
    session.execute(
        update(WebSessionRow)
        .where(row.token_hash == tokens.hashed(token), row.expires_at > now_text())
        .values(seen_at=now_text(), expires_at=case((row.ends_at < until, row.ends_at), else_=until))
    )


def listed(session: Session, person: str) -> list[OpenSession]:
    """A person's open sessions, the one that was used last first."""
    found = session.exec(
        select(WebSessionRow)
        .where(WebSessionRow.person == person, WebSessionRow.expires_at > now_text())
        .order_by(col(WebSessionRow.seen_at).desc(), WebSessionRow.token_hash)
    )
    return [
        OpenSession(_id(row.token_hash), row.created_at, row.seen_at, Origin(row.address, row.browser))
        for row in found
    ]


def id_of(token: str) -> str:
    """The id under which a session is listed."""
    return _id(tokens.hashed(token))


def end(session: Session, person: str, by: str, id: str | None = None) -> None:
    """End one of a person's sessions or, without an id, all. An id that is not theirs changes nothing."""
    ended = [
        row
        for row in session.exec(select(WebSessionRow).where(WebSessionRow.person == person))
        if id is None or _id(row.token_hash) == id
    ]
    for row in ended:
        session.delete(row)
    if ended:
        audit.note(session, "sessions_ended", person=by, subject=person, count=len(ended))


def end_others(session: Session, person: str, token: str) -> str:
    """End all of a person's sessions but the one with that token; the new token of that one.

    Who has a copy of the old token may be why the person wants it.
    """
    own, fresh = tokens.hashed(token), tokens.fresh()
    row = WebSessionRow.metadata.tables["web_session"].c
    session.execute(delete(WebSessionRow).where(row.person == person, row.token_hash != own))
    renamed = update(WebSessionRow).where(row.person == person, row.token_hash == own)
    session.execute(renamed.values(token_hash=tokens.hashed(fresh)))
    return fresh


def _id(token_hash: str) -> str:
    return token_hash[:16]
