"""The index of photos that no record names, by a condition that SQLite finds in the queries."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index anew: SQLite compares the words of conditions, and the queries say `unnamed = 1`."""
    op.drop_index("photo_holder_unnamed", "photo_holder")
    op.create_index(
        "photo_holder_unnamed",
        "photo_holder",
        ["campaign", "person"],
        sqlite_where=sa.text("unnamed = 1"),
        postgresql_where=sa.text("unnamed"),
    )
