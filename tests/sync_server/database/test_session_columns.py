"""Browsers that were signed in before sessions had limits stay so until they are idle."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text
from sqlmodel import Session

from sync_server.access import sessions, tokens
from sync_server.access.sessions import Origin
from sync_server.database import schema
from sync_server.database.timestamps import later
from sync_server.database.transactions import in_transaction, open_engine, reading
from sync_server.settings import Settings
from tests.support.postgres import Postgres

[MIGRATION] = (schema.MIGRATIONS / "versions").glob("*_session_limits.py")
BEFORE = f"{int(MIGRATION.name[:4]) - 1:04}"


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, data_dir: Path) -> Iterator[Engine]:
    """A database of the version before."""
    url = Settings(data_dir).database_url
    if request.param == "postgresql":
        postgresql: Postgres = request.getfixturevalue("postgresql")
        url = postgresql.empty()
    engine = open_engine(url)
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))

    def work(session: Session) -> None:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, BEFORE)

    in_transaction(engine, work)
    yield engine
    engine.dispose()
    if request.param == "postgresql":
        postgresql.drop(url)


def test_an_open_session_goes_on(old: Engine) -> None:
    said = {"hash": tokens.hashed("token"), "since": later(hours=-3), "until": later(hours=9)}

    def sign_in(session: Session) -> None:
        session.connection().execute(
            text("INSERT INTO person (id, name, active, created_at) VALUES ('p', '王审核', true, :since)"),
            said,
        )
        session.connection().execute(
            text(
                "INSERT INTO role_grant (id, person, role, scope, towns, school, classes, given_at)"
                " VALUES ('g', 'p', 'reviewer', 'city', '[]', '', '[]', :since)"
            ),
            said,
        )
        session.connection().execute(
            text(
                "INSERT INTO web_session (token_hash, person, created_at, expires_at)"
                " VALUES (:hash, 'p', :since, :until)"
            ),
            said,
        )

    in_transaction(old, sign_in)
    schema.migrate(old)
    with reading(old) as session:
        access = sessions.access_of(session, "token")
        assert access is not None
        assert access.person.name == "王审核"
        [one] = sessions.listed(session, "p")
        assert (one.since, one.seen, one.origin) == (said["since"], said["since"], Origin())
        assert sessions.wants_renewal(session, "token")
    in_transaction(old, lambda s: sessions.renew(s, "token"))
    with reading(old) as session:
        ends = session.connection().execute(text("SELECT expires_at, ends_at FROM web_session")).one()
    assert tuple(ends) == (said["until"], said["until"])
