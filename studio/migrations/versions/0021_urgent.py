"""Urgent bulletins."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0021"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "urgentbulletin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "state", sa.Enum("DRAFT", "ISSUED", "CALLED_OFF", "DISMISSED", name="urgentstate"), nullable=False
        ),
        sa.Column("stations", sa.JSON(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("every_minutes", sa.Integer(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("made_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("issued_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("issued_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("in_quiet_hours", sa.Boolean(), nullable=False),
        sa.Column("ended_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("end_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("preemptions", sa.JSON(), nullable=False),
        sa.Column("cap_key", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("cap_sender", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cap_status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cap_message", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cap_scope", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cap_language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cap_references", sa.JSON(), nullable=False),
        sa.Column("cap_areas", sa.JSON(), nullable=False),
        sa.Column("cap_sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("end_asked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cap_key"),
    )
    with op.batch_alter_table("urgentbulletin", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_urgentbulletin_state"), ["state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("urgentbulletin", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_urgentbulletin_state"))

    op.drop_table("urgentbulletin")
    sa.Enum(name="urgentstate").drop(op.get_bind(), checkfirst=True)
