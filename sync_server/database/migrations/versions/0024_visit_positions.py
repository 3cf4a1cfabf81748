"""Where a visit of safety education was, for the map. Visits from before have no position."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and an index of those visits that have a position."""
    for name in ("lat", "lon"):
        op.add_column("education_visit", sa.Column(name, sa.Float(), nullable=True))
    op.create_index(
        "education_visit_spot",
        "education_visit",
        ["campaign", "lat", "lon"],
        sqlite_where=sa.text("lat IS NOT NULL"),
        postgresql_where=sa.text("lat IS NOT NULL"),
    )
