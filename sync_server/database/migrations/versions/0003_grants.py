"""Grants: a role within a scope, in place of the one role of a person."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give every person the role that they had, for the whole city."""
    grant = op.create_table(
        "role_grant",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("towns", sa.JSON(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.Column("classes", sa.JSON(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=True),
        sa.Column("given_at", sa.String(), nullable=False),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("withdrawn_at", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_role_grant_person", "role_grant", ["person"])
    people = op.get_bind().execute(sa.text("SELECT id, role, created_at FROM person")).all()
    if people:
        op.bulk_insert(
            grant,
            [
                {
                    "id": str(uuid.uuid4()),
                    "person": person,
                    "role": role,
                    "scope": "city",
                    "towns": [],
                    "school": "",
                    "classes": [],
                    "given_at": created_at,
                }
                for person, role, created_at in people
            ],
        )
    with op.batch_alter_table("person") as person_table:
        person_table.drop_column("role")
