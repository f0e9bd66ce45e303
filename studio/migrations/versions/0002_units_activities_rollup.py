"""Units in their time, sub-plans, amendments, tasks, activities, held logs, and the rollup by local month."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"

MEASURES = ("PROGRAMMES", "ITEMS", "AIRINGS", "MINUTES", "SESSIONS", "COPIES", "PEOPLE", "HOUSEHOLDS")


def upgrade() -> None:
    op.create_table(
        "districtmonth",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("theme", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("audience", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("form", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("planned_ms", sa.BigInteger(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("confirmed_ms", sa.BigInteger(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("waiting_ms", sa.BigInteger(), nullable=False),
        sa.Column("aired", sa.Integer(), nullable=False),
        sa.Column("partial", sa.Integer(), nullable=False),
        sa.Column("aired_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", "theme", "audience", "form", "language", "origin"),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("DISTRICT", "COMMUNE", "OFFICE", "ORGANISATION", "OTHER", name="unitkind"),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["unit.id"],
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_successor_id"), ["successor_id"], unique=False)

    op.create_table(
        "stationmonth",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("theme", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("audience", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("form", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("planned_ms", sa.BigInteger(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("confirmed_ms", sa.BigInteger(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("waiting_ms", sa.BigInteger(), nullable=False),
        sa.Column("aired", sa.Integer(), nullable=False),
        sa.Column("partial", sa.Integer(), nullable=False),
        sa.Column("aired_ms", sa.BigInteger(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("programmes", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("programmes_planned", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("month", "theme", "audience", "form", "language", "origin", "station_id"),
    )
    op.create_table(
        "stationunit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("station_id", "valid_from"),
    )
    with op.batch_alter_table("stationunit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stationunit_station_id"), ["station_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stationunit_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "DIALOGUE",
                "TALK",
                "MEETING",
                "MOBILE",
                "CONTEST",
                "EMULATION",
                "LEAFLETS",
                "POST",
                "OTHER",
                name="activitykind",
            ),
            nullable=False,
        ),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("theme", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("audience", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("form", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sa.Enum("PLANNED", "HELD", "CANCELLED", name="activitystate"), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("copies", sa.Integer(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("link", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("search_text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("deleted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plan.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_deleted_at"), ["deleted_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_held_on"), ["held_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("changes", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plan.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("plan_id", "number"),
    )
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_amendment_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Enum("OPEN", "DOING", "DONE", "CANCELLED", name="taskstate"), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plan.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("added_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("added_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("deleted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activity.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_sha256"), ["sha256"], unique=False)

    with op.batch_alter_table("airing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_airing_station_id"))
        batch_op.drop_index(batch_op.f("ix_airing_asset_id"))
        batch_op.create_index("ix_airing_asset_day", ["asset_id", "local_date"], unique=False)
        batch_op.create_index("ix_airing_state_day", ["state", "local_date"], unique=False)
        batch_op.create_index("ix_airing_station_day", ["station_id", "local_date"], unique=False)

    with op.batch_alter_table("asrun", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_asrun_airing_id"))
        batch_op.drop_index(batch_op.f("ix_asrun_asset_id"))
        batch_op.drop_index(batch_op.f("ix_asrun_local_date"))
        batch_op.drop_index(batch_op.f("ix_asrun_station_id"))
        batch_op.create_index("ix_asrun_asset_day", ["asset_id", "local_date"], unique=False)
        batch_op.create_index("ix_asrun_station_day", ["station_id", "local_date"], unique=False)
        batch_op.create_index(
            "uq_asrun_counted_airing",
            ["airing_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('AIRED', 'PARTIAL')"),
            postgresql_where=sa.text("state IN ('AIRED', 'PARTIAL')"),
        )

    with op.batch_alter_table("asrunlog", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held", sa.Integer(), nullable=False, server_default="0"))
        batch_op.alter_column("station_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_asrunlog_held"), ["held"], unique=False)

    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("unit_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("programme", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("project", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("sub_project", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("funding_line", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.create_index(batch_op.f("ix_plan_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_unit_id"), ["unit_id"], unique=False)
        batch_op.create_foreign_key("fk_plan_parent", "plan", ["parent_id"], ["id"])
        batch_op.create_foreign_key("fk_plan_unit", "unit", ["unit_id"], ["id"])

    _widen_enums()
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("maximum", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "every",
                sa.Enum("ONCE", "MONTH", "QUARTER", "YEAR", name="every"),
                nullable=False,
                server_default="ONCE",
            )
        )
        batch_op.add_column(sa.Column("applies_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("applies_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("amendment_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        if op.get_bind().dialect.name == "sqlite":
            batch_op.alter_column(
                "measure",
                existing_type=sa.VARCHAR(length=7),
                type_=sa.Enum(*MEASURES, name="measure"),
                existing_nullable=False,
            )
        batch_op.create_index(batch_op.f("ix_target_amendment_id"), ["amendment_id"], unique=False)
        batch_op.create_foreign_key("fk_target_amendment", "amendment", ["amendment_id"], ["id"])

    with op.batch_alter_table("theme", schema=None) as batch_op:
        batch_op.add_column(sa.Column("counts_as", sqlmodel.sql.sqltypes.AutoString(), nullable=True))

    _hold_problems()


def _widen_enums() -> None:
    """PostgreSQL keeps an enum as a type of its own: the measure grows, and `every` comes into being."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for measure in MEASURES:
        op.execute(f"ALTER TYPE measure ADD VALUE IF NOT EXISTS '{measure}'")
    sa.Enum("ONCE", "MONTH", "QUARTER", "YEAR", name="every").create(op.get_bind())


def _hold_problems() -> None:
    """Lines of earlier logs that did not count wait for a person too; a repeated line settles itself."""
    logs = sa.table(
        "asrunlog", sa.column("id", sa.Integer), sa.column("problems", sa.JSON), sa.column("held", sa.Integer)
    )
    for log_id, problems in op.get_bind().execute(sa.select(logs.c.id, logs.c.problems)).all():
        held = sum(problem["code"] != "repeated-row" for problem in problems)
        if held:
            op.execute(logs.update().where(logs.c.id == log_id).values(held=held))


def downgrade() -> None:
    with op.batch_alter_table("theme", schema=None) as batch_op:
        batch_op.drop_column("counts_as")

    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.drop_constraint("fk_target_amendment", type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_target_amendment_id"))
        batch_op.drop_column("source")
        batch_op.drop_column("amendment_id")
        batch_op.drop_column("applies_until")
        batch_op.drop_column("applies_from")
        batch_op.drop_column("every")
        batch_op.drop_column("maximum")
        batch_op.drop_column("unit")
        batch_op.drop_column("language")

    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_constraint("fk_plan_unit", type_="foreignkey")
        batch_op.drop_constraint("fk_plan_parent", type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_plan_unit_id"))
        batch_op.drop_index(batch_op.f("ix_plan_parent_id"))
        batch_op.drop_column("funding_line")
        batch_op.drop_column("sub_project")
        batch_op.drop_column("project")
        batch_op.drop_column("programme")
        batch_op.drop_column("unit_id")
        batch_op.drop_column("parent_id")

    with op.batch_alter_table("asrunlog", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_asrunlog_held"))
        batch_op.alter_column("station_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("held")

    with op.batch_alter_table("asrun", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_asrun_counted_airing",
            sqlite_where=sa.text("state IN ('AIRED', 'PARTIAL')"),
            postgresql_where=sa.text("state IN ('AIRED', 'PARTIAL')"),
        )
        batch_op.drop_index("ix_asrun_station_day")
        batch_op.drop_index("ix_asrun_asset_day")
        batch_op.create_index(batch_op.f("ix_asrun_station_id"), ["station_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asrun_local_date"), ["local_date"], unique=False)
        batch_op.create_index(batch_op.f("ix_asrun_asset_id"), ["asset_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asrun_airing_id"), ["airing_id"], unique=False)

    with op.batch_alter_table("airing", schema=None) as batch_op:
        batch_op.drop_index("ix_airing_station_day")
        batch_op.drop_index("ix_airing_asset_day")
        batch_op.drop_index("ix_airing_state_day")
        batch_op.create_index(batch_op.f("ix_airing_asset_id"), ["asset_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_airing_station_id"), ["station_id"], unique=False)

    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_sha256"))
        batch_op.drop_index(batch_op.f("ix_attachment_activity_id"))

    op.drop_table("attachment")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_plan_id"))

    op.drop_table("task")
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_amendment_plan_id"))

    op.drop_table("amendment")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_unit_id"))
        batch_op.drop_index(batch_op.f("ix_activity_plan_id"))
        batch_op.drop_index(batch_op.f("ix_activity_held_on"))
        batch_op.drop_index(batch_op.f("ix_activity_deleted_at"))

    op.drop_table("activity")
    with op.batch_alter_table("stationunit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stationunit_unit_id"))
        batch_op.drop_index(batch_op.f("ix_stationunit_station_id"))

    op.drop_table("stationunit")
    op.drop_table("stationmonth")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_successor_id"))
        batch_op.drop_index(batch_op.f("ix_unit_parent_id"))

    op.drop_table("unit")
    op.drop_table("districtmonth")
