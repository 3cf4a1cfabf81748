"""Bringing a database to the present schema; alembic is only loaded when there is something to do."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"


def newest() -> str:
    """The revision that the code expects: the number that the last file of `versions` begins with."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def present(engine: Engine) -> str | None:
    """The revision a database is at, None for an empty one."""
    if not inspect(engine).has_table(VERSION_TABLE):
        return None
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
    return str(found) if found else None


def migrate(engine: Engine) -> None:
    """Bring the database to `newest`, in one transaction."""
    if present(engine) == newest():
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.execution_options(writes="FULL").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
