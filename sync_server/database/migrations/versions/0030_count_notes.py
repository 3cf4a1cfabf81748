"""What is counted of a home visit, encrypted beside its envelope: filled when visits are next counted."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("home_visit", sa.Column("counted", sa.LargeBinary(), nullable=True))
