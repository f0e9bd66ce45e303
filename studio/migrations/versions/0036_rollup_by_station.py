"""The rollup lies by station, with the airtime of themes by month; opening the database sums it anew."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0036"
down_revision = "0035"

_LABELS = ("theme", "audience", "form", "language", "origin")
_COUNTS = ("planned", "confirmed", "waiting", "aired", "partial")
_LENGTHS = ("planned_ms", "confirmed_ms", "waiting_ms", "aired_ms")


def upgrade() -> None:
    _make_station_months("station_id", "month", *_LABELS, with_rowid=False)
    op.execute("DELETE FROM stationcalendar")
    with op.batch_alter_table("stationcalendar") as batch:
        batch.add_column(sa.Column("themes", sa.JSON(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("stationcalendar") as batch:
        batch.drop_column("themes")
    _make_station_months("month", *_LABELS, "station_id", with_rowid=True)


def _make_station_months(*key: str, with_rowid: bool) -> None:
    op.drop_table("stationmonth")
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "stationmonth",
        sa.Column("month", sa.Date(), nullable=False),
        *(sa.Column(name, text(), nullable=False) for name in _LABELS),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _LENGTHS),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("programmes", text(), nullable=False),
        sa.Column("programmes_planned", text(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.PrimaryKeyConstraint(*key),
        sqlite_with_rowid=with_rowid,
    )
