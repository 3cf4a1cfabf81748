"""Rows of older revisions are carried over: none is lost or changed, on SQLite and on PostgreSQL.

At every third revision since 0.1, the last but one among them, the tables hold what 0.1 kept, brought there
by the migrations before, and made-up rows where it kept none. Then they are migrated to the newest one. On
PostgreSQL the everyday test begins at the first of them, from where all migrations run, and at the last,
where all tables are; to begin at each of them is for soak.
"""

import itertools
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from sync_server.database import schema
from sync_server.database.transactions import open_engine
from tests.support.postgres import Postgres

Rows = dict[str, list[dict[str, Any]]]
"""Table → its rows."""
FIRST = "0012"
MOST = 30
"""Rows of a table that are looked at."""
SERVER = Path(__file__).parent / "from_0_1" / "server.zip"
STEPS = [path.name[:4] for path in sorted((schema.MIGRATIONS / "versions").glob("[0-9]*.py"))]
LATER: Mapping[str, Mapping[str, Any]] = {
    "role_grant": {"scope": "school", "school": "0769-1", "given_at": "2026-06-01T00:00:00.000Z"},
    "hazard_event": {"event_type": "merge", "fields": {"merged_into": "elsewhere"}},
}
"""Table → what one more row says that 0.1 could not write, and migrations look at."""


def upgrade(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def tables(engine: Engine) -> dict[str, sa.Table]:
    found = sa.MetaData()
    found.reflect(engine)
    return {name: table for name, table in found.tables.items() if name != schema.VERSION_TABLE}


def rows_of(engine: Engine, most: int | None = None) -> Rows:
    with engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.execute(sa.select(table).limit(most)).mappings()]
            for name, table in tables(engine).items()
        }


def insert(engine: Engine, rows: Rows) -> None:
    found = tables(engine)
    with engine.begin() as connection:
        for name, some in rows.items():
            if some:
                connection.execute(sa.insert(found[name]), some)


def made_up(table: sa.Table, number: int) -> dict[str, Any]:
    """A row with something in every column, and in the second one nothing where that is allowed."""
    return {
        column.name: None if number and column.nullable else value_for(column, number)
        for column in table.columns
    }


def value_for(column: sa.Column[Any], number: int) -> Any:
    match column.type:
        case sa.JSON():
            return {"number": number}
        case sa.Boolean():
            return bool(number)
        case sa.Integer() | sa.Numeric():
            return number + 1
    if column.name == "at" or column.name.endswith("_at"):
        return f"2026-06-0{number + 1}T00:00:00.000Z"
    text = f"{column.table.name}.{column.name}.{number}"
    return text.encode() if isinstance(column.type, sa.LargeBinary) else text


def empty(engine: Engine) -> None:
    """Take out what migrations put into new databases."""
    with engine.begin() as connection:
        for table in tables(engine).values():
            connection.execute(sa.delete(table))


def fill(engine: Engine) -> None:
    """Put rows into the tables that 0.1 left empty, and those `LATER` into others."""
    found, there = tables(engine), rows_of(engine)
    empty: Rows = {
        name: [made_up(found[name], n) for n in range(2)] for name, some in there.items() if not some
    }
    for name, differing in LATER.items():
        if there[name]:
            empty[name] = [{**there[name][0], "id": f"{name}-later", **differing}]
    insert(engine, empty)


def told(rows: Iterable[Mapping[str, Any]], names: Iterable[str]) -> set[str]:
    """What rows say in some columns."""
    return {json.dumps({name: row[name] for name in names}, sort_keys=True, default=repr) for row in rows}


@pytest.fixture(scope="module")
def at_revisions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """Revision → what 0.1 kept, as it is there."""
    folder = tmp_path_factory.mktemp("revisions")
    with zipfile.ZipFile(SERVER) as archive:
        kept = archive.extract("anlan.sqlite3", folder)
    engine = sa.create_engine(f"sqlite:///{kept}")
    found = {}
    for revision in STEPS[STEPS.index(FIRST) : -1][::-3][::-1]:
        upgrade(engine, revision)
        found[revision] = rows_of(engine, MOST)
    engine.dispose()
    return found


@pytest.fixture(
    params=[
        "sqlite",
        "first and last on postgresql",
        pytest.param("all on postgresql", marks=[pytest.mark.soak, pytest.mark.timeout(900)]),
    ]
)
def database(request: pytest.FixtureRequest) -> str:
    """The kind of the databases, and with how many revisions it is tried."""
    return str(request.param)


@pytest.fixture
def begun(at_revisions: dict[str, Rows], database: str) -> dict[str, Rows]:
    """Those of `at_revisions` that are tried."""
    first, *_, last = at_revisions.items()
    return dict([first, last]) if database.startswith("first") else at_revisions


@pytest.fixture
def new_url(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Callable[[], str]:
    """Makes empty databases."""
    if database == "sqlite":
        numbers = itertools.count()
        return lambda: f"sqlite:///{tmp_path / f'{next(numbers)}.sqlite3'}"
    postgres: Postgres = request.getfixturevalue("postgresql")
    return postgres.empty


def test_every_row_of_an_older_revision_is_there_at_the_newest(
    begun: dict[str, Rows], new_url: Callable[[], str]
) -> None:
    for revision, kept in begun.items():
        url = new_url()
        engine = sa.create_engine(url)
        upgrade(engine, revision)
        empty(engine)
        insert(engine, kept)
        fill(engine)
        before = rows_of(engine)
        assert all(before.values()), "every table has rows"
        server = open_engine(url)
        schema.migrate(server)
        server.dispose()
        after = rows_of(engine)
        for table, rows in before.items():
            lost = told(rows, rows[0]) - told(after[table], rows[0])
            assert not lost, (revision, table)
        if revision < "0017":
            assert "0769-1" in {one["code"] for one in after["school"]}, revision
        if revision < "0019":
            assert "elsewhere" in {one["merged_into"] for one in after["hazard_event"]}, revision
        engine.dispose()
