"""How often operations were left on a phone because its person did too much at once."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nobody has noted any before."""
    op.add_column("device", sa.Column("bursts", sa.Integer(), nullable=False, server_default="0"))
    for name in ("burst_at", "burst"):
        op.add_column("device", sa.Column(name, sa.String(), nullable=True))
    op.add_column("device", sa.Column("burst_left", sa.Integer(), nullable=True))
