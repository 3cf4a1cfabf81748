"""Home visits: sealed envelopes, their public keys, and what was refused of them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; nothing that was kept before belongs into them."""
    op.create_table(
        "home_visit_key",
        *_texts("campaign", "kid", "first", "until"),
        sa.Column("jwk", sa.JSON(), nullable=False),
        *_texts("made_at"),
        sa.Column("destroyed_at", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("campaign", "kid"),
    )
    op.create_table(
        "home_visit",
        *_texts("campaign", "id", "device"),
        sa.Column("n", sa.BigInteger(), nullable=False),
        *_texts("person", "school", "class_name", "kid", "sealed_at", "received_at", "keep_until", "sha256"),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("erased_at", sa.String(), nullable=True),
        sa.Column("erased_why", sa.String(), server_default="", nullable=False),
        sa.Column("erased_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("campaign", "id"),
    )
    op.create_index("home_visit_number", "home_visit", ["campaign", "device", "n"], unique=True)
    op.create_index("home_visit_school", "home_visit", ["campaign", "school", "sealed_at"])
    op.create_index("home_visit_person", "home_visit", ["campaign", "person", "sealed_at"])
    op.create_index(
        "home_visit_kept",
        "home_visit",
        ["campaign", "keep_until"],
        sqlite_where=sa.text("sealed IS NOT NULL"),
        postgresql_where=sa.text("sealed IS NOT NULL"),
    )
    op.create_table(
        "home_visit_quarantine",
        *_texts("campaign", "person", "sha256"),
        sa.Column("sealed", sa.Text(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("record", "device")),
        sa.Column("n", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("school", "class_name", "sealed_at")),
        *_texts("code"),
        sa.Column("details", sa.JSON(), nullable=False),
        *_texts("received_at", "keep_until"),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("settled", "settled_by", "settled_at")),
        sa.PrimaryKeyConstraint("campaign", "person", "sha256"),
    )
    op.create_index("home_visit_quarantine_school", "home_visit_quarantine", ["campaign", "school"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]
