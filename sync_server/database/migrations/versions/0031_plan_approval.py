"""Whether a school approves the follow-up plans of home visits, and what it decided."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("school", sa.Column("plans_since", sa.String(), nullable=True))
    op.add_column("home_visit", sa.Column("plan", sa.String(), nullable=False, server_default=""))
    for name in ("plan_by", "plan_at"):
        op.add_column("home_visit", sa.Column(name, sa.String(), nullable=True))
    op.add_column("home_visit", sa.Column("plan_reason", sa.Text(), nullable=False, server_default=""))
