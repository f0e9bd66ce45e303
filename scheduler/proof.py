"""Why a goal cannot be met, proven: what binds, how much is missing, and exactly what would mend it. Pure.

A goal that could be met alone is kept short by others. A goal that could not is kept short by a rule, by
time, or by the pieces there are: each of these is relaxed by itself, and the least that suffices is searched.
"Exactly" is meant: with one less, the goal is out of reach for every schedule (`is_exact`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assets.messages import say
from scheduler.goals import MINUTE_MS, Goal, GoalResult
from scheduler.models import ItemRole
from scheduler.reach import Case, Reach, find_reach
from scheduler.reasons import Reason
from scheduler.reliefs import Relief, find_minutes, find_pieces, list_counting, list_reliefs, list_wanted
from scheduler.sessions import Session

MOST_PROOFS = 50
RULES = (
    "language",
    "stations",
    "validity",
    "valid-sooner",
    "max-session-minutes",
    "max-sessions-per-day",
    "max-days-per-week",
    "separation",
    "max-airings",
)
"""What is named as binding when relaxing it alone would do, before time and pieces are."""

Floors = Mapping[Goal, int]


@dataclass(frozen=True, slots=True)
class Remedy:
    """What suffices to meet the goal; `is_exact` where it is proven that one less of it does not."""

    steps: tuple[tuple[Relief, int], ...]
    is_exact: bool

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return tuple(Reason(f"remedy-{relief.kind}", relief.tell(amount)) for relief, amount in self.steps)

    def apply(self, case: Case) -> Case:
        for relief, amount in self.steps:
            case = relief.change(case, amount)
        return case


@dataclass(frozen=True, slots=True)
class Proof:
    """`most` is what the goal can come to as things are, `missing` what it lacks then, in its own measure."""

    binding: Reason
    missing: int
    most: int
    remedies: tuple[Remedy, ...]

    def as_row(self) -> dict[str, object]:
        """The proof as it is kept in a JSON column."""
        return {
            "binding": self.binding.as_row(),
            "missing": self.missing,
            "most": self.most,
            "remedies": [
                {"is_exact": one.is_exact, "steps": [reason.as_row() for reason in one.reasons]}
                for one in self.remedies
            ],
        }


def tell_proof(row: Mapping[str, Any]) -> list[str]:
    """A kept proof in words: what binds, then each way out of it."""
    ways = [[Reason(step["code"], step["data"]).wording for step in one["steps"]] for one in row["remedies"]]
    binding = Reason(row["binding"]["code"], row["binding"]["data"]).wording
    return [binding, *(say("scheduler.remedy.and").join(steps) for steps in ways)]


def prove_goals(
    case: Case,
    results: Sequence[GoalResult],
    sessions: Sequence[Session],
    *,
    most: int = MOST_PROOFS,
    report: Callable[[int, int], None] = lambda _done, _all: None,
) -> dict[Goal, Proof]:
    """Proofs for the goals that are short, the heaviest and soonest first, so many at most.

    A goal that the days to come may still serve is not proven: nothing is lost yet. `report` is told how many
    are proven, and of how many.
    """
    short = [one for one in results if one.missing and (one.why is None or one.why.code != "goal-later")]
    short.sort(key=lambda one: (-one.goal.weight, one.goal.last_date, one.goal.label))
    goals = [one.goal for one in results]
    proofs = {}
    for number, one in enumerate(short[:most]):
        report(number, len(short[:most]))
        proofs[one.goal] = prove_goal(case, one.goal, goals, sessions)
    return proofs


def prove_goal(case: Case, goal: Goal, goals: Sequence[Goal], sessions: Sequence[Session]) -> Proof:
    """Why `goal` is short in the schedule of these sessions, which serves `goals`."""
    alone = find_reach(case, goal)
    if alone.meets(goal.needed) is False:
        remedies = tuple(_find_remedies(case, goal, {}))
        binding = _find_binding(case, goal, alone, remedies)
        return _make_proof(goal, binding, alone, remedies or tuple(_find_pair(case, goal)))
    rivals = _weigh_rivals(goal, goals, sessions)
    beside = find_reach(case, goal, floors=rivals)
    if beside.meets(goal.needed) is not False:
        # Room for all, but the search for whole pieces did not come to it.
        return _make_proof(goal, Reason("goal-unfound"), beside, ())
    first = sorted(rivals, key=lambda one: (-one.weight, one.last_date))[:3]
    codes, names = ", ".join(one.label for one in first), "; ".join(one.name for one in first)
    binding = Reason("goal-rivals", {"goals": codes, "weight": goal.weight}).named(goals=names)
    return _make_proof(goal, binding, beside, tuple(_find_remedies(case, goal, rivals)))


def _make_proof(goal: Goal, binding: Reason, reach: Reach, remedies: tuple[Remedy, ...]) -> Proof:
    unit = MINUTE_MS if goal.measure == "minutes" else 1
    missing = max(0, -(-(goal.needed - reach.most) // unit))
    return Proof(binding, missing, reach.most // unit, remedies)


def _find_remedies(case: Case, goal: Goal, floors: Floors) -> Iterator[Remedy]:
    for relief in list_reliefs(case, goal):
        remedy = _search(relief, case, goal, floors)
        if remedy is not None:
            yield remedy


def _search(relief: Relief, case: Case, goal: Goal, floors: Floors) -> Remedy | None:
    """The least amount of the relief that meets the goal; None if no amount of it does.

    Quick bounds say from where on it may; from there the program with whole pieces is asked.
    """

    def ask(amount: int, *, exact: bool) -> bool | None:
        changed = relief.change(case, amount)
        reach = find_reach(changed, goal, floors=floors, exact=exact)
        return reach.meets(goal.needed) if exact else reach.most >= goal.needed

    if not ask(relief.most, exact=False):
        return None
    first = _bisect(0, relief.most, lambda amount: bool(ask(amount, exact=False)))
    answers: dict[int, bool | None] = {first - 1: False}

    def meets(amount: int) -> bool:
        answers[amount] = ask(amount, exact=True)
        return bool(answers[amount])

    if meets(first):
        return Remedy(((relief, first),), is_exact=True)
    if first == relief.most or not meets(relief.most):
        return None
    least = _bisect(first, relief.most, meets)
    # Where the search could not tell of one less, that may do as well.
    return Remedy(((relief, least),), is_exact=answers[least - 1] is False)


def _bisect(low: int, high: int, suffices: Callable[[int], bool]) -> int:
    """The least number that suffices, where `low` does not and `high` does."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(middle) else (middle, high)
    return high


def _find_pair(case: Case, goal: Goal) -> Iterator[Remedy]:
    """More minutes and more pieces, where neither alone is enough: first the minutes, then the pieces."""
    pieces = find_pieces(case, goal)
    if not pieces.most:
        return
    stocked = pieces.change(case, pieces.most)
    minutes = _search(find_minutes(case, goal), stocked, goal, {})
    if minutes is None:
        return
    longer = minutes.apply(case)
    more = _search(pieces, longer, goal, {})
    if more is not None:
        yield Remedy((*minutes.steps, *more.steps), minutes.is_exact and more.is_exact)


def _find_binding(case: Case, goal: Goal, alone: Reach, remedies: Sequence[Remedy]) -> Reason:
    """The first thing in the way, by its own number."""
    ours, wanted = list_counting(case, goal), list_wanted(case, goal)
    helping = {remedy.steps[0][0].kind: remedy.steps[0][0] for remedy in remedies}
    unit = MINUTE_MS if goal.measure == "minutes" else 1
    if not ours:
        return Reason("no-occurrence")
    if not wanted:
        return Reason("no-item", {"label": goal.about}).named(label=goal.title or goal.about)
    for kind in RULES:
        if kind in helping:
            return Reason(f"bound-{kind}", helping[kind].tell(0))
    if find_reach(case, goal, boundless=True).most < goal.needed:
        pieces = len({one.key for one in wanted})
        return Reason("too-few-items", {"items": pieces, "reachable": alone.most // unit})
    room = sum(one.duration_ms for one in ours) // MINUTE_MS
    return Reason("bound-room", {"occurrences": len(ours), "minutes": room, "reachable": alone.most // unit})


def _weigh_rivals(goal: Goal, goals: Iterable[Goal], sessions: Sequence[Session]) -> dict[Goal, int]:
    """What the schedule brings other goals in the sessions in which this one is short, by the rules.

    What airs because a rule gave way is no right of theirs, and urgent pieces come before any goal.
    """
    held = [
        (session.occurrence, airing.item)
        for session in sessions
        if goal.counts(session.occurrence.station, session.occurrence.local_date)
        for airing in session.airings
        if airing.role is ItemRole.SEGMENT and airing.reason.code not in ("relaxed", "urgent", "priority")
    ]
    floors = {}
    for one in goals:
        brought = sum(
            one.worth(item.duration_ms)
            for occurrence, item in held
            if one.wants(item) and one.counts(occurrence.station, occurrence.local_date)
        )
        if one != goal and brought:
            floors[one] = min(brought, one.needed)
    return floors
