"""Full exports of home visits: who asked, why, and what a second person decided."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    needed = ("campaign", "id", "school", "year", "asked_by", "asked_at")
    op.create_table(
        "home_visit_export",
        *(sa.Column(name, sa.String(), nullable=False) for name in needed),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("decided_by", "decided_at", "expires_at")),
        sa.PrimaryKeyConstraint("campaign", "id"),
    )
