"""When, where and how often a piece may air is said of its script and kept with the piece."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    for table in ("asset", "script"):
        with op.batch_alter_table(table) as batch:
            if table == "script":
                batch.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
                batch.add_column(sa.Column("valid_until", sa.Date(), nullable=True))
            batch.add_column(sa.Column("stations", sa.JSON(), nullable=False, server_default="[]"))
            batch.add_column(sa.Column("separation_days", sa.Integer(), nullable=False, server_default="1"))
            batch.add_column(sa.Column("max_airings", sa.Integer(), nullable=True))
        # What is written from now on says it by itself.
        with op.batch_alter_table(table) as batch:
            batch.alter_column("stations", server_default=None)
            batch.alter_column("separation_days", server_default=None)


def downgrade() -> None:
    for table in ("asset", "script"):
        with op.batch_alter_table(table) as batch:
            for column in ("max_airings", "separation_days", "stations"):
                batch.drop_column(column)
            if table == "script":
                batch.drop_column("valid_until")
                batch.drop_column("valid_from")
