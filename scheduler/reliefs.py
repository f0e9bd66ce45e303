"""What could be changed so that a goal is met: each change as a measure that takes a whole number. Pure.

A relief of `n` includes one of `n - 1`; so the least that suffices can be searched.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from itertools import count
from statistics import median_low
from zoneinfo import ZoneInfo

from scheduler.board import room_ms
from scheduler.calendar import Interval, SlotOccurrence, StationRules, find_moment, quiet_windows
from scheduler.goals import MINUTE_MS, Goal
from scheduler.items import Item
from scheduler.models import ItemRole
from scheduler.reach import Case

USUAL_MINUTES = 5
"""How long a new piece is taken to be where none tells how long they usually are."""
LONGEST_SESSION_MINUTES = 60
MOST_PIECES = 200
MOST_NAMES = 3
EARLIEST, LATEST = time(5), time(21)
"""Between these a further session is looked for."""
_STEP = timedelta(minutes=5)

Change = Callable[[Case, int], Case]


@dataclass(frozen=True, slots=True)
class Relief:
    """`most` is the largest number that makes sense, 0 where the relief does not apply.

    `data` are what a sentence about it says, beside its number.
    """

    kind: str
    most: int
    vary: Change
    data: Mapping[str, object]
    names: Mapping[str, str] = field(default_factory=dict)
    """What codes among `data` are called."""
    falls_from: int | None = None
    """Where the number is taken off something, as days of a separation are: what it is now."""

    def change(self, case: Case, amount: int) -> Case:
        return self.vary(case, amount) if amount else case

    def tell(self, amount: int) -> dict[str, object]:
        """What a sentence says: `now` and `then` are what the thing is, and would be with the amount."""
        now = self.falls_from if self.falls_from is not None else self.data.get("least", 0)
        assert isinstance(now, int)
        then = now - amount if self.falls_from is not None else now + amount
        return {**self.data, "amount": amount, "now": now, "then": then, "named": dict(self.names)}


def list_reliefs(case: Case, goal: Goal) -> list[Relief]:
    """Everything that could help, what costs least trouble first."""
    found = [
        *_find_spoken(case, goal),
        *_find_stations(case, goal),
        *_find_validity(case, goal),
        *_find_separation(case, goal),
        *_find_repeats(case, goal),
        *_find_caps(case, goal),
        find_minutes(case, goal),
        find_pieces(case, goal),
    ]
    return [one for one in found if one.most > 0]


def list_counting(case: Case, goal: Goal) -> list[SlotOccurrence]:
    """The sessions in which an airing counts for the goal."""
    return [
        one for one in case.occurrences if goal.counts(one.station, one.local_date) and not one.relay_source
    ]


def list_wanted(case: Case, goal: Goal) -> list[Item]:
    """The pieces with the goal's labels."""
    return [one for one in case.items if one.role is ItemRole.SEGMENT and goal.wants(one)]


# Pieces ----------------------------------------------------------------------------------------------


def find_pieces(case: Case, goal: Goal) -> Relief:
    """So many more approved pieces with the goal's labels, valid throughout."""
    ours = list_counting(case, goal)
    wanted = list_wanted(case, goal)
    room = max((room_ms(one) for one in ours), default=0) // MINUTE_MS
    lengths = [length for item in wanted if (length := -(-item.duration_ms // MINUTE_MS)) <= room]
    minutes = min(median_low(lengths) if lengths else USUAL_MINUTES, room)
    spoken = {language for one in ours for language in one.rules.languages}
    theirs = [one.language for one in wanted if one.language in spoken]
    language = goal.language or next(iter(theirs), "vi" if "vi" in spoken else min(spoken, default="vi"))
    pattern = Item(
        asset_id=-1,
        key="+",
        title="",
        duration_ms=max(1, minutes) * MINUTE_MS,
        theme=goal.theme,
        audience=goal.audience,
        form=goal.form,
        language=language,
        separation_days=min((one.separation_days for one in wanted), default=1),
    )
    most = -(-goal.needed // pattern.duration_ms) if goal.measure == "minutes" else goal.quantity

    def change(case: Case, n: int) -> Case:
        more = [replace(pattern, asset_id=-1 - at, key=f"+{at:04}") for at in range(n)]
        return replace(case, items=(*case.items, *more))

    data = {"minutes": minutes, "label": goal.about, "language": pattern.language}
    names = {"label": goal.title or goal.about}
    return Relief(f"pieces-{goal.measure}", min(most, MOST_PIECES) if minutes else 0, change, data, names)


def _find_validity(case: Case, goal: Goal) -> Iterator[Relief]:
    late = {one for one in list_wanted(case, goal) if one.valid_until and one.valid_until < goal.last_date}
    if late:
        until = [one.valid_until for one in late if one.valid_until]

        def change(case: Case, n: int) -> Case:
            def lengthen(item: Item) -> Item:
                if item not in late or item.valid_until is None:
                    return item
                return replace(item, valid_until=min(goal.last_date, item.valid_until + timedelta(days=n)))

            return replace(case, items=tuple(lengthen(one) for one in case.items))

        yield Relief("validity", (goal.last_date - min(until)).days, change, _name_pieces(late))
    early = {one for one in list_wanted(case, goal) if one.valid_from and one.valid_from > goal.first_date}
    if early:

        def allow(case: Case, _: int) -> Case:
            def advance(item: Item) -> Item:
                return replace(item, valid_from=goal.first_date) if item in early else item

            return replace(case, items=tuple(advance(one) for one in case.items))

        yield Relief("valid-sooner", 1, allow, {**_name_pieces(early), "day": f"{goal.first_date:%d/%m/%Y}"})


def _find_separation(case: Case, goal: Goal) -> Iterator[Relief]:
    most = max((one.separation_days for one in list_wanted(case, goal)), default=1)

    def change(case: Case, n: int) -> Case:
        def shorten(item: Item) -> Item:
            if not goal.wants(item) or item.separation_days <= most - n:
                return item
            return replace(item, separation_days=most - n)

        return replace(case, items=tuple(shorten(one) for one in case.items))

    yield Relief("separation", most - 1, change, {"days": most}, falls_from=most)


def _find_repeats(case: Case, goal: Goal) -> Iterator[Relief]:
    limits = [one.max_airings for one in list_wanted(case, goal) if one.max_airings is not None]
    if not limits:
        return
    least = min(limits)

    def change(case: Case, n: int) -> Case:
        def allow(item: Item) -> Item:
            if not goal.wants(item) or item.max_airings is None or item.max_airings >= least + n:
                return item
            return replace(item, max_airings=least + n)

        return replace(case, items=tuple(allow(one) for one in case.items))

    # Once a day is the most that any limit can let through, beside what stands already.
    stood = Counter((one.station, one.item.key) for one in case.past if goal.wants(one.item))
    days = len({one.local_date for one in list_counting(case, goal)})
    most = max(stood.values(), default=0) + days
    yield Relief("max-airings", most - least, change, {"least": least})


def _find_spoken(case: Case, goal: Goal) -> Iterator[Relief]:
    stations = {one.rules.code: one.rules for one in list_counting(case, goal)}
    for language in sorted({one.language for one in list_wanted(case, goal)}):
        lacking = sorted(code for code, rules in stations.items() if language not in rules.languages)
        if lacking:

            def change(case: Case, _: int, language: str = language) -> Case:
                return _change_rules(case, goal, lambda r: replace(r, languages=(*r.languages, language)))

            data = {"language": language, "stations": ", ".join(lacking)}
            yield Relief("language", 1, change, data, _name_stations(case, lacking))


def _find_stations(case: Case, goal: Goal) -> Iterator[Relief]:
    stations = {one.station for one in list_counting(case, goal)}
    wanted = list_wanted(case, goal)
    barred: dict[Item, frozenset[str]] = {}
    for code in stations:
        # A piece has a file for each kind of station: one of them suffices.
        here = {one.key for one in wanted if one.may_air_on(code)}
        for item in {one.key: one for one in wanted if one.key not in here}.values():
            barred[item] = barred.get(item, frozenset()) | {code}

    def change(case: Case, _: int) -> Case:
        def allow(item: Item) -> Item:
            if item.stations is None or item not in barred:
                return item
            return replace(item, stations=item.stations | barred[item])

        return replace(case, items=tuple(allow(one) for one in case.items))

    if barred:
        lacking = sorted({code for codes in barred.values() for code in codes})
        data = {**_name_pieces(barred), "stations": ", ".join(lacking)}
        yield Relief("stations", 1, change, data, _name_stations(case, lacking))


def _name_stations(case: Case, codes: Iterable[str]) -> dict[str, str]:
    """The stations as people know them, the first few of many."""
    titles = {one.station: one.rules.title for one in case.occurrences}
    names = [titles.get(code, code) for code in sorted(codes)]
    return {"stations": ", ".join(names[:MOST_NAMES]) + (" …" if len(names) > MOST_NAMES else "")}


def _name_pieces(items: Iterable[Item]) -> dict[str, object]:
    names = sorted(one.title or one.key for one in items)
    return {"pieces": len(names), "first": names[0]}


# Rules and time ----------------------------------------------------------------------------------------


def _find_caps(case: Case, goal: Goal) -> Iterator[Relief]:
    ours = list_counting(case, goal)
    rules = {one.rules for one in ours}
    longest = max((-(-(one.duration_ms + one.relay_ms) // MINUTE_MS) for one in ours), default=0)
    for name, bound in (
        ("max_session_minutes", longest),
        ("max_sessions_per_day", _most_a_day(ours)),
        ("max_days_per_week", 7),
    ):
        least = min((value for one in rules if (value := getattr(one, name)) is not None), default=None)
        if least is None:
            continue

        def change(case: Case, n: int, name: str = name) -> Case:
            def raise_cap(rules: StationRules) -> StationRules:
                value = getattr(rules, name)
                return rules if value is None else replace(rules, **{name: value + n})

            return _change_rules(case, goal, raise_cap)

        yield Relief(name.replace("_", "-"), bound - least, change, {"least": least})


def _most_a_day(occurrences: list[SlotOccurrence]) -> int:
    counts: dict[tuple[str, date], int] = defaultdict(int)
    for one in occurrences:
        counts[one.station, one.local_date] += 1
    return max(counts.values(), default=0)


def _change_rules(case: Case, goal: Goal, change: Callable[[StationRules], StationRules]) -> Case:
    return replace(
        case,
        occurrences=tuple(
            replace(one, rules=change(one.rules)) if goal.station in (None, one.station) else one
            for one in case.occurrences
        ),
    )


def find_minutes(case: Case, goal: Goal) -> Relief:
    """So many more minutes of sessions, on the goal's days, at times that are free and not quiet."""
    places = list(_list_free_times(case, goal))
    usual = sorted(room_ms(one) // MINUTE_MS for one in list_counting(case, goal))
    each = min(max(usual[len(usual) // 2], 1), LONGEST_SESSION_MINUTES) if usual else 30
    places = [one for one in places if one[1] >= each]

    def list_sessions(n: int) -> list[SlotOccurrence]:
        sessions = []
        for at, (pattern, _) in zip(range(-(-n // each)), places, strict=False):
            minutes = min(each, n - at * each)
            ends = pattern.starts_at + timedelta(minutes=minutes)
            sessions.append(replace(pattern, ends_at=ends, slot_id=-1 - at))
        return sessions

    def change(case: Case, n: int) -> Case:
        return replace(case, occurrences=(*case.occurrences, *list_sessions(n)))

    stations = sorted({pattern.station for pattern, _ in places})
    data = {"each": each, "stations": ", ".join(stations), "until": f"{goal.last_date:%d/%m/%Y}"}
    return Relief("minutes", each * len(places), change, data, _name_stations(case, stations))


def _list_free_times(case: Case, goal: Goal) -> Iterator[tuple[SlotOccurrence, int]]:
    """An occurrence of a further session and how many minutes it may last: days without one first.

    One session for each station and day, and only as many as the caps of the station allow.
    """
    used: dict[tuple[str, date], int] = defaultdict(int)
    rules: dict[str, StationRules] = {}
    for one in case.occurrences:
        used[one.station, one.local_date] += 1
        if goal.station in (None, one.station):
            rules.setdefault(one.station, one.rules)
    days = [one.local_date for one in case.occurrences]
    if not days:
        return
    first, last = max(goal.first_date, min(days)), min(goal.last_date, max(days))
    wanted = list_wanted(case, goal)
    places = [
        (used[code, day], day, code)
        for code in sorted(rules)
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
        if not wanted or any(item.is_valid(day) for item in wanted)
    ]
    for _, day, code in sorted(places):
        if _is_within_caps(rules[code], used, day):
            free = _find_free_time(case, rules[code], day)
            if free is not None:
                used[code, day] += 1
                yield free


def _is_within_caps(rules: StationRules, used: Mapping[tuple[str, date], int], day: date) -> bool:
    here = used.get((rules.code, day), 0)
    if rules.max_sessions_per_day is not None and here >= rules.max_sessions_per_day:
        return False
    if rules.max_days_per_week is None or here:
        return True
    monday = day - timedelta(days=day.weekday())
    week = sum(bool(used.get((rules.code, monday + timedelta(days=n)))) for n in range(7))
    return week < rules.max_days_per_week


def _find_free_time(case: Case, rules: StationRules, day: date) -> tuple[SlotOccurrence, int] | None:
    """The longest free stretch of the day, up to an hour."""
    zone = ZoneInfo(rules.timezone)
    begins, ends = find_moment(day, EARLIEST, zone), find_moment(day, LATEST, zone)
    # What touched a relay would share its cap.
    gap = {True: timedelta(minutes=1), False: timedelta(0)}
    busy = [
        Interval(one.starts_at - gap[bool(one.relay_source)], one.ends_at + gap[bool(one.relay_source)])
        for one in case.occurrences
        if one.station == rules.code
    ]
    busy += quiet_windows(rules, day, day)
    longest = min(LONGEST_SESSION_MINUTES, rules.max_session_minutes or LONGEST_SESSION_MINUTES)
    best = 0
    found = None
    for at in count():
        starts = begins + at * _STEP
        if starts >= ends or best == longest:
            break
        until = min([ends, *(one.starts_at for one in busy if one.ends_at > starts)])
        minutes = min(longest, max(0, (until - starts) // timedelta(minutes=1)))
        if minutes > best and not any(one.overlaps(Interval(starts, until)) for one in busy):
            best, found = minutes, SlotOccurrence(rules, 0, "+", day, starts, until)
    return (found, best) if found is not None else None
