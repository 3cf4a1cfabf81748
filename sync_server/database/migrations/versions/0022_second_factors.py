"""Codes of an authenticator app as a second factor, recovery codes, and sign-ins that wait for a code."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; nobody has a second factor yet."""
    op.create_table(
        "sign_in_step",
        sa.Column("token_hash", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("expires_at", sa.String(), nullable=False),
    )
    op.create_table(
        "second_factor",
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("since", sa.String(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), nullable=False),
    )
    op.create_index("ix_sign_in_step_person", "sign_in_step", ["person"])
    op.create_index("ix_recovery_code_person", "recovery_code", ["person"])
