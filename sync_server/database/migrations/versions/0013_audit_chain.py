"""The audit log as a chain: its rows get a number, and a hash that covers the row before them."""

import sqlalchemy as sa
from alembic import op

from sync_server.database.audit_chain import GENESIS, Entry, hash_of

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BATCH = 1000
_SAID = ("id", "at", "person", "device", "action", "subject", "details")


def upgrade() -> None:
    """Chain the rows that there are, in the order of their times."""
    connection = op.get_bind()
    said = (sa.column(name, sa.JSON() if name == "details" else sa.String()) for name in _SAID)
    before = sa.table("audit", *said)
    chained = op.create_table(
        "audit_chained",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("device", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    number, previous = 0, GENESIS
    key = (before.c.at, before.c.id)
    rows = connection.execute(sa.select(before).order_by(*key).limit(_BATCH)).all()
    while rows:
        batch = []
        for row in rows:
            number += 1
            entry = Entry(*row)
            chained_hash = hash_of(previous, number, entry)
            link = {"number": number, "previous": previous, "hash": chained_hash}
            batch.append({**link, **row._asdict()})
            previous = chained_hash
        connection.execute(chained.insert(), batch)
        after = sa.tuple_(*key) > sa.tuple_(sa.literal(rows[-1].at), sa.literal(rows[-1].id))
        rows = connection.execute(sa.select(before).where(after).order_by(*key).limit(_BATCH)).all()
    end = op.create_table(
        "audit_end",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.bulk_insert(end, [{"id": 1, "number": number, "hash": previous}])
    op.drop_table("audit")
    op.rename_table("audit_chained", "audit")
    op.create_index("audit_at", "audit", ["at", "number"])
    for name in ("person", "action", "subject", "device"):
        op.create_index(f"audit_{name}", "audit", [name, "at", "number"])
