"""The frame of a slot's programme."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.add_column("slot", sa.Column("frame", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("slot") as batch_op:
        batch_op.drop_column("frame")
