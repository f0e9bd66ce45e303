"""Corrections of readings, what approved revisions and made segments were read with, and whose a script is."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "b73549fccc4f"


def upgrade() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "scope", sa.Enum("SCRIPT", "VOICE", "ORGANISATION", "ALWAYS", name="scope"), nullable=False
        ),
        sa.Column("target", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reading", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("scope", "target", "words", "place"),
    )
    op.create_table(
        "segmentreading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("sentences", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "correctionversion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("before", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("after", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["correction_id"],
            ["correction.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("correction_id", "number"),
    )
    with op.batch_alter_table("correctionversion", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_correctionversion_correction_id"), ["correction_id"], unique=False
        )

    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("corrections", sa.JSON(none_as_null=True), nullable=True))

    with op.batch_alter_table("script", schema=None) as batch_op:
        batch_op.add_column(sa.Column("organisation", sqlmodel.sql.sqltypes.AutoString(), nullable=True))

    # What was approved before there were corrections was approved without any.
    op.execute(
        "UPDATE revision SET corrections = '[]' WHERE EXISTS (SELECT 1 FROM script"
        " WHERE script.id = revision.script_id AND script.approved_revision = revision.number)"
    )


def downgrade() -> None:
    with op.batch_alter_table("script", schema=None) as batch_op:
        batch_op.drop_column("organisation")

    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.drop_column("corrections")

    with op.batch_alter_table("correctionversion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_correctionversion_correction_id"))

    op.drop_table("correctionversion")
    op.drop_table("segmentreading")
    op.drop_table("correction")
