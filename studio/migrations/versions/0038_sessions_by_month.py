"""How many sessions a station had in a month stands in its calendar; opening the database sums it anew."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

_COLUMNS = ("programmes", "programmes_planned")


def upgrade() -> None:
    for name in _COLUMNS:
        op.add_column("stationcalendar", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("stationcalendar") as batch:
        for name in _COLUMNS:
            batch.drop_column(name)
