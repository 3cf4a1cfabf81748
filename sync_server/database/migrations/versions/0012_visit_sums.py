"""What lists and sums of safety education read: its kind, place and numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; existing rows are folded again when the database is opened."""
    for name in ("visit_type", "place"):
        op.add_column("education_visit", sa.Column(name, sa.String(), nullable=True))
    for name in ("headcount", "households", "leaflets", "letters_issued", "receipts_returned"):
        op.add_column("education_visit", sa.Column(name, sa.BigInteger(), nullable=True))
    op.create_index("education_visit_date", "education_visit", ["campaign", "date", "id"])
