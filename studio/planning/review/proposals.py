"""Numbers found in a plan made into targets to be confirmed; what the plan leaves open is named."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from assets.messages import say
from studio.planning.amounts import write_amount
from studio.planning.document import PlanDocument, Quantity
from studio.planning.models import Every, Measure, Target
from studio.planning.plans import key_of
from studio.planning.review.languages import find_language
from studio.planning.review.likeness import weigh_likeness
from studio.planning.source import fold
from studio.planning.targets import ON_AIR

_ITEMS = (
    r"^(?:tin[, ]*bai|ban tin|tin|bai viet|bai|phong su|tiet muc|tieu pham|(?:video )?clip|video|"
    r"san pham|tac pham)$"
)
_SESSIONS = (
    r"^(?:buoi|cuoc thi|cuoc|hoi nghi|hoi thi|lop(?: tap huan)?|dien dan|toa dam|lan|ngay hoi|"
    r"le phat dong|ngoai khoa)$"
)
_COPIES = r"^(?:to roi|to gap|to|cuon(?: so tay)?|so tay|pano|ap phich|bang ron|khau hieu|(?:bo )?tai lieu)$"
_MEASURES: tuple[tuple[Measure, str], ...] = (
    (Measure.HOUSEHOLDS, r"^% (?:so |tong so |cac )?ho\b"),
    (Measure.AIRINGS, r"^luot(?: phat)?$"),
    (Measure.PEOPLE, r"^(?:luot )?(?:nguoi|can bo|hoc vien|dai bieu|hoc sinh|hoi vien|doan vien)$"),
    (Measure.MINUTES, r"^(?:phut|gio)$"),
    (Measure.PROGRAMMES, r"^(?:chuong trinh|chuyen muc|chuyen de|so)$"),
    (Measure.ITEMS, _ITEMS),
    (Measure.SESSIONS, _SESSIONS),
    (Measure.COPIES, _COPIES),
)  # fmt: skip
_ON_AIR = re.compile(r"\b(?:phat|dai|loa|phat thanh|truyen thanh)\b")
_EVERY = {"thang": Every.MONTH, "quy": Every.QUARTER, "nam": Every.YEAR}
_YEAR = re.compile(r"^nam (20\d\d)$")
_PART_OF_YEAR = re.compile(r"^(?:quy (i{1,3}|iv)|thang (\d{1,2})|6 thang (dau|cuoi) nam)$")
_QUARTERS = ("i", "ii", "iii", "iv")
EACH = "each_commune"
_SAME_TITLE = 0.5
_DAYS_OF_WEEK = 7


@dataclass(frozen=True, slots=True)
class Proposal:
    """A target as far as the plan says it. `doubts` are keys of the catalogue: what a person has to weigh."""

    number: int
    """Its place among the numbers of the plan, from 1."""
    quantity: Quantity
    target: Target | None
    doubts: tuple[str, ...]
    stored: Target | None = None
    """The plan's own target for the same, of another number: who keeps the proposal changes that one."""

    @property
    def open_points(self) -> list[str]:
        """The doubts in the reader's language."""
        amount = write_amount(self.stored.measure, self.stored.quantity) if self.stored else ""
        return [say(f"planning.proposal.{doubt}", amount=amount) for doubt in self.doubts]

    @property
    def is_ready(self) -> bool:
        """Whether nothing is left open."""
        return self.target is not None and not self.doubts


def propose_targets(
    document: PlanDocument, year: int, units: Mapping[str, str] | None = None
) -> list[Proposal]:
    """One proposal for each number of the plan, in its order.

    A target covers its year, quarter or month; what is asked for each week or day is summed over the days of
    the year. `units` are the codes of the units by their names, for what a table sets for one of them.
    """
    placed = {line.line: line.parts for line in document.lines}
    proposals = [
        _propose(number, quantity, document, placed.get(quantity.line or 0, ()), year=year)
        for number, quantity in enumerate(document.targets, start=1)
    ]
    sums = _find_sums(document.targets)
    weighed = [_weigh(one, units or {}, is_sum=one.number in sums) for one in proposals]
    return list(_part_rivals(weighed))


def _weigh(proposal: Proposal, units: Mapping[str, str], *, is_sum: bool) -> Proposal:
    """The proposal with its unit; a sum of numbers beside it would count twice."""
    whose, target, doubts = proposal.quantity.whose, proposal.target, proposal.doubts
    if target is None:
        return proposal
    if whose and (code := units.get(fold(whose))):
        target.unit = code
    elif whose:
        doubts = (*doubts, "whose")
    return replace(proposal, doubts=(*doubts, "sum") if is_sum else doubts)


def _part_rivals(proposals: Sequence[Proposal]) -> Iterator[Proposal]:
    """The proposals; one that sets another number for what an earlier one sets is doubtful."""
    first: dict[tuple[object, ...], int] = {}
    for one in proposals:
        if one.target is None:
            yield one
            continue
        known = first.setdefault(key_of(one.target), one.target.quantity)
        is_rival = known != one.target.quantity
        yield replace(one, doubts=(*one.doubts, "rival")) if is_rival else one


def _find_sums(quantities: Sequence[Quantity]) -> set[int]:
    """The numbers of those that only sum up the quarters or months of the same row."""
    parts: dict[tuple[int | None, str], float] = {}
    for one in quantities:
        if _PART_OF_YEAR.match(fold(one.per or "").rpartition("/")[2]):
            parts[one.line, one.unit] = parts.get((one.line, one.unit), 0) + one.quantity
    return {
        number
        for number, one in enumerate(quantities, start=1)
        if one.per in (None, "năm") and parts.get((one.line, one.unit)) == one.quantity
    }


def _propose(
    number: int,
    quantity: Quantity,
    document: PlanDocument,
    parts: Sequence[str],
    *,
    year: int,
) -> Proposal:
    unit, doubts = fold(quantity.unit), []
    measure = next((one for one, pattern in _MEASURES if re.search(pattern, unit)), None)
    if measure is Measure.SESSIONS and unit == "lan" and _ON_AIR.search(fold(quantity.text)):
        measure = Measure.AIRINGS
    pieces = [fold(piece).strip() for piece in (quantity.per or "").split("/") if piece.strip()]
    if measure is None or (
        measure is Measure.MINUTES and pieces and pieces[0] not in (*_EVERY, "tuan", "ngay")
    ):
        return Proposal(number, quantity, None, ("uncounted" if measure is None else "length",))
    every, first, last = Every.ONCE, date(year, 1, 1), date(year, 12, 31)
    amount = quantity.quantity * (60 if unit == "gio" else 1)
    for piece in pieces:
        if named := _YEAR.match(piece):
            first, last = date(int(named[1]), 1, 1), date(int(named[1]), 12, 31)
            every = Every.YEAR
        elif part := _PART_OF_YEAR.match(piece):
            first, last = _bound(year, part)
        elif piece in _EVERY:
            every = _EVERY[piece]
        elif piece in ("tuan", "ngay"):
            amount *= ((last - first).days + 1) / (_DAYS_OF_WEEK if piece == "tuan" else 1)
            doubts.append("summed")
        else:
            doubts.append(EACH if piece == "xa" else "each")
    if amount != int(amount) and measure is Measure.HOUSEHOLDS:
        doubts.append("rounded")
    theme = _find_heading(quantity, "themes", parts, [(one.code, one.title) for one in document.themes])
    form = _find_heading(quantity, "forms", parts, [(one.code, one.title) for one in document.forms])
    target = Target(
        plan_id=0,
        theme=theme,
        form=form,
        language=find_language(quantity.text, quantity.quantity) if measure in ON_AIR else None,
        measure=measure,
        quantity=math.floor(amount) if "summed" in doubts else math.ceil(amount),
        first_date=first,
        last_date=last,
        every=every,
        source=quantity.text[:500],
    )
    return Proposal(number, quantity, target, tuple(dict.fromkeys(doubts)))


def _bound(year: int, part: re.Match[str]) -> tuple[date, date]:
    """The first and last day of a quarter, a month or a half of the year."""
    quarter, month, half = part.groups()
    length = 3 if quarter else 6 if half else 1
    if half:
        start = 1 if half == "dau" else 7
    else:
        start = _QUARTERS.index(quarter) * 3 + 1 if quarter else min(max(int(month), 1), 12)
    after = date(year + (start + length > 12), (start + length - 1) % 12 + 1, 1)
    return date(year, start, 1), after - timedelta(days=1)


def _find_heading(
    quantity: Quantity, part: str, parts: Sequence[str], headings: Sequence[tuple[str, str]]
) -> str | None:
    """The heading in which the number stands, or the one that its row is named after."""
    for one in parts:
        name, _, place = one.partition(".")
        place = place.partition(".")[0]
        if name == part and place.isdigit() and int(place) <= len(headings):
            return headings[int(place) - 1][0]
    if part == "forms":
        return None
    names = quantity.text.split(" - ")
    weighed = [(max(weigh_likeness(title, name) for name in names), code) for code, title in headings]
    best = max(weighed, default=(0.0, ""))
    return best[1] if best[0] >= _SAME_TITLE else None
