"""Schools as a list: those that grants name already are on it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, with every school that somebody has or had a role for."""
    school = op.create_table(
        "school",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("town_code", sa.String(), nullable=True),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
        sa.UniqueConstraint("name"),
    )
    named = sa.text(
        "SELECT school, min(given_at) AS since FROM role_grant WHERE scope = 'school' GROUP BY school"
    )
    found = op.get_bind().execute(named).all()
    if found:
        op.bulk_insert(
            school,
            [{"code": code, "name": code, "created_at": since} for code, since in found],
        )
