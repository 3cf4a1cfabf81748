"""One-time links with which a person sets a password."""

from sqlmodel import Session

from shared import problems
from sync_server.access import audit, people, tokens
from sync_server.access.people import Person
from sync_server.database.tables import PersonRow, SignInLinkRow
from sync_server.database.timestamps import later, now_text

VALID_DAYS = 7


def make(session: Session, person: str) -> str:
    """The token of a new link for a person: the page is `/welcome/<token>`."""
    token = tokens.fresh()
    session.add(
        SignInLinkRow(token_hash=tokens.hashed(token), person=person, expires_at=later(days=VALID_DAYS))
    )
    return token


def person_of(session: Session, token: str) -> Person:
    """The person that an unused link is for. Raises Problem link_invalid."""
    return people.of_row(session, session.get_one(PersonRow, _open_link(session, token).person))


def redeem(session: Session, token: str, password_hash: str) -> Person:
    """Set the password to that `passwords.hash_new`, and use up the link. Raises Problem link_invalid.

    The old password and this person's other links stop working, and open sessions end.
    """
    link = _open_link(session, token, to_use=True)
    people.set_password_hash(session, link.person, password_hash)
    audit.note(session, "password_set", person=link.person)
    return people.of_row(session, session.get_one(PersonRow, link.person))


def _open_link(session: Session, token: str, *, to_use: bool = False) -> SignInLinkRow:
    link = session.get(SignInLinkRow, tokens.hashed(token), with_for_update=to_use)
    if link is None or link.used_at is not None or link.expires_at <= now_text():
        raise problems.link_invalid()
    return link
