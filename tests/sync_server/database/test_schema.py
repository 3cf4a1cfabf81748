"""The migrations make exactly the tables that the code expects."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from sync_server.database import schema
from sync_server.database.tables import Table
from sync_server.maintenance import setup
from sync_server.settings import Settings
from tests.support.postgres import Postgres


def test_migrations_and_tables_agree(data_dir: Path, database_url: str) -> None:
    engine = setup.open_database(Settings(data_dir, database_url))
    assert schema.present(engine) == schema.newest()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []
    engine.dispose()


def test_the_campaign_comes_first_in_every_key_and_index_of_field_data() -> None:
    apart = {"person", "role_grant", "enrolment_code", "sign_in_link", "web_session", "upload", "school"}
    apart |= {
        "audit",
        "audit_end",
        "attempt",
        "people_import",
        "sign_in_step",
        "second_factor",
        "recovery_code",
        "replaced_token",
    }
    for table in Table.metadata.tables.values():
        if table.name in apart:
            continue
        first = next(iter(table.primary_key.columns)).name
        assert first == ("id" if table.name == "campaign" else "campaign"), table.name
        for index in table.indexes:
            columns = [column.name for column in index.columns]
            assert columns[0] == "campaign" or index.unique or table.name == "device", index.name


def test_several_servers_that_start_at_once_migrate_once(data_dir: Path, postgresql: Postgres) -> None:
    url = postgresql.empty()
    with ThreadPoolExecutor(4) as pool:
        engines = list(pool.map(setup.open_database, [Settings(data_dir, url)] * 4))
    assert {schema.present(engine) for engine in engines} == {schema.newest()}
    for engine in engines:
        engine.dispose()
    postgresql.drop(url)


def test_a_sqlite_file_is_durable(data_dir: Path) -> None:
    engine = setup.open_database(Settings(data_dir))
    with engine.connect() as connection:
        said = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous")
        }
    engine.dispose()
    assert said == {"journal_mode": "wal", "synchronous": 2}
