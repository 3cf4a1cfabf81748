"""What the server needs to check what phones say: a secret per campaign, and what each device claimed."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; each campaign gets a secret of its own."""
    op.add_column("campaign", sa.Column("secret", sa.String(), nullable=False, server_default=""))
    connection = op.get_bind()
    for campaign in connection.execute(sa.text("SELECT id FROM campaign")).scalars().all():
        connection.execute(
            sa.text("UPDATE campaign SET secret = :secret WHERE id = :id"),
            {"secret": secrets.token_hex(32), "id": campaign},
        )
    op.add_column("device", sa.Column("waiting", sa.Integer(), nullable=True))
    op.add_column("device", sa.Column("claims", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("device", sa.Column("claimed_at", sa.String(), nullable=True))
