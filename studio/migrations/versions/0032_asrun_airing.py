"""The rows of logs that tell of an airing are found by an index: else each deleted airing reads them all."""

from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_index("ix_asrun_airing_id", "asrun", ["airing_id"])


def downgrade() -> None:
    op.drop_index("ix_asrun_airing_id", table_name="asrun")
