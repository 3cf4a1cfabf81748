"""The phone's schema, step by step: version N is what the first N steps make."""

from typing import Any

from sqlalchemy import Connection

from shared.search.folding import indexed

_FIRST = (
    """CREATE TABLE operation (
        campaign VARCHAR NOT NULL, device VARCHAR NOT NULL, n INTEGER NOT NULL, seq INTEGER,
        hlc VARCHAR NOT NULL, ledger_no VARCHAR, record VARCHAR NOT NULL, type VARCHAR NOT NULL,
        hazard VARCHAR, wire VARCHAR NOT NULL, state VARCHAR NOT NULL, code VARCHAR, details VARCHAR,
        PRIMARY KEY (campaign, device, n))""",
    "CREATE INDEX operation_state ON operation (state, n)",
    "CREATE INDEX operation_hazard ON operation (hazard, state)",
    "CREATE INDEX ix_operation_record ON operation (record)",
    """CREATE TABLE record (
        id VARCHAR NOT NULL, type VARCHAR NOT NULL, hazard VARCHAR, sha256 VARCHAR, ledger_no VARCHAR,
        state VARCHAR NOT NULL, PRIMARY KEY (id))""",
    "CREATE INDEX ix_record_hazard ON record (hazard)",
    "CREATE INDEX ix_record_sha256 ON record (sha256)",
    """CREATE TABLE hazard (
        id VARCHAR NOT NULL, ledger_no VARCHAR, water_name VARCHAR, water_type VARCHAR, town_code VARCHAR,
        status VARCHAR NOT NULL, due_date VARCHAR, lat FLOAT, lon FLOAT, conflicts INTEGER NOT NULL,
        deleted BOOLEAN NOT NULL, upload VARCHAR NOT NULL, photos_done INTEGER NOT NULL,
        photos_total INTEGER NOT NULL, thumb_sha256 VARCHAR, saved_at VARCHAR NOT NULL,
        touched VARCHAR NOT NULL, search VARCHAR NOT NULL, PRIMARY KEY (id))""",
    "CREATE INDEX hazard_order ON hazard (deleted, touched)",
    "CREATE INDEX hazard_upload ON hazard (upload)",
    "CREATE INDEX hazard_status ON hazard (status)",
    """CREATE TABLE photo_file (
        sha256 VARCHAR NOT NULL, hazard VARCHAR, record VARCHAR NOT NULL, mime VARCHAR NOT NULL,
        bytes INTEGER NOT NULL, n INTEGER NOT NULL, state VARCHAR NOT NULL, sent INTEGER NOT NULL,
        upload VARCHAR, code VARCHAR, details VARCHAR, PRIMARY KEY (sha256))""",
    "CREATE INDEX photo_file_state ON photo_file (state, n)",
    "CREATE INDEX ix_photo_file_hazard ON photo_file (hazard)",
    "CREATE TABLE meta (key VARCHAR NOT NULL, value VARCHAR NOT NULL, PRIMARY KEY (key))",
    "CREATE TABLE draft (name VARCHAR NOT NULL, form VARCHAR NOT NULL, PRIMARY KEY (name))",
)

_SNAPSHOTS = (
    "ALTER TABLE operation ADD COLUMN base INTEGER NOT NULL DEFAULT 0",
    "UPDATE operation SET base = json_extract(wire, '$.base')",
    "CREATE INDEX operation_seq ON operation (state, seq)",
    "ALTER TABLE record ADD COLUMN reading INTEGER NOT NULL DEFAULT 0",
    """CREATE TABLE device (
        id VARCHAR NOT NULL, person VARCHAR NOT NULL, name VARCHAR NOT NULL, PRIMARY KEY (id))""",
    """UPDATE meta SET value = json_set(value, '$.cursor', 0, '$.snapshot', '', '$.reading', 1)
        WHERE key = 'progress'""",
)
"""A phone from before tips cannot say which log it has seen, so it reads everything again."""

_FREEING = (
    "ALTER TABLE photo_file ADD COLUMN delivered_at VARCHAR",
    "ALTER TABLE photo_file ADD COLUMN freed BOOLEAN NOT NULL DEFAULT 0",
    """UPDATE photo_file SET delivered_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now')
        WHERE state = 'delivered'""",
)

_OWNERS = (
    "DROP INDEX operation_hazard",
    "DROP INDEX ix_record_hazard",
    "DROP INDEX ix_photo_file_hazard",
    "ALTER TABLE operation RENAME COLUMN hazard TO owner",
    "ALTER TABLE record RENAME COLUMN hazard TO owner",
    "ALTER TABLE photo_file RENAME COLUMN hazard TO owner",
    "CREATE INDEX operation_owner ON operation (owner, state)",
    "CREATE INDEX ix_record_owner ON record (owner)",
    "CREATE INDEX ix_photo_file_owner ON photo_file (owner)",
    "UPDATE record SET owner = id WHERE owner IS NULL AND type = 'education_visit'",
    "UPDATE operation SET owner = record WHERE owner IS NULL AND type = 'education_visit'",
    """UPDATE operation SET owner = json_extract(wire, '$.fields.visit')
        WHERE owner IS NULL AND type = 'photo'""",
    """UPDATE record SET owner = (
            SELECT max(operation.owner) FROM operation WHERE operation.record = record.id)
        WHERE owner IS NULL""",
    """UPDATE photo_file SET owner = (SELECT owner FROM record WHERE record.id = photo_file.record)
        WHERE owner IS NULL""",
)
"""What belongs to a visit, and the visit itself, get an owner as hazards and what is theirs have."""

_FINGERPRINTS = tuple(
    f"""UPDATE meta
        SET value = json_remove(json_set(value, '$.{new}', json_extract(value, '$.{old}')), '$.{old}')
        WHERE key = 'progress' AND json_extract(value, '$.{old}') IS NOT NULL"""  # noqa: S608, constants
    for old, new in (
        ("tip", "fingerprint"),
        ("ahead_tip", "ahead_fingerprint"),
        ("heard", "farthest"),
        ("heard_tip", "farthest_fingerprint"),
    )
)
"""Progress was kept under other names."""

_LINES = (
    "ALTER TABLE hazard ADD COLUMN sent_back BOOLEAN NOT NULL DEFAULT 0",
    "ALTER TABLE hazard ADD COLUMN sent_back_step VARCHAR",
    "ALTER TABLE hazard ADD COLUMN sent_back_reason VARCHAR",
    "ALTER TABLE hazard ADD COLUMN folded INTEGER NOT NULL DEFAULT 0",
    "DROP INDEX hazard_order",
    "CREATE INDEX hazard_order ON hazard (deleted, sent_back, touched)",
    "CREATE INDEX hazard_folded ON hazard (folded)",
    "UPDATE hazard SET search = indexed(search)",
)
"""Lines are found as before at once; what they lack is derived from their records while the phone is used."""

_VISITS = (
    """CREATE TABLE visit (
        id VARCHAR NOT NULL, visit_type VARCHAR, date VARCHAR, town_code VARCHAR, place VARCHAR,
        headcount INTEGER, households INTEGER, leaflets INTEGER, author VARCHAR NOT NULL,
        conflicts INTEGER NOT NULL, deleted BOOLEAN NOT NULL, upload VARCHAR NOT NULL,
        photos_done INTEGER NOT NULL, photos_total INTEGER NOT NULL, thumb_sha256 VARCHAR,
        saved_at VARCHAR NOT NULL, touched VARCHAR NOT NULL, search VARCHAR NOT NULL,
        folded INTEGER NOT NULL, PRIMARY KEY (id))""",
    "CREATE INDEX visit_order ON visit (deleted, touched)",
    "CREATE INDEX visit_folded ON visit (folded)",
    "CREATE INDEX visit_upload ON visit (upload)",
    "CREATE INDEX visit_day ON visit (author, date)",
    """INSERT INTO visit SELECT id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', 0, 1, 'uploaded', 0, 0,
        NULL, '', '', '', 0 FROM record WHERE type = 'education_visit'""",
)
"""Visits that are here already get their lines while the phone is used; until then lists leave them out."""

_PLACES = (
    "CREATE INDEX hazard_place ON hazard (lat, lon)",
    "CREATE INDEX hazard_name ON hazard (town_code, water_name, id)",
)
"""Hazards are found by where they are and what they are called."""

_DUE = (
    "ALTER TABLE hazard ADD COLUMN author VARCHAR NOT NULL DEFAULT ''",
    "ALTER TABLE hazard ADD COLUMN rectifiers VARCHAR NOT NULL DEFAULT ''",
    "ALTER TABLE hazard ADD COLUMN relapse_due BOOLEAN NOT NULL DEFAULT 0",
    "ALTER TABLE hazard ADD COLUMN deadline VARCHAR",
    "DROP INDEX hazard_status",
    "CREATE INDEX hazard_status ON hazard (status, touched)",
    "CREATE INDEX hazard_relapse ON hazard (relapse_due, touched)",
    "CREATE INDEX hazard_deadline ON hazard (deleted, deadline, id)",
    "CREATE INDEX hazard_author ON hazard (author, status)",
)
"""What waits for a person is found by indexes; lines get these columns while the phone is used."""

_NARROWINGS = (
    "ALTER TABLE hazard ADD COLUMN risk_level VARCHAR",
    "DROP INDEX hazard_order",
    """CREATE INDEX hazard_order ON hazard (
        deleted, sent_back, touched, status, town_code, water_type, risk_level, deadline, conflicts)""",
)
"""What a list is narrowed to is read from the index that orders it; levels come while the phone is used."""

_PATROLS = (
    "ALTER TABLE hazard ADD COLUMN seen_on VARCHAR",
    "CREATE INDEX hazard_patrol ON hazard (risk_level, seen_on, id)",
)
"""Which waters must be patrolled is found by an index; the days come while the phone is used."""

_UNITS = (
    "ALTER TABLE hazard ADD COLUMN unit VARCHAR NOT NULL DEFAULT ''",
    "CREATE INDEX hazard_unit ON hazard (unit, status)",
)
"""What was assigned to the unit of the phone's person is found by an index; units come while it is used."""

STEPS: tuple[tuple[str, ...], ...] = (
    *(_FIRST, _SNAPSHOTS, _FREEING, _OWNERS),
    *(_FINGERPRINTS, _LINES, _VISITS, _PLACES),
    *(_DUE, _NARROWINGS, _PATROLS, _UNITS),
)


def migrate(connection: Connection, steps: tuple[tuple[str, ...], ...] = STEPS) -> int:
    """Take the steps the database lacks, inside the caller's transaction; return its version then."""
    dbapi: Any = connection.connection.driver_connection
    dbapi.create_function("indexed", 1, lambda text: indexed([text]), deterministic=True)
    version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    for number, statements in enumerate(steps[version:], start=version + 1):
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"PRAGMA user_version = {number}")
    return max(version, len(steps))
