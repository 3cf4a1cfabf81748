"""The statuses that hold besides a hazard's own get a name that says so."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rename the column."""
    op.execute("ALTER TABLE hazard RENAME COLUMN also TO concurrent_statuses")
