"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make everything."""
    op.create_table(
        "audit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("device", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_table(
        "campaign",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "campaign_counter",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("campaign"),
    )
    op.create_table(
        "device",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=True),
        sa.Column("enrolled_at", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.String(), nullable=True),
        sa.Column("last_seen_at", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("campaign", "id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(op.f("ix_device_person"), "device", ["person"], unique=False)
    op.create_table(
        "education_visit",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("date", sa.String(), nullable=True),
        sa.Column("town_code", sa.String(), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        sa.Column("updated_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "id"),
    )
    op.create_index(
        "education_visit_town", "education_visit", ["campaign", "town_code", "date"], unique=False
    )
    op.create_table(
        "enrolment_code",
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("expires_at", sa.String(), nullable=False),
        sa.Column("used_at", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.create_table(
        "hazard",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("ledger_no", sa.String(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("town_code", sa.String(), nullable=True),
        sa.Column("village", sa.String(), nullable=True),
        sa.Column("water_name", sa.String(), nullable=True),
        sa.Column("water_type", sa.String(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("also", sa.JSON(), nullable=False),
        sa.Column("risk_level", sa.String(), nullable=True),
        sa.Column("risk_score", sa.Integer(), nullable=True),
        sa.Column("assignee_unit", sa.String(), nullable=True),
        sa.Column("assigned_on", sa.String(), nullable=True),
        sa.Column("due_date", sa.String(), nullable=True),
        sa.Column("found_on", sa.String(), nullable=True),
        sa.Column("rectified_on", sa.String(), nullable=True),
        sa.Column("first_closed_on", sa.String(), nullable=True),
        sa.Column("closed_on", sa.String(), nullable=True),
        sa.Column("controlled_on", sa.String(), nullable=True),
        sa.Column("rechecked_on", sa.String(), nullable=True),
        sa.Column("relapses", sa.Integer(), nullable=False),
        sa.Column("inspector", sa.String(), nullable=False),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("before_photo", sa.String(), nullable=True),
        sa.Column("after_photo", sa.String(), nullable=True),
        sa.Column("photo_count", sa.Integer(), nullable=False),
        sa.Column("updated_seq", sa.BigInteger(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "id"),
    )
    op.create_index(
        "hazard_position", "hazard", ["campaign", "deleted", "lat", "lon", "status", "id"], unique=False
    )
    op.create_index("hazard_status", "hazard", ["campaign", "deleted", "status"], unique=False)
    op.create_index("hazard_town_status", "hazard", ["campaign", "town_code", "status"], unique=False)
    op.create_index("hazard_updated", "hazard", ["campaign", "updated_seq"], unique=False)
    op.create_table(
        "hazard_event",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hazard", sa.String(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("event_type", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("hlc", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "id"),
    )
    op.create_index("hazard_event_hazard", "hazard_event", ["campaign", "hazard"], unique=False)
    op.create_table(
        "ledger_counter",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("town_code", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "town_code", "year"),
    )
    op.create_table(
        "operation",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("wire", sa.Text(), nullable=False),
        sa.Column("hlc_eff", sa.String(), nullable=True),
        sa.Column("ledger_no", sa.String(), nullable=True),
        sa.Column("received_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "device", "n"),
    )
    op.create_index("operation_record", "operation", ["campaign", "record", "type"], unique=False)
    op.create_index("operation_seq", "operation", ["campaign", "seq"], unique=True)
    op.create_table(
        "person",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "photo",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hazard", sa.String(), nullable=True),
        sa.Column("event", sa.String(), nullable=True),
        sa.Column("visit", sa.String(), nullable=True),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("taken_at", sa.String(), nullable=True),
        sa.Column("attached", sa.Boolean(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "id"),
    )
    op.create_index("photo_hazard", "photo", ["campaign", "hazard"], unique=False)
    op.create_index("photo_sha256", "photo", ["campaign", "sha256"], unique=False)
    op.create_table(
        "photo_file",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "sha256"),
    )
    op.create_table(
        "quarantine",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "device", "n"),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("expires_at", sa.String(), nullable=False),
        sa.Column("used_at", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=True),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("expires_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_upload_expires_at"), "upload", ["expires_at"], unique=False)
    op.create_table(
        "web_session",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("expires_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index(op.f("ix_web_session_person"), "web_session", ["person"], unique=False)


def downgrade() -> None:
    """Drop everything."""
    op.drop_index(op.f("ix_web_session_person"), table_name="web_session")
    op.drop_table("web_session")
    op.drop_index(op.f("ix_upload_expires_at"), table_name="upload")
    op.drop_table("upload")
    op.drop_table("sign_in_link")
    op.drop_table("quarantine")
    op.drop_table("photo_file")
    op.drop_index("photo_sha256", table_name="photo")
    op.drop_index("photo_hazard", table_name="photo")
    op.drop_table("photo")
    op.drop_table("person")
    op.drop_index("operation_seq", table_name="operation")
    op.drop_index("operation_record", table_name="operation")
    op.drop_table("operation")
    op.drop_table("ledger_counter")
    op.drop_index("hazard_event_hazard", table_name="hazard_event")
    op.drop_table("hazard_event")
    op.drop_index("hazard_updated", table_name="hazard")
    op.drop_index("hazard_town_status", table_name="hazard")
    op.drop_index("hazard_status", table_name="hazard")
    op.drop_index("hazard_position", table_name="hazard")
    op.drop_table("hazard")
    op.drop_table("enrolment_code")
    op.drop_index("education_visit_town", table_name="education_visit")
    op.drop_table("education_visit")
    op.drop_index(op.f("ix_device_person"), table_name="device")
    op.drop_table("device")
    op.drop_table("campaign_counter")
    op.drop_table("campaign")
    op.drop_index(op.f("ix_audit_at"), table_name="audit")
    op.drop_table("audit")
