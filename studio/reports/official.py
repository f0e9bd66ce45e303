"""A report as an administrative document: the parts that Decree 30/2020/ND-CP (appendix I) asks for.

The writers of Word and PDF lay these values out and add no words of their own. Text that came from
outside is cleaned of characters that no document may hold, and is never read as markup.
"""

import re
from dataclasses import dataclass
from datetime import date

from assets.messages import say
from assets.units import VIETNAM
from studio.reports.letter import Letter
from studio.reports.report import Report, Table
from studio.reports.showing import choose_columns, show_cell

MOST_ROWS = 300
"""An annex prints so many rows; the workbook has all."""
_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (2.2) does not allow."""
_SPACES = re.compile(r"[ \t\r\n]+")
"""Not the ones that do not break: they keep room to write in."""
_NUMBERS = frozenset({"count", "amount", "duration", "share", "money"})
_LEFT_OUT = frozenset({"days", "plan_unread"})
_STEP = "\N{NO-BREAK SPACE}" * 3
"""How far a part of a row stands behind it."""


@dataclass(frozen=True, slots=True)
class Part:
    numeral: str
    heading: str
    paragraphs: tuple[str, ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Annex:
    """A table on landscape pages. `is_number` says of each column whether it is set to the right."""

    heading: str
    title: str
    heads: tuple[str, ...]
    is_number: tuple[bool, ...]
    widths: tuple[int, ...]
    """Shares of the line."""
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] | None
    note: str


@dataclass(frozen=True, slots=True)
class OfficialReport:
    country: str
    motto: str
    superior: str
    issuer: str
    number: str
    dated: str
    kind: str
    subject: str
    addressee: str
    legal_bases: tuple[str, ...]
    opening: str
    parts: tuple[Part, ...]
    closing: str
    recipients_head: str
    recipients: tuple[str, ...]
    capacity: tuple[str, ...]
    role: str
    signer: str
    annexes: tuple[Annex, ...]
    annex_note: str
    remark: str
    """Above everything: that the data is a sample; empty else."""
    seal: str
    """That the figures are closed, with their hash; empty else."""


def compose_official(report: Report) -> OfficialReport:
    """The document of a report: its letter, its figures in sentences, its tables as annexes."""
    letter = report.letter
    tables = [table for table in report.tables if table.key not in _LEFT_OUT]
    annexes = tuple(
        _lay_out(table, say("reports.letter.annex", numeral=numeral))
        for numeral, table in zip(_NUMERALS, tables, strict=False)
    )
    dated = _date_letter(letter, report.made_at.astimezone(VIETNAM).date())
    number = letter.number or "\N{NO-BREAK SPACE}" * 10 + say("reports.letter.blank_number")
    issuer = letter.issuer
    opening = say("reports.letter.opening", issuer=issuer) if issuer else say("reports.letter.opening_nobody")
    closing = report.closing
    return OfficialReport(
        country=say("reports.letter.motto_country"),
        motto=say("reports.letter.motto"),
        superior=_stack(letter.superior),
        issuer=_stack(issuer),
        number=_clean(say("reports.letter.number", number=number)),
        dated=_clean(dated),
        kind=say("reports.letter.kind"),
        subject=_clean(letter.subject),
        addressee=_clean(say("reports.letter.addressee", whom=letter.addressee)) if letter.addressee else "",
        legal_bases=_punctuate(letter.legal_bases, last="."),
        opening=_clean(opening),
        parts=_number_parts(report, annexes),
        closing=_clean(say("reports.letter.closing", subject=_lower_first(letter.subject))),
        recipients_head=say("reports.letter.recipients"),
        recipients=_list_recipients(letter),
        capacity=tuple(_clean(line).upper() for line in letter.capacity),
        role=_clean(letter.role).upper(),
        signer=_clean(letter.signer),
        annexes=annexes,
        annex_note=_clean(
            say(
                "reports.letter.annex_note",
                number=say("reports.letter.annex_number", number=number),
                dated=_lower_first(dated.rpartition(", ")[2]),
            )
        ),
        remark=say("reports.letter.sample") if report.is_sample else "",
        seal=say(
            "reports.letter.closed",
            moment=f"{closing.at.astimezone(VIETNAM):%H:%M %d/%m/%Y}",
            by=_clean(closing.by),
            sha256=closing.sha256[:16],
        )
        if closing
        else "",
    )


def _number_parts(report: Report, annexes: tuple[Annex, ...]) -> tuple[Part, ...]:
    letter = report.letter
    see = "; ".join(
        say("reports.letter.see_one", numeral=numeral, title=_lower_first(one.title))
        for numeral, one in zip(_NUMERALS, annexes, strict=False)
    )
    results = (*report.results, *((say("reports.letter.see_annex", annexes=see),) if see else ()))
    bodies = {
        "assessment": letter.assessment,
        "results": results,
        "difficulties": report.difficulties if letter.difficulties is None else letter.difficulties,
        "proposals": report.proposals if letter.proposals is None else letter.proposals,
    }
    filled = [(name, body) for name, body in bodies.items() if body]
    return tuple(
        Part(numeral, say(f"reports.letter.part.{name}"), tuple(_clean(one) for one in body), len(body) > 1)
        for numeral, (name, body) in zip(_NUMERALS, filled, strict=False)
    )


def _lay_out(table: Table, heading: str) -> Annex:
    chosen = choose_columns(table.key, table.columns)
    columns = [table.columns[at] for at in chosen]
    rows = tuple(
        _set_back(tuple(_clean(show_cell(row[at], table.columns[at])) for at in chosen), table.depth(number))
        for number, row in enumerate(table.rows[:MOST_ROWS])
    )
    total = None
    if table.totals:
        cells = (table.totals[at] for at in chosen)
        total = tuple(
            "" if cell is None else _clean(show_cell(cell, column))
            for cell, column in zip(cells, columns, strict=True)
        )
    shown, whole = len(rows), len(table.rows) + table.left_out
    note = say("reports.letter.annex_empty") if not whole else ""
    if shown < whole:
        note = say("reports.letter.annex_rows", shown=shown, rows=whole)
    heads = tuple(column.title for column in columns)
    return Annex(
        heading=heading,
        title=table.title,
        heads=heads,
        is_number=tuple(column.kind in _NUMBERS for column in columns),
        widths=tuple(_weigh(at, heads[at], rows) for at in range(len(heads))),
        rows=rows,
        total=total,
        note=note,
    )


def _set_back(row: tuple[str, ...], depth: int) -> tuple[str, ...]:
    """A row that is part of one above it, set back with a dash."""
    return (_STEP * depth + f"– {row[0]}", *row[1:]) if depth else row


def _weigh(at: int, head: str, rows: tuple[tuple[str, ...], ...]) -> int:
    """How wide a column wants to be, in letters: what it holds, but no more than a third of a line.

    One long cell among short ones takes no more than three lines or so.
    """
    longest_word = max((len(word) for word in head.split()), default=1)
    lengths = sorted(len(row[at]) for row in rows) or [0]
    usual = lengths[len(lengths) * 9 // 10]
    return min(max(longest_word + 2, usual + 3, lengths[-1] // 2, 7), 40)


def _date_letter(letter: Letter, today: date) -> str:
    """The 5th of April is "05 tháng 4", the 5th of February "05 tháng 02" (appendix I, 4)."""
    room = "\N{NO-BREAK SPACE}" * 6
    day, month, year = room, room, str(today.year)
    if letter.signed_on is not None:
        signed = letter.signed_on
        day, year = f"{signed.day:02d}", str(signed.year)
        month = f"{signed.month:02d}" if signed.month < 3 else str(signed.month)
    key = "dated" if letter.place else "dated_nowhere"
    return say(f"reports.letter.{key}", place=letter.place, day=day, month=month, year=year)


def _list_recipients(letter: Letter) -> tuple[str, ...]:
    lines = list(letter.recipients)
    if letter.addressee and say("reports.letter.as_above") not in lines:
        lines.insert(0, say("reports.letter.as_above"))
    copy = say("reports.letter.file_copy")
    if not any(line.startswith(copy.split(":")[0]) for line in lines):
        lines.append(copy)
    return tuple(f"- {line}" for line in _punctuate(tuple(lines), last="."))


def _punctuate(lines: tuple[str, ...], *, last: str) -> tuple[str, ...]:
    bare = [_clean(line).rstrip(" ;.,") for line in lines]
    return tuple(f"{line}{last if at == len(bare) - 1 else ';'}" for at, line in enumerate(bare))


def _clean(text: str) -> str:
    return _SPACES.sub(" ", _UNPRINTABLE.sub("", text)).strip(" ")


def _stack(name: str) -> str:
    """A body's name in capitals; that of a People's Committee on two lines, as letterheads have it."""
    head, committee, place = _clean(name).upper().partition("ỦY BAN NHÂN DÂN ")
    return f"{committee.strip()}\n{place}" if committee and not head and place else head + committee + place


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
