"""Which hazard another was merged into, so that those merged into one are found."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and fill it from what the events say."""
    op.add_column("hazard_event", sa.Column("merged_into", sa.String(), nullable=True))
    connection = op.get_bind()
    merges = connection.execute(
        sa.text("SELECT campaign, id, fields FROM hazard_event WHERE event_type = 'merge'")
    )
    rows = [
        {"of": row.campaign, "event": row.id, "into": _fields(row.fields).get("merged_into")}
        for row in merges
    ]
    if rows:
        connection.execute(
            sa.text("UPDATE hazard_event SET merged_into = :into WHERE campaign = :of AND id = :event"), rows
        )
    op.create_index(
        "hazard_event_merged_into",
        "hazard_event",
        ["campaign", "merged_into"],
        sqlite_where=sa.text("merged_into IS NOT NULL"),
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )


def _fields(kept: Any) -> dict[str, Any]:
    """What an event says: SQLite hands back a text, PostgreSQL what it says."""
    fields: dict[str, Any] = json.loads(kept) if isinstance(kept, str) else kept
    return fields
