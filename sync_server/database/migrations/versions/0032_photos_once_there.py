"""The photos that a hazard ever had are found without reading the whole log."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    photos = sa.text("type = 'photo'")
    op.create_index(
        "operation_photo_owner",
        "operation",
        ["campaign", "owner"],
        sqlite_where=photos,
        postgresql_where=photos,
    )
