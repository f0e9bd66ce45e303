"""The clock: who leads, the journal of its turns, reminders; until when a script is due."""

from datetime import date

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "clocklease",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holder", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("leased_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("asked_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "clockfiring",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("timer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("fired_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["job.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    with op.batch_alter_table("clockfiring", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clockfiring_due_at"), ["due_at"], unique=False)

    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "SCRIPT_DUE",
                "SLOT_EMPTY",
                "LOG_MISSING",
                "REPORT_DUE",
                "PUBLISH_FAILED",
                "PUBLISHED_LATE",
                "NEVER_PUBLISHED",
                "TIMER_FAILED",
                name="reminderkind",
            ),
            nullable=False,
        ),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_closed_at"), ["closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_reminder_station_id"), ["station_id"], unique=False)

    with op.batch_alter_table("script", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_on", sa.Date(), nullable=True))
    _carry_turns()


def _carry_turns() -> None:
    """What was asked for under the old way, by the jobs themselves, must not be asked for again."""
    connection = op.get_bind()
    job = sa.table("job", sa.column("id"), sa.column("kind"), sa.column("asked_by"), sa.column("created_at"))
    firing = sa.table(
        "clockfiring",
        *(sa.column(name) for name in ("key", "timer", "due_at", "fired_at", "by", "job_id")),
        sa.column("local_date", sa.Date()),
    )
    asked = connection.execute(sa.select(job).where(job.c.asked_by.is_not(None)).order_by(job.c.id))
    rows = {
        row.asked_by: {
            "key": row.asked_by, "timer": row.kind, "due_at": row.created_at, "fired_at": row.created_at,
            "by": "-", "job_id": row.id, "local_date": date.fromisoformat(row.asked_by.rpartition("@")[2]),
        }
        for row in asked
    }  # fmt: skip
    if rows:
        connection.execute(firing.insert(), list(rows.values()))


def downgrade() -> None:
    with op.batch_alter_table("script", schema=None) as batch_op:
        batch_op.drop_column("due_on")

    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminder_station_id"))
        batch_op.drop_index(batch_op.f("ix_reminder_closed_at"))

    op.drop_table("reminder")
    with op.batch_alter_table("clockfiring", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clockfiring_due_at"))

    op.drop_table("clockfiring")
    op.drop_table("clocklease")
    sa.Enum(name="reminderkind").drop(op.get_bind(), checkfirst=True)
