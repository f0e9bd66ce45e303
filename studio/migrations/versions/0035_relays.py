"""relays: blocks of others' programmes, and what became of them"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"

STATES = ("PLANNED", "DOWNLOADED", "AIRED", "PARTIAL", "MISSED", "PREEMPTED", "UNCONFIRMED")
# PostgreSQL has the type already, from the airings.
STATE = sa.Enum(*STATES, name="airingstate").with_variant(
    postgresql.ENUM(*STATES, name="airingstate", create_type=False), "postgresql"
)


def upgrade() -> None:
    op.create_table(
        "relay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("state_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state_data", sa.JSON(), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("stopped_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("aired_ms", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["log_id"],
            ["asrunlog.id"],
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"],
            ["slot.id"],
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("station_id", "slot_id", "local_date"),
    )
    with op.batch_alter_table("relay", schema=None) as batch_op:
        batch_op.create_index("ix_relay_day", ["local_date", "station_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_relay_log_id"), ["log_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_relay_slot_id"), ["slot_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("relay", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relay_slot_id"))
        batch_op.drop_index(batch_op.f("ix_relay_log_id"))
        batch_op.drop_index("ix_relay_day")

    op.drop_table("relay")
