"""Fingerprints of the log, whose town an operation is of, settled quarantine, successors of devices."""

import sqlalchemy as sa
from alembic import op

from shared.operations import GENESIS

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is lacking. A log without tips cannot be carried over; none was ever released."""
    if op.get_bind().execute(sa.text("SELECT count(*) FROM operation")).scalar():
        raise RuntimeError("this data folder is from before 0.1.0 and cannot be carried over: use a new one")
    with op.batch_alter_table("operation") as operation:
        operation.add_column(sa.Column("tip", sa.String(), nullable=False, server_default=GENESIS))
        operation.add_column(sa.Column("owner", sa.String(), nullable=False, server_default=""))
        operation.add_column(sa.Column("base_eff", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("campaign_counter") as counter:
        counter.add_column(sa.Column("tip", sa.String(), nullable=False, server_default=GENESIS))
    with op.batch_alter_table("device") as device:
        device.add_column(sa.Column("predecessor", sa.String(), nullable=True))
    op.execute("UPDATE device SET platform = 'office' WHERE platform = 'web' AND token_hash IS NULL")
    with op.batch_alter_table("quarantine") as quarantine:
        quarantine.add_column(sa.Column("settled", sa.String(), nullable=True))
        quarantine.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
        quarantine.add_column(sa.Column("settled_by", sa.String(), nullable=True))
        quarantine.add_column(sa.Column("settled_at", sa.String(), nullable=True))
    for name in ("hazard_town_status", "hazard_status", "hazard_position"):
        op.drop_index(name, "hazard")
    of_places = ["campaign", "deleted", "town_code", "status", "lat", "lon", "id"]
    op.create_index("hazard_where", "hazard", of_places)
    few = sa.text("conflicts > 0")
    op.create_index(
        "hazard_conflicts",
        "hazard",
        ["campaign", "deleted", "updated_seq"],
        sqlite_where=few,
        postgresql_where=few,
    )
    some = sa.text("visit IS NOT NULL")
    op.create_index("photo_visit", "photo", ["campaign", "visit"], sqlite_where=some, postgresql_where=some)
    op.create_table(
        "moved",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("since_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "town", "owner"),
    )
