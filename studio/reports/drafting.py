"""The words of a report as the figures say them: results, where it is short and what closes it.

Nothing is guessed: a cause is named only where a log or a person noted it. A person may rewrite the
difficulties and proposals before signing; the results are always those of the figures.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from assets.messages import say
from assets.models import Origin
from scheduler.sums import Sums
from studio.planning.amounts import write_amount, write_day, write_minutes, write_number, write_share
from studio.planning.coverage import Coverage, CoverageRow, CoverageStatus
from studio.reports.airtime import count_missed
from studio.reports.events import Events
from studio.reports.report import Table
from studio.reports.sounding import Airtime

MOST_NAMED = 8
"""So many targets are named in the letter; all stand in the annex."""
MOST_STATIONS = 5
_OPEN = (CoverageStatus.SHORT, CoverageStatus.WAITING)


def draft_airtime(airtime: Airtime) -> list[str]:
    """How much was on air, and by whom it was made."""
    total = airtime.total
    found = [
        say(
            "reports.draft.airtime",
            first=write_day(airtime.first),
            last=write_day(airtime.last),
            stations=sum(1 for days in airtime.days_on_air.values() if days),
            airings=write_number(total.aired),
            minutes=write_minutes(total.aired_ms),
            planned=write_number(total.planned),
        )
    ]
    if total.aired_ms:
        by_origin = airtime.sum_kinds(lambda kind: kind.origin)
        amounts = {one.value: write_minutes(by_origin.get(one, Sums()).aired_ms) for one in Origin}
        found.append(say("reports.draft.origins", **amounts))
    return found


def draft_targets(coverage: Coverage) -> list[str]:
    if not coverage.rows:
        return []
    share = write_share(coverage.met / len(coverage.rows))
    return [say("reports.draft.targets", met=coverage.met, targets=len(coverage.rows), share=share)]


def draft_events(events: Events) -> list[str]:
    """What was held beside broadcasting."""
    if not events.rows:
        return []
    kinds = ", ".join(
        say(
            "reports.draft.activity_kind", kind=say(f"activities.kind.{kind}").lower(), sessions=sums.sessions
        )
        for kind, sums in events.by_kind.items()
    )
    people, copies = write_number(events.total.people), write_number(events.total.copies)
    return [say("reports.draft.activities", kinds=kinds, people=people, copies=copies)]


def draft_failures(airtime: Airtime) -> list[str]:
    total = airtime.total
    counts = {"missed": count_missed(total), "partial": total.partial, "unconfirmed": total.over}
    if not any(counts.values()):
        return []
    return [say("reports.draft.failed", **{name: write_number(count) for name, count in counts.items()})]


def draft_difficulties(airtime: Airtime, coverage: Coverage | None, incidents: Table, held: int) -> list[str]:
    """Where the plan is short, which stations failed, what the logs noted as the cause."""
    found = [_tell_short(row) for row in _list_short(coverage)]
    if coverage and (more := sum(row.status in _OPEN for row in coverage.rows) - len(found)) > 0:
        found.append(say("reports.draft.more_short", count=more))
    for name, sums in _list_failing(airtime):
        found.append(
            say(
                "reports.draft.station",
                station=name,
                missed=write_number(count_missed(sums)),
                partial=write_number(sums.partial),
                unconfirmed=write_number(sums.over),
            )
        )
    why = [column.key for column in incidents.columns].index("reason")
    causes = Counter(str(row[why]).rstrip(".") for row in incidents.rows if row[why]).most_common(3)
    if causes and not incidents.left_out:
        listed = "; ".join(say("reports.draft.cause", why=why, count=count) for why, count in causes)
        found.append(say("reports.draft.causes", causes=listed))
    if held:
        found.append(say("reports.draft.held", count=write_number(held)))
    return found or [say("reports.draft.no_difficulty")]


def draft_proposals(airtime: Airtime, coverage: Coverage | None, held: int) -> list[str]:
    """What closes each gap that was named, and whom to look at."""
    found = list(dict.fromkeys(row.advice for row in _list_short(coverage)))
    if failing := _list_failing(airtime):
        names = ", ".join(name for name, _ in failing)
        found.append(say("reports.draft.check_stations", stations=names))
    if held:
        found.append(say("reports.draft.settle_held"))
    return found or [say("reports.draft.no_proposal")]


def _list_short(coverage: Coverage | None) -> Sequence[CoverageRow]:
    return [row for row in coverage.short if row.status in _OPEN][:MOST_NAMED] if coverage else []


def _tell_short(row: CoverageRow) -> str:
    return say(
        f"reports.draft.{row.status}",
        what=row.title,
        place=row.station_name,
        aired=write_amount(row.measure, row.aired),
        wanted=write_amount(row.measure, row.wanted),
        share=write_share(row.share),
        missing=write_amount(row.measure, row.missing, up=True),
    )


def _list_failing(airtime: Airtime) -> list[tuple[str, Sums]]:
    """The stations with the most failed airings, where that is at least one in twenty."""

    def rank() -> Iterator[tuple[int, str, Sums]]:
        for code, sums in airtime.sum_places(lambda place: place.station).items():
            failed = count_missed(sums) + sums.partial + sums.over
            if failed * 20 >= max(sums.planned, 1):
                yield failed, airtime.stations[code], sums

    worst = sorted(rank(), key=lambda one: (-one[0], one[1]))[:MOST_STATIONS]
    return [(name, sums) for _, name, sums in worst]
