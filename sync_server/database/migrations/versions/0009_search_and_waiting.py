"""Persons are searched apart from the rest of a hazard, and devices say how many photos wait, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; the texts that are searched are folded again when the database is opened."""
    op.add_column("hazard", sa.Column("search_persons", sa.Text(), nullable=False, server_default=""))
    op.add_column("device", sa.Column("waiting_photos", sa.Integer(), nullable=True))
    op.add_column("device", sa.Column("waiting_at", sa.String(), nullable=True))
