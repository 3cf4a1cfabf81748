"""Home visits that another phone brought take no number of the one they name; who sent what is refused."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; free the numbers of visits that were accepted although another phone brought them."""
    op.add_column("home_visit", sa.Column("proven", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("home_visit_quarantine", sa.Column("sent_with", sa.String(), nullable=True))
    op.execute(
        "UPDATE home_visit SET proven = false WHERE EXISTS (SELECT 1 FROM home_visit_quarantine AS refused"
        " WHERE refused.campaign = home_visit.campaign AND refused.sha256 = home_visit.sha256"
        " AND refused.settled = 'accepted' AND refused.code = 'device_mismatch')"
    )
    op.drop_index("home_visit_number", "home_visit")
    op.create_index(
        "home_visit_number",
        "home_visit",
        ["campaign", "device", "n"],
        unique=True,
        sqlite_where=sa.text("proven"),
        postgresql_where=sa.text("proven"),
    )
