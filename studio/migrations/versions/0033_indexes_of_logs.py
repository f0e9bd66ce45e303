"""Fewer indexes to keep while logs are taken in: only rows that count name their airing, each airing once."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

_NOT_AIRED = sa.text("state <> 'AIRED'")
_COUNTED = sa.text("state IN ('AIRED', 'PARTIAL')")


def upgrade() -> None:
    op.execute("UPDATE asrun SET airing_id = NULL WHERE state NOT IN ('AIRED', 'PARTIAL')")
    op.drop_index("uq_asrun_counted_airing", table_name="asrun")
    op.drop_index("ix_asrun_airing_id", table_name="asrun")
    op.drop_index("ix_asrun_asset_day", table_name="asrun")
    op.create_index("uq_asrun_airing", "asrun", ["airing_id"], unique=True)
    op.drop_index("ix_airing_state_day", table_name="airing")
    op.create_index(
        "ix_airing_not_aired_day",
        "airing",
        ["local_date"],
        sqlite_where=_NOT_AIRED,
        postgresql_where=_NOT_AIRED,
    )


def downgrade() -> None:
    op.drop_index("ix_airing_not_aired_day", table_name="airing")
    op.create_index("ix_airing_state_day", "airing", ["state", "local_date"])
    op.drop_index("uq_asrun_airing", table_name="asrun")
    op.create_index("ix_asrun_asset_day", "asrun", ["asset_id", "local_date"])
    op.create_index("ix_asrun_airing_id", "asrun", ["airing_id"])
    op.create_index(
        "uq_asrun_counted_airing",
        "asrun",
        ["airing_id"],
        unique=True,
        sqlite_where=_COUNTED,
        postgresql_where=_COUNTED,
    )
