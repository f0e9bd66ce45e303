"""Reports by period with frozen figures, the calendar of the rollup, an index of faulty rows"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0005"


def upgrade() -> None:

    op.create_table(
        "stationcalendar",
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("station_id", "month"),
    )
    op.create_table(
        "reportperiod",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("AIRTIME", "COVERAGE", "PLAN", "ACTIVITIES", "MONEY", name="reportkind"),
            nullable=False,
        ),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=False),
        sa.Column("letter", sa.JSON(), nullable=False),
        sa.Column("made_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("closed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=True),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plan.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "plan_id", "first_date", "last_date"),
    )
    with op.batch_alter_table("reportperiod", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reportperiod_plan_id"), ["plan_id"], unique=False)

    with op.batch_alter_table("asrun", schema=None) as batch_op:
        batch_op.create_index(
            "ix_asrun_faulty_day",
            ["local_date"],
            unique=False,
            sqlite_where=sa.text("state <> 'AIRED'"),
            postgresql_where=sa.text("state <> 'AIRED'"),
        )


def downgrade() -> None:

    with op.batch_alter_table("asrun", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_asrun_faulty_day",
            sqlite_where=sa.text("state <> 'AIRED'"),
            postgresql_where=sa.text("state <> 'AIRED'"),
        )

    with op.batch_alter_table("reportperiod", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reportperiod_plan_id"))

    op.drop_table("reportperiod")
    op.drop_table("stationcalendar")
