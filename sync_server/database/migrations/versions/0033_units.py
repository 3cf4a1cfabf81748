"""For which unit somebody works: their phone lists what was assigned to it."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("person", sa.Column("unit", sa.String(), nullable=False, server_default=""))
