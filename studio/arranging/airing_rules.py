"""When, where and how often a script's piece may air, said by a person and kept for all its revisions.

Invalid
├── AiringRuleUnfit
└── AirsNowhere
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlmodel import Session

from assets.errors import Invalid
from assets.messages import say
from assets.models import AiringRules
from scheduler.models import Station
from scheduler.stations import find_station, list_stations
from studio.people.audit import record
from studio.people.models import User
from studio.people.permissions import Action, require
from studio.production.releases import list_segments
from studio.scripts.models import Script
from studio.scripts.workflow import find_script

MOST_DAYS_APART = 365
MOST_AIRINGS = 1000
NAMES = tuple(AiringRules.model_fields)


class AiringRuleUnfit(Invalid):
    """A rule has a value that cannot be meant; says what is expected."""

    def __str__(self) -> str:
        field = str(self.data["field"])
        wrong = say("error.AiringRuleUnfit", **{**self.data, "field": say(f"scripts.rule.{field}")})
        return f"{wrong} {say('scheduler.expected.line', what=say(f'scripts.rule_expected.{field}'))}"


class AirsNowhere(Invalid):
    """With these rules no station could ever air the piece; says which rule stands against which station."""


def set_airing_rules(session: Session, code: str, rules: AiringRules, *, by: User, now: datetime) -> Script:
    """Let the script's piece air as `rules` say, in all revisions, made or to be made.

    What is planned against them is replaced by the next planning; what was handed over stays. A piece that
    had expired may air again if its validity is lengthened. Saying the same again changes nothing.

    Raises:
        NotAllowed, ScriptMissing, StationUnknown, AiringRuleUnfit, AirsNowhere
    """
    require(by, Action.FILL_SCHEDULE)
    script = find_script(session, code)
    chosen = [find_station(session, one) for one in dict.fromkeys(rules.stations)]
    rules = rules.model_copy(update={"stations": sorted(one.code for one in chosen)})
    _check_values(rules)
    _check_stations(script, rules, chosen or list_stations(session), is_chosen=bool(chosen))
    before, after = read_airing_rules(script), read_airing_rules(rules)
    if before == after:
        return script
    for number, row in ((None, script), *list_segments(session, script).items()):
        for name in NAMES:
            setattr(row, name, getattr(rules, name))
        # Besides expiry nothing retires the approved revision.
        if number is not None and number == script.approved_revision and not _is_over(rules, now):
            row.retired_at = None
        session.add(row)
    session.flush()
    record(
        session, at=now, by=by.username, action="script.airing", subject=f"script/{code}",
        before=before, after=after,
    )  # fmt: skip
    return script


def read_airing_rules(held: AiringRules) -> dict[str, object]:
    """The rules of a script or a piece, as plain JSON values."""
    values: dict[str, object] = AiringRules(**{name: getattr(held, name) for name in NAMES}).model_dump(
        mode="json"
    )
    return values


def describe_airing_rules(held: AiringRules, stations: Mapping[str, str]) -> list[str]:
    """The rules in words, only those that say something; `stations` are names by code."""
    first, last = (f"{day:%d/%m/%Y}" if day else "" for day in (held.valid_from, held.valid_until))
    names = ", ".join(stations.get(code, code) for code in held.stations)
    return [
        say(f"scripts.rule_told.{name}", **data)
        for name, data, is_said in (
            ("between", {"first": first, "last": last}, first and last),
            ("since", {"first": first}, first and not last),
            ("until", {"last": last}, last and not first),
            ("stations", {"stations": names}, names),
            ("apart", {"days": held.separation_days}, held.separation_days > 1),
            ("most", {"most": held.max_airings}, held.max_airings),
        )
        if is_said
    ]


def _is_over(rules: AiringRules, now: datetime) -> bool:
    return (rules.valid_until or date.max) < now.date()


def _check_values(rules: AiringRules) -> None:
    for field, good in (
        ("valid_until", (rules.valid_from or date.min) <= (rules.valid_until or date.max)),
        ("separation_days", 1 <= rules.separation_days <= MOST_DAYS_APART),
        ("max_airings", rules.max_airings is None or 1 <= rules.max_airings <= MOST_AIRINGS),
    ):
        if not good:
            value = getattr(rules, field)
            raise AiringRuleUnfit(
                field=field, value=f"{value:%d/%m/%Y}" if isinstance(value, date) else value
            )


def _check_stations(
    script: Script, rules: AiringRules, stations: Sequence[Station], *, is_chosen: bool
) -> None:
    """That one of them is in service while the piece is valid, and, where some are chosen, speaks it."""
    first, last = rules.valid_from or date.min, rules.valid_until or date.max
    serving = [
        one
        for one in stations
        if (one.valid_from or date.min) <= last and first <= (one.valid_until or date.max)
    ]
    names = ", ".join(one.name for one in stations[:3]) + (" …" if len(stations) > 3 else "")
    if stations and not serving:
        why = say("scripts.rule_conflict.service", stations=names)
    elif is_chosen and not any(script.language in one.languages for one in serving):
        why = say("scripts.rule_conflict.language", stations=names, language=script.language)
    else:
        return
    raise AirsNowhere(piece=script.title, why=why)
