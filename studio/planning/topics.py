"""Stable codes for what plans name in words: topics of poverty reduction, products, channels.

The codes are the district's own vocabulary; scripts, targets and reports refer to them for years, so a
known title gets the same code in every plan and every order. Unknown titles are numbered.
"""

import re
from collections.abc import Sequence

from studio.planning.document import Heading
from studio.planning.source import fold

TOPICS: tuple[tuple[str, str], ...] = (
    # The more particular title stands first: "giáo dục nghề nghiệp" is not "giáo dục".
    ("vocational", r"giao duc nghe nghiep|day nghe|hoc nghe|dao tao nghe"),
    ("overseas", r"(lam viec|lao dong) o nuoc ngoai|xuat khau lao dong"),
    ("legal", r"tro giup phap ly"),
    ("social", r"tro giup xa hoi|bao tro xa hoi|an sinh xa hoi"),
    ("gender", r"binh dang gioi"),
    ("water", r"nuoc sach|nuoc sinh hoat|^ve sinh"),
    ("housing", r"nha o"),
    ("health", r"y te|suc khoe|dinh duong|bao hiem y te"),
    ("information", r"(?<!cong nghe )thong tin"),
    ("education", r"giao duc"),
    ("employment", r"viec lam"),
)
PRODUCTS: tuple[tuple[str, str], ...] = (
    ("loudspeaker", r"truyen thanh|loa phat thanh|cum loa"),
    ("leaflet", r"to roi|to gap"),
    ("handbook", r"so tay|cam nang"),
    ("clip", r"clip"),
    ("radio", r"phat thanh"),
    ("tv", r"truyen hinh"),
)
_CUE = re.compile(
    r"(?:dich vu xa hoi co ban|cac linh vuc|cac chu de|cac noi dung|cac van de)"
    r"(?:\s+(?:thiet yeu|sau day|sau|sau day))?\s*(?:ve|nhu|gom|bao gom)?\s*:?\s+(?=\S)"
)
_LOUDSPEAKER = re.compile(r"(?:đài truyền thanh|cụm loa|loa truyền thanh)[^,;:.()]*", re.IGNORECASE)
_ENUMERATION_LEAST = 3
_PARENTHESES = re.compile(r"\(([^()]+,[^()]+)\)")


def find_topics(theme: str, title: str) -> tuple[Heading, ...]:
    """The topics that the wording of a theme lists after its cue; none where it lists none."""
    cue = _CUE.search(fold(title))
    if not cue:
        return ()
    listed = re.split(r"[;.(]", title[cue.end() :], maxsplit=1)[0]
    parts = split_enumeration(listed)
    return code_topics(theme, parts) if len(parts) >= _ENUMERATION_LEAST else ()


def code_topics(theme: str, titles: Sequence[str]) -> tuple[Heading, ...]:
    """Titles with codes `<theme>.<known name>`, else `<theme>.<position>`."""
    return _code(theme, titles, TOPICS)


def find_products(form: str, title: str) -> tuple[Heading, ...]:
    """The products a form lists in brackets, and the loudspeaker where it is named as the channel."""
    listed = _PARENTHESES.search(title)
    parts = split_enumeration(listed[1]) if listed else ()
    if not parts and (channel := _LOUDSPEAKER.search(title)):
        parts = (channel[0].strip(),)
    return code_products(form, parts)


def code_products(form: str, titles: Sequence[str]) -> tuple[Heading, ...]:
    return _code(form, titles, PRODUCTS)


def split_enumeration(text: str) -> tuple[str, ...]:
    """`a, b và c` as its members; "và" parts only the last member, or two known topics.

    "nước sạch và vệ sinh" is one topic, "trợ giúp xã hội và bình đẳng giới" are two.
    """
    members = [part.strip(" .;") for part in text.split(",")]
    members = [re.sub(r"^(?:và|hoặc)\s+", "", part) for part in members if part]
    parts: list[str] = []
    for index, member in enumerate(members):
        first, joint, second = member.partition(" và ")
        names = (_known(first, TOPICS), _known(second, TOPICS))
        last = index == len(members) - 1
        if joint and (
            (all(names) and names[0] != names[1]) or (last and not any(names) and len(members) > 2)
        ):
            parts += [first.strip(), second.strip()]
        else:
            parts.append(member)
    return tuple(parts)


def _known(title: str, table: tuple[tuple[str, str], ...]) -> str | None:
    plain = fold(title)
    return next((name for name, stem in table if re.search(stem, plain)), None)


def _code(parent: str, titles: Sequence[str], table: tuple[tuple[str, str], ...]) -> tuple[Heading, ...]:
    taken: set[str] = set()
    found: list[Heading] = []
    for position, title in enumerate(titles, start=1):
        name = _known(title, table)
        if name is None or name in taken:
            name = str(position)
        taken.add(name)
        found.append(Heading(f"{parent}.{name}", title))
    return tuple(found)
