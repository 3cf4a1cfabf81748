"""Browser sessions: opened with name and password, ended after twelve idle hours."""

from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from shared import problems
from sync_server.access import audit, names, people, policy, tokens
from sync_server.access.people import Person
from sync_server.access.policy import Access
from sync_server.access.sign_in import passwords
from sync_server.database.tables import PersonRow, WebSessionRow
from sync_server.database.timestamps import later, now_text

IDLE_HOURS = 12
_RENEW_BELOW_HOURS = 11


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


def open_checked(session: Session, checked: Checked, new_hash: str | None = None) -> str:
    """The token of a new session for who was checked before this transaction; `new_hash` replaces the old.

    Raises Problem sign_in_failed if the account or its password changed since.
    """
    row = session.get_one(PersonRow, checked.person.id, with_for_update=True)
    if not row.active or row.password_hash != checked.password_hash:
        raise problems.sign_in_failed()
    row.password_hash = new_hash or row.password_hash
    session.add(row)
    return open_for(session, checked.person)


def open_for(session: Session, person: Person) -> str:
    """The token of a new session of a person."""
    token = tokens.fresh()
    session.add(
        WebSessionRow(
            token_hash=tokens.hashed(token),
            person=person.id,
            created_at=now_text(),
            expires_at=later(hours=IDLE_HOURS),
        )
    )
    audit.note(session, "sign_in", person=person.id)
    return token


def close(session: Session, token: str) -> None:
    """End a session, if there is one."""
    session.execute(delete(WebSessionRow).where(col(WebSessionRow.token_hash) == tokens.hashed(token)))


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


def wants_renewal(session: Session, token: str) -> bool:
    """Whether the session has been used for an hour and should be prolonged."""
    row = session.get(WebSessionRow, tokens.hashed(token))
    return row is not None and now_text() < row.expires_at < later(hours=_RENEW_BELOW_HOURS)


def renew(session: Session, token: str) -> None:
    """Prolong the session by twelve idle hours."""
    session.execute(
        update(WebSessionRow)
        .where(col(WebSessionRow.token_hash) == tokens.hashed(token))
        .where(col(WebSessionRow.expires_at) > now_text())
        .values(expires_at=later(hours=IDLE_HOURS))
    )
