"""Tokens of phones are replaced from time to time. Those from before are due at once."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and the tokens that were replaced."""
    op.add_column("device", sa.Column("token_since", sa.String(), nullable=False, server_default=""))
    for name in ("offered_hash", "copied_at"):
        op.add_column("device", sa.Column(name, sa.String(), nullable=True))
    op.create_index("ix_device_offered_hash", "device", ["offered_hash"])
    op.create_table(
        "replaced_token",
        sa.Column("token_hash", sa.String(), primary_key=True),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
    )
    op.create_index("replaced_token_device", "replaced_token", ["campaign", "device", "at"])
