"""Who holds the bytes of a photo: until now, whoever named a photo that is here."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and keep every photo readable to those to whom it was."""
    table = op.create_table(
        "photo_holder",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.Column("unnamed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "sha256", "person"),
    )
    op.create_index(
        "photo_holder_unnamed",
        "photo_holder",
        ["campaign", "person"],
        sqlite_where=sa.text("unnamed"),
        postgresql_where=sa.text("unnamed"),
    )
    connection = op.get_bind()
    here = {
        (row.campaign, row.sha256): row.received_at
        for row in connection.execute(sa.text("SELECT campaign, sha256, received_at FROM photo_file"))
    }
    named = connection.execute(
        sa.text("SELECT campaign, wire FROM operation WHERE type = 'photo' AND kind = 'attach'")
    )
    holders = {(row.campaign, *_named(row.wire)) for row in named}
    quarantined = connection.execute(
        sa.text("SELECT campaign, raw FROM quarantine WHERE raw LIKE '%sha256%'")
    )
    holders |= {(row.campaign, *_named(row.raw)) for row in quarantined}
    rows = [
        {"campaign": campaign, "sha256": sha256, "person": person, "since": here[campaign, sha256]}
        for campaign, sha256, person in holders
        if person and (campaign, sha256) in here
    ]
    if rows:
        connection.execute(table.insert(), [{**row, "unnamed": False} for row in rows])


def _named(text: str) -> tuple[str, str]:
    """The photo that an operation names, and its author; "" for what it does not say."""
    said: Any = json.loads(text)
    fields = said.get("fields")
    sha256 = fields.get("sha256") if isinstance(fields, dict) else None
    author = said.get("author")
    return (sha256 if isinstance(sha256, str) else "", author if isinstance(author, str) else "")
