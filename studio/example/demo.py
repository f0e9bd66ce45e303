"""The whole way once, on the example district: from the plan to what aired.

Every step looks first for what is already there, so the demo may be stopped at any moment and run again.
It lives by its own clock (the example's week), so that each run makes the same.
"""

from contextlib import closing
from dataclasses import dataclass

from sqlmodel import col, select

from assets.errors import Conflict
from assets.messages import say
from assets.models import Asset
from assets.store import Store
from scheduler.models import Station
from studio.database import open_database
from studio.example.books import keep_books
from studio.example.broadcast import air_week, bundle_week, place_week
from studio.example.district import District, read_district
from studio.example.newsroom import make_segments, make_tunes, set_up_district, write_scripts
from studio.example.results import report_week
from studio.example.stage import SAMPLE_PASSWORD, Progress, Row, Stage, Step
from studio.settings import Settings

STEPS: tuple[tuple[Step, float], ...] = (
    (set_up_district, 0.02),
    (write_scripts, 0.03),
    (make_tunes, 0.05),
    (make_segments, 0.70),
    (place_week, 0.02),
    (bundle_week, 0.10),
    (air_week, 0.04),
    (keep_books, 0.01),
    (report_week, 0.03),
)
"""In order, each with its share of the work."""


class HomeInUse(Conflict):
    """The demo was pointed at a home that holds a centre's own data."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was made: what, how much, where; and what to open first."""

    rows: list[Row]
    first_look: str


def run_demo(settings: Settings, *, progress: Progress, district: District | None = None) -> Outcome:
    """Make everything of `district` (by default the bundled one) that is not there yet.

    Raises:
        HomeInUse: the home holds data that are no sample.
        Unavailable: disk full, speech out of reach; run it again and it goes on from there.
    """
    with closing(open_database(settings)) as database:
        stage = Stage(district or read_district(), settings, database, Store(settings.store))
        _refuse_real_data(stage)
        rows: list[Row] = []
        begins = 0.0
        for step, share in STEPS:
            rows += step(stage, _part(progress, begins, share))
            begins += share
    progress(1.0, say("example.done"))
    return Outcome(rows, _tell_first_look(stage))


def _part(progress: Progress, begins: float, share: float) -> Progress:
    return lambda done, message: progress(begins + share * done, message)


def _refuse_real_data(stage: Stage) -> None:
    with stage.database.reading() as session:
        station = session.exec(select(Station).where(col(Station.is_sample).is_(False))).first()
        segment = session.exec(
            select(Asset).where(col(Asset.is_sample).is_(False), col(Asset.key).startswith("script/"))
        ).first()
    if station is not None or segment is not None:
        raise HomeInUse(home=stage.settings.home)


def _tell_first_look(stage: Stage) -> str:
    people = ", ".join(person.username for person in stage.district.people)
    return say(
        "example.first_look",
        report=stage.folder / "reports" / "coverage.html",
        home=stage.settings.home,
        day=f"{stage.district.week[1]:%d/%m/%Y}",
        people=people,
        password=SAMPLE_PASSWORD,
    )
