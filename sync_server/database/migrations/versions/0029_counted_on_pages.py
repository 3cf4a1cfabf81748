"""What every page counts is found without reading all: what awaits acceptance, and visits in conflict."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes."""
    awaited = sa.text("status = 'pending_acceptance'")
    op.create_index(
        "hazard_awaited",
        "hazard",
        ["campaign", "deleted", "status", "town_code"],
        sqlite_where=awaited,
        postgresql_where=awaited,
    )
    disputed = sa.text("conflicts > 0")
    op.create_index(
        "education_visit_conflicts",
        "education_visit",
        ["campaign", "deleted", "updated_seq"],
        sqlite_where=disputed,
        postgresql_where=disputed,
    )
