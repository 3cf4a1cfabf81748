"""Where browsers signed in and were last seen, and when their sessions end at the latest."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; open sessions end when they would have ended unused."""
    with op.batch_alter_table("web_session") as table:
        table.add_column(sa.Column("ends_at", sa.String(), nullable=True))
        table.add_column(sa.Column("seen_at", sa.String(), nullable=True))
        table.add_column(sa.Column("address", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("browser", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE web_session SET ends_at = expires_at, seen_at = created_at")
    with op.batch_alter_table("web_session") as table:
        table.alter_column("ends_at", existing_type=sa.String(), nullable=False)
        table.alter_column("seen_at", existing_type=sa.String(), nullable=False)
