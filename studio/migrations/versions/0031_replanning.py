"""Drafts and versions of the schedule, pins and bans, days that were handed over."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0031"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "schedulechange",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state", sa.Enum("DRAFT", "APPLIED", "DISCARDED", "UNDONE", name="changestate"), nullable=False
        ),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("made_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cause", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=False),
        sa.Column("stations", sa.JSON(), nullable=False),
        sa.Column("afresh", sa.Boolean(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("base_sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("goals", sa.JSON(), nullable=False),
        sa.Column("refusals", sa.JSON(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("undone_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("undone_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("schedulechange", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_schedulechange_state"), ["state"], unique=False)

    op.create_table(
        "publishedday",
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("published_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("station_id", "local_date"),
    )
    # What was published before is handed over, too.
    op.execute(
        "INSERT INTO publishedday (station_id, local_date, published_at) "
        "SELECT station_id, local_date, MIN(published_at) FROM playlist GROUP BY station_id, local_date"
    )
    op.create_table(
        "handrule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("PIN", "BAN", name="handkind"), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("first_date", sa.Date(), nullable=True),
        sa.Column("last_date", sa.Date(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("removed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("removed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
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
    )
    with op.batch_alter_table("handrule", schema=None) as batch_op:
        batch_op.create_index("ix_handrule_asset", ["asset_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handrule_removed_at"), ["removed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_handrule_station_id"), ["station_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("handrule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handrule_station_id"))
        batch_op.drop_index(batch_op.f("ix_handrule_removed_at"))
        batch_op.drop_index("ix_handrule_asset")

    op.drop_table("handrule")
    op.drop_table("publishedday")
    with op.batch_alter_table("schedulechange", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_schedulechange_state"))

    op.drop_table("schedulechange")
