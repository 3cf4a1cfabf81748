"""Home visits that came before a visit could be handed over are where, and with whom, they were sealed."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlmodel import Session

from sync_server.database import schema
from sync_server.database.tables import HomeVisitRow
from sync_server.database.transactions import in_transaction, open_engine, reading
from sync_server.settings import Settings

[MIGRATION] = (schema.MIGRATIONS / "versions").glob("*_handovers.py")
BEFORE = f"{int(MIGRATION.name[:4]) - 1:04}"
VISIT = {
    **{
        "campaign": "c",
        "id": "r",
        "device": "d",
        "n": 1,
        "person": "p",
        "school": "学校",
        "class_name": "一班",
    },
    **{"kid": "k", "sealed_at": "2026-09-01T00:00:00.000Z", "received_at": "2026-09-01T00:00:00.000Z"},
    **{"keep_until": "2028-08-31", "sha256": "s", "sealed": "x"},
}


def test_an_older_home_visit_is_held_by_who_sealed_it(data_dir: Path) -> None:
    engine = open_engine(Settings(data_dir).database_url)
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))

    def before(session: Session) -> None:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, BEFORE)
        names = ", ".join(VISIT)
        values = ", ".join(f":{name}" for name in VISIT)
        session.connection().execute(text(f"INSERT INTO home_visit ({names}) VALUES ({values})"), VISIT)

    in_transaction(engine, before)
    schema.migrate(engine)
    with reading(engine) as session:
        row = session.get_one(HomeVisitRow, ("c", "r"))
        assert (row.held_by, row.held_school, row.held_class) == ("p", "学校", "一班")
        assert row.handover is None
        assert row.proven
        assert row.counted is None
        assert row.plan == ""
    engine.dispose()
