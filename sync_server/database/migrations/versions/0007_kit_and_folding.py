"""What events found of the kit stands with the hazard, and a campaign says by which rules it was folded."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; existing rows are folded again when the database is opened."""
    op.add_column("hazard", sa.Column("kit", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("campaign", sa.Column("folded", sa.Integer(), nullable=False, server_default="0"))
