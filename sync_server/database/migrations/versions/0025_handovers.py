"""Who has a home visit now, and where; and the offers to hand a pupil's home visits over."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, so far the same as who sealed it and where, and the table of offers."""
    for name in ("held_by", "held_school", "held_class"):
        op.add_column("home_visit", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("home_visit", sa.Column("handover", sa.String(), nullable=True))
    op.execute("UPDATE home_visit SET held_by = person, held_school = school, held_class = class_name")
    op.drop_index("home_visit_school", "home_visit")
    op.drop_index("home_visit_person", "home_visit")
    for name in ("held_school", "held_by"):
        op.create_index(f"home_visit_{name}", "home_visit", ["campaign", name, "sealed_at"])
    offered = sa.text("handover IS NOT NULL")
    op.create_index(
        "home_visit_offered",
        "home_visit",
        ["campaign", "handover"],
        sqlite_where=offered,
        postgresql_where=offered,
    )
    needed = [
        *("campaign", "id", "from_school", "from_class", "to_school", "to_class"),
        *("consent_how", "consent_on", "offered_by", "offered_at", "settled"),
    ]
    op.create_table(
        "home_visit_handover",
        *(sa.Column(name, sa.String(), nullable=False) for name in needed),
        sa.Column("visits", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("settled_by", "settled_at", "holder")),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "id"),
    )
    for end in ("from", "to"):
        op.create_index(
            f"home_visit_handover_{end}", "home_visit_handover", ["campaign", f"{end}_school", "offered_at"]
        )
