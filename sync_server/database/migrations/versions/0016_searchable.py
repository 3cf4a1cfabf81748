"""How far hazards can be found by their texts: those that are here can, as the last version folded them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the place of the log up to which hazards are searchable."""
    op.add_column("campaign", sa.Column("searchable", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE campaign SET searchable ="
        " COALESCE((SELECT seq FROM campaign_counter WHERE campaign_counter.campaign = campaign.id), 0)"
    )
