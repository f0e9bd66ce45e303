"""Linear and whole-number programs, solved. The one home of HiGHS.

Every program has columns from zero to an upper bound and rows that may not exceed theirs; it is maximised.
One thread, a fixed seed and a limit of nodes instead of seconds: the same program has the same answer on
every machine, however busy.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

GAP = 1e-3
"""A whole-number answer within this share of its bound is good enough."""


Columns = Sequence[int] | NDArray[np.intp]
Factors = Sequence[float] | NDArray[np.float64]


class Unsolved(RuntimeError):
    """The solver gave no answer to a program that has one (nothing at all): a defect, not a bad input."""


@dataclass(slots=True)
class Program:
    """`upper` and `gain` by column, rows as (columns, factors, limit); `whole` are integer columns."""

    gain: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    rows: list[tuple[Columns, Factors, float]] = field(default_factory=list)

    def add_column(self, gain: float, upper: float, *, whole: bool = False) -> int:
        self.gain.append(gain)
        self.upper.append(upper)
        if whole:
            self.whole.append(len(self.gain) - 1)
        return len(self.gain) - 1

    def add_columns(self, upper: NDArray[np.int64]) -> NDArray[np.intp]:
        """One column that gains nothing by itself for each of these bounds."""
        first = len(self.gain)
        self.gain += [0.0] * len(upper)
        self.upper += upper.tolist()
        return np.arange(first, len(self.gain))

    def add_row(self, columns: Columns, factors: Factors, limit: float) -> None:
        if len(columns):
            self.rows.append((columns, factors, limit))


@dataclass(frozen=True, slots=True)
class Solution:
    """`values` by column; no answer can have more than `bound`."""

    values: NDArray[np.float64]
    objective: float
    bound: float


def solve(program: Program, *, nodes: int = 0, gap: float = GAP) -> Solution:
    """The best values; with whole columns, the best found in `nodes` nodes, or within `gap` of the bound.

    Raises: Unsolved.
    """
    if not program.gain:
        return Solution(np.zeros(0), 0.0, 0.0)
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.silent()
    for option, value in (("threads", 1), ("random_seed", 0), ("mip_rel_gap", gap), ("mip_max_nodes", nodes)):
        highs.setOptionValue(option, value)
    if program.whole:
        # Small programs, solved by the dozen: what presolve and restarts save, they cost twice over.
        highs.setOptionValue("presolve", "off")
        highs.setOptionValue("mip_allow_restart", False)  # noqa: FBT003 - HiGHS takes it by place
    else:
        highs.setOptionValue("solver", "simplex")
    highs.passModel(_make_model(program))
    highs.run()
    solution = highs.getSolution()
    if not solution.value_valid:
        raise Unsolved(highs.getModelStatus())
    info = highs.getInfo()
    objective = info.objective_function_value
    bound = info.mip_dual_bound if program.whole else objective
    return Solution(np.array(solution.col_value), objective, max(objective, bound))


def _make_model(program: Program) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.gain), len(program.rows)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = np.array(program.gain)
    model.col_lower_ = np.zeros(len(program.gain))
    model.col_upper_ = np.array(program.upper)
    model.row_lower_ = np.full(len(program.rows), -highspy.kHighsInf)
    model.row_upper_ = np.array([limit for _, _, limit in program.rows])
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    lengths = [len(columns) for columns, _, _ in program.rows]
    matrix.start_ = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    none: list[NDArray[np.float64]] = [np.zeros(0)]  # for a program without rows
    matrix.index_ = np.concatenate([*none, *(columns for columns, _, _ in program.rows)]).astype(np.int32)
    matrix.value_ = np.concatenate([*none, *(factors for _, factors, _ in program.rows)])
    if program.whole:
        kinds = [highspy.HighsVarType.kContinuous] * len(program.gain)
        for column in program.whole:
            kinds[column] = highspy.HighsVarType.kInteger
        model.integrality_ = kinds
    return model
