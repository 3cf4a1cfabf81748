"""Failed attempts to sign in or to enrol, counted for all servers together."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "attempt",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("empty_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_attempt_empty_at", "attempt", ["empty_at"])
