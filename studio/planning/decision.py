"""A decision that issues a plan: its articles come first, the plan behind its signature."""

import re
from collections.abc import Sequence

from studio.planning.closing import find_foot, read_foot
from studio.planning.findings import Findings
from studio.planning.letterhead import is_title, read_letterhead, read_preamble
from studio.planning.outline import build_tree, is_rule, join_blocks
from studio.planning.source import Line, fold, squeeze

_ORDER = re.compile(r"^quyet dinh\W*$")


def find_decision(lines: Sequence[Line]) -> int:
    """How many lines the decision in front of the plan takes; 0 where the plan stands alone."""
    opened = next((at for at, line in enumerate(lines) if _is_order(line)), None)
    if opened is None or any(is_title(line.text) for line in lines[:opened]):
        return 0
    plan = next((at for at in range(opened, len(lines)) if is_title(lines[at].text)), None)
    return plan or 0


def read_decision(lines: Sequence[Line], findings: Findings) -> None:
    """Number, issuer, legal bases, recipients and signature of the decision; what it orders is noted."""
    foot, after = find_foot(lines)
    read_foot(lines[foot:after], findings)
    opened = next(at for at, line in enumerate(lines) if _is_order(line))
    rest = [*read_letterhead(lines[:opened], findings), *lines[opened:foot], *lines[after:]]
    rules = [line for line in rest if is_rule(line.text)]
    findings.place("rule", [line.number for line in rules])
    for root in build_tree(join_blocks([line for line in rest if line not in rules])):
        if not read_preamble(root, findings):
            findings.note_tree("decision", root)


def _is_order(line: Line) -> bool:
    return bool(_ORDER.match(fold(squeeze(line.text))))
