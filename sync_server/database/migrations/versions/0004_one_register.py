"""One standing register in place of a campaign per year: years become targets."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEPT_BY = ("operation", "quarantine", "device", "photo_file", "upload")
"""Tables of which one row is enough to keep a campaign."""


def upgrade() -> None:
    """Keep every campaign that holds anything, under its id, the oldest as the deployment's register."""
    op.create_table(
        "target",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("town_code", sa.String(), nullable=False),
        sa.Column("hazards", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "year", "town_code"),
    )
    connection = op.get_bind()
    campaigns = connection.execute(sa.text("SELECT id FROM campaign ORDER BY year, id")).scalars().all()
    for campaign in campaigns[1:]:
        _drop_if_empty(connection, campaign, campaigns[0])
    op.execute(
        "INSERT INTO target (campaign, year, town_code, hazards) SELECT id, year, '', target FROM campaign"
    )
    with op.batch_alter_table("campaign") as table:
        table.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
    for number, campaign in enumerate(campaigns, 1):
        connection.execute(
            sa.text("UPDATE campaign SET number = :number WHERE id = :campaign"),
            {"number": number, "campaign": campaign},
        )
    with op.batch_alter_table("campaign") as table:
        table.drop_column("year")
        table.drop_column("target")


def _drop_if_empty(connection: sa.Connection, campaign: str, oldest: str) -> None:
    """Drop a campaign that a start after New Year made and nobody used; its codes lead to the oldest."""
    this = {"campaign": campaign, "oldest": oldest}
    for name in _KEPT_BY:
        table = sa.table(name, sa.column("campaign"))
        if connection.execute(sa.select(table).where(table.c.campaign == campaign).limit(1)).first():
            return
    for statement in (
        "UPDATE enrolment_code SET campaign = :oldest WHERE campaign = :campaign",
        "DELETE FROM campaign_counter WHERE campaign = :campaign",
        "DELETE FROM campaign WHERE id = :campaign",
    ):
        connection.execute(sa.text(statement), this)
