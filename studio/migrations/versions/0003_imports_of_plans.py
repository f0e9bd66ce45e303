"""Imports of plans under review, and headings that a plan closed."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "b73549fccc4f"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "planimport",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Enum("OPEN", "CONFIRMED", "DISCARDED", name="importstate"), nullable=False),
        sa.Column("file_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source_sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("inherited", sa.Integer(), nullable=False),
        sa.Column("undone", sa.JSON(), nullable=False),
        sa.Column("plan_code", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("started_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("planimport", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_planimport_source_sha256"), ["source_sha256"], unique=False)

    with op.batch_alter_table("audience", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_on", sa.Date(), nullable=True))

    with op.batch_alter_table("form", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_on", sa.Date(), nullable=True))

    with op.batch_alter_table("theme", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_on", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("theme", schema=None) as batch_op:
        batch_op.drop_column("closed_on")

    with op.batch_alter_table("form", schema=None) as batch_op:
        batch_op.drop_column("closed_on")

    with op.batch_alter_table("audience", schema=None) as batch_op:
        batch_op.drop_column("closed_on")

    with op.batch_alter_table("planimport", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_planimport_source_sha256"))

    op.drop_table("planimport")
