"""Codes that stay: a theme that was renumbered or reworded keeps the code that targets and scripts know."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from studio.planning.document import Heading, PlanDocument, PlanForm, PlanTheme
from studio.planning.review.likeness import pair_alike


@dataclass(frozen=True, slots=True)
class Known:
    """A heading of the plan as it is stored."""

    code: str
    title: str
    parent_code: str | None
    is_held: bool
    """Something refers to it: its code means it for ever."""


def keep_codes(
    document: PlanDocument,
    known: Mapping[str, Sequence[Known]],
    *,
    chosen: Collection[str] = (),
) -> PlanDocument:
    """The document with the stored codes of those headings that are the same by their wording.

    `known` holds the rows of `themes`, `forms` and `audiences`. A code in `chosen` (`themes:3`) was set by a
    person and is not touched. A new heading never gets a code that something else is known by.
    """
    themes = _recode("themes", [(one.code, one.title, one.topics) for one in document.themes], known, chosen)
    forms = _recode("forms", [(one.code, one.title, one.products) for one in document.forms], known, chosen)
    people = _recode("audiences", [(one.code, one.title, ()) for one in document.audiences], known, chosen)
    return replace(
        document,
        themes=tuple(PlanTheme(*one) for one in themes),
        forms=tuple(PlanForm(*one) for one in forms),
        audiences=tuple(Heading(code, title) for code, title, _ in people),
    )


_Family = tuple[str, str, tuple[Heading, ...]]


def _recode(
    part: str, found: Sequence[_Family], known: Mapping[str, Sequence[Known]], chosen: Collection[str]
) -> list[_Family]:
    rows = known.get(part, ())
    tops = [row for row in rows if row.parent_code is None]
    codes = _assign([(code, title) for code, title, _ in found], tops, part, chosen, "")
    result: list[_Family] = []
    for (old, title, members), code in zip(found, codes, strict=True):
        below = [row for row in rows if row.parent_code == code]
        shifted = [(f"{code}.{member.code.removeprefix(f'{old}.')}", member.title) for member in members]
        inner = _assign(shifted, below, part, chosen, f"{code}.")
        result.append(
            (
                code,
                title,
                tuple(Heading(one, member.title) for one, member in zip(inner, members, strict=True)),
            )
        )
    return result


def _assign(
    found: Sequence[tuple[str, str]],
    rows: Sequence[Known],
    part: str,
    chosen: Collection[str],
    before: str,
) -> list[str]:
    """A code for each heading: the chosen, the stored one of the same wording, its own if free, a new one."""
    fixed = {at: code for at, (code, _) in enumerate(found) if f"{part}:{code}" in chosen}
    free_rows = [row for row in rows if row.code not in fixed.values()]
    open_at = [at for at in range(len(found)) if at not in fixed]
    pairs = pair_alike([row.title for row in free_rows], [found[at][1] for at in open_at])
    codes = fixed | {open_at[here]: free_rows[there].code for here, there in pairs.items()}
    taken = {*codes.values(), *(row.code for row in rows if row.is_held)}
    for at in open_at:
        if at not in codes:
            code = found[at][0]
            codes[at] = code if code not in taken else _next_free(before, taken | {one for one, _ in found})
            taken.add(codes[at])
    return [codes[at] for at in range(len(found))]


def _next_free(before: str, taken: Collection[str]) -> str:
    return next(f"{before}{n}" for n in range(1, len(taken) + 2) if f"{before}{n}" not in taken)
