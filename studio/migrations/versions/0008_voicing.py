"""Which engine speaks a segment, and instead of which others."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("segmentreading", schema=None) as batch_op:
        batch_op.add_column(sa.Column("voicing", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("segmentreading", schema=None) as batch_op:
        batch_op.drop_column("voicing")
