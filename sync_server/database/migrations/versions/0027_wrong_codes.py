"""How many wrong codes of the second step were typed, so that the owner of the account is told."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("second_factor", sa.Column("wrong_codes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("second_factor", sa.Column("wrong_at", sa.String(), nullable=True))
