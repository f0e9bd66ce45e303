"""What stations are in full, and what lies over their standing grid."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=False),
        sa.Column("mode", sa.Enum("ADDS", "REPLACES", name="campaignmode"), nullable=False),
        sa.Column("use", sa.Enum("ANY", "WORKDAYS", "HOLIDAYS", name="dayuse"), nullable=False),
        sa.Column("made_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "holidaychange",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("changed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "campaignstation",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("campaign_id", "station_id"),
    )
    op.create_table(
        "cluster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("horns", sa.Integer(), nullable=False),
        sa.Column("technology", sa.Enum("FM", "CABLE", "IP", name="technology"), nullable=True),
        sa.Column("device", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("station_id", "code"),
    )
    with op.batch_alter_table("cluster", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cluster_station_id"), ["station_id"], unique=False)

    op.create_table(
        "slotoverride",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("over_id", sa.Integer(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["over_id"],
            ["slot.id"],
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"],
            ["slot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slot_id", "over_id"),
    )
    with op.batch_alter_table("slotoverride", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slotoverride_slot_id"), ["slot_id"], unique=False)

    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("relay_source", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column(
                "use",
                sa.Enum("ANY", "WORKDAYS", "HOLIDAYS", name="dayuse"),
                nullable=False,
                server_default="ANY",
            )
        )
        batch_op.add_column(sa.Column("campaign_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("continues_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_slot_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_foreign_key("fk_slot_continues", "slot", ["continues_id"], ["id"])
        batch_op.create_foreign_key("fk_slot_replaces", "slot", ["replaces_id"], ["id"])
        batch_op.create_foreign_key("fk_slot_campaign", "campaign", ["campaign_id"], ["id"])

    with op.batch_alter_table("slotexception", schema=None) as batch_op:
        batch_op.add_column(sa.Column("minutes", sa.Integer(), nullable=True))

    with op.batch_alter_table("station", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("area", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("technology", sa.Enum("FM", "CABLE", "IP", name="technology"), nullable=True)
        )


def downgrade() -> None:
    with op.batch_alter_table("station", schema=None) as batch_op:
        batch_op.drop_column("technology")
        batch_op.drop_column("area")

    with op.batch_alter_table("slotexception", schema=None) as batch_op:
        batch_op.drop_column("minutes")

    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.drop_constraint("fk_slot_campaign", type_="foreignkey")
        batch_op.drop_constraint("fk_slot_replaces", type_="foreignkey")
        batch_op.drop_constraint("fk_slot_continues", type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_slot_campaign_id"))
        batch_op.drop_column("continues_id")
        batch_op.drop_column("replaces_id")
        batch_op.drop_column("campaign_id")
        batch_op.drop_column("use")
        batch_op.drop_column("relay_source")

    with op.batch_alter_table("slotoverride", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slotoverride_slot_id"))

    op.drop_table("slotoverride")
    with op.batch_alter_table("cluster", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cluster_station_id"))

    op.drop_table("cluster")
    op.drop_table("campaignstation")
    op.drop_table("holidaychange")
    op.drop_table("campaign")
