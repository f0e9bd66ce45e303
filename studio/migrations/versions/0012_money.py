"""money"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0006"


def upgrade() -> None:

    op.create_table(
        "royaltyrule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("genre", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("unit", sa.Enum("PAGE", "PIECE", "SESSION", name="royaltyunit"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("cap_per_day", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "royalty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asset_key", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("full_amount", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("added_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("deleted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["royaltyrule.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("royalty", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_royalty_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_royalty_person"), ["person"], unique=False)
        batch_op.create_index(batch_op.f("ix_royalty_rule_id"), ["rule_id"], unique=False)

    op.create_table(
        "fundingdecision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plan.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("plan_id", "number"),
    )
    with op.batch_alter_table("fundingdecision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fundingdecision_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "fundingline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["fundingdecision.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("decision_id", "code"),
    )
    with op.batch_alter_table("fundingline", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fundingline_decision_id"), ["decision_id"], unique=False)

    op.create_table(
        "expense",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("asset_key", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("added_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("added_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activity.id"],
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["fundingline.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("expense", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expense_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_expense_line_id"), ["line_id"], unique=False)

    op.create_table(
        "moneyentry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("expense_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Enum("ESTIMATE", "COMMITMENT", "SETTLEMENT", name="stage"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("over_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("entered_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("entered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["expense_id"],
            ["expense.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("moneyentry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moneyentry_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_moneyentry_expense_id"), ["expense_id"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("moneyentry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moneyentry_expense_id"))
        batch_op.drop_index(batch_op.f("ix_moneyentry_day"))

    op.drop_table("moneyentry")
    with op.batch_alter_table("expense", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expense_line_id"))
        batch_op.drop_index(batch_op.f("ix_expense_activity_id"))

    op.drop_table("expense")
    with op.batch_alter_table("fundingline", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fundingline_decision_id"))

    op.drop_table("fundingline")
    with op.batch_alter_table("fundingdecision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fundingdecision_plan_id"))

    op.drop_table("fundingdecision")
    with op.batch_alter_table("royalty", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_royalty_rule_id"))
        batch_op.drop_index(batch_op.f("ix_royalty_person"))
        batch_op.drop_index(batch_op.f("ix_royalty_day"))

    op.drop_table("royalty")
    op.drop_table("royaltyrule")
