"""Linear models with whole-number columns, given to HiGHS as sparse arrays.

HiGHS: Q. Huangfu and J. A. J. Hall, "Parallelizing the dual revised simplex method", Mathematical Programming
Computation 10 (2018) 119-142. It runs on one thread, so that times mean the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from lianyi.methods.access.arrays import Floats, Positions
from lianyi.methods.errors import PlacementImpossibleError, PlacementNotFoundError
from lianyi.methods.location.placements import StopReason, relative_gap

PROVED_GAP = 1e-9
_COUNT_TOLERANCE = 1e-6


class Ending(Enum):
    """How the solver ended."""

    PROVED = auto()
    CUT_SHORT = auto()
    NOTHING_FOUND = auto()
    IMPOSSIBLE = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """What the solver found: values of the columns (empty when nothing), objective and proven bound."""

    ending: Ending
    objective: float
    bound: float
    values: Floats

    @property
    def has_values(self) -> bool:
        return self.values.size > 0

    @property
    def stop_reason(self) -> StopReason:
        """Why the search ended; a gap that is left is never called optimal."""
        if self.ending is Ending.CUT_SHORT:
            return StopReason.TIME_LIMIT
        is_proved = relative_gap(self.objective, self.bound) <= PROVED_GAP
        is_proved |= abs(self.objective - self.bound) <= _COUNT_TOLERANCE
        return StopReason.OPTIMAL if is_proved else StopReason.GAP


@dataclass(slots=True, eq=False)
class Model:
    """A model that is built block by block; the objective is made least."""

    offset: float = 0.0
    _costs: list[Floats] = field(default_factory=list)
    _lower: list[Floats] = field(default_factory=list)
    _upper: list[Floats] = field(default_factory=list)
    _whole: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    _row_lower: list[Floats] = field(default_factory=list)
    _row_upper: list[Floats] = field(default_factory=list)
    _entries: list[tuple[Positions, Positions, Floats]] = field(default_factory=list)
    columns: int = 0
    rows: int = 0

    def add_choices(self, costs: Floats, is_fixed: npt.NDArray[np.bool_] | None = None) -> Positions:
        """Add columns that are 0 or 1 (1 where fixed) and return their numbers."""
        lower = np.zeros(costs.size) if is_fixed is None else is_fixed.astype(np.float64)
        return self._add(costs, lower, is_whole=True)

    def add_shares(self, costs: Floats) -> Positions:
        """Add columns from 0 to 1 and return their numbers."""
        return self._add(costs, np.zeros(costs.size), is_whole=False)

    def _add(self, costs: Floats, lower: Floats, *, is_whole: bool) -> Positions:
        self._costs.append(np.asarray(costs, np.float64))
        self._lower.append(lower)
        self._upper.append(np.ones(costs.size))
        self._whole.append(np.full(costs.size, is_whole))
        first, self.columns = self.columns, self.columns + costs.size
        return np.arange(first, self.columns)

    def add_rows(self, lower: npt.ArrayLike, upper: npt.ArrayLike, count: int) -> int:
        """Add rows with these bounds and return the number of the first."""
        self._row_lower.append(np.broadcast_to(np.asarray(lower, np.float64), (count,)))
        self._row_upper.append(np.broadcast_to(np.asarray(upper, np.float64), (count,)))
        first, self.rows = self.rows, self.rows + count
        return first

    def add_entries(self, rows: npt.ArrayLike, columns: Positions, values: npt.ArrayLike = 1.0) -> None:
        """Put values where rows and columns meet; each place once."""
        size = columns.size
        self._entries.append(
            (
                np.broadcast_to(np.asarray(rows, np.int64), (size,)),
                columns,
                np.broadcast_to(np.asarray(values, np.float64), (size,)),
            )
        )

    def solve(self, seconds: float, gap: float = 0.0, seed: int = 0, start: Floats | None = None) -> Solution:
        """Solve it, from a start where one is known."""
        return self._solve(start, time_limit=max(seconds, 0.0), mip_rel_gap=gap, random_seed=seed)

    def solve_for_any(self, seconds: float, seed: int = 0) -> Solution:
        """Find any solution at all, or prove that there is none."""
        return self._solve(None, time_limit=max(seconds, 0.0), mip_max_improving_sols=1, random_seed=seed)

    def _solve(self, start: Floats | None, **options: float) -> Solution:
        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in {"output_flag": False, "threads": 1, **options}.items():
            highs.setOptionValue(name, value)
        highs.passModel(self._as_arrays())
        if start is not None:
            known = highspy.HighsSolution()
            known.col_value = start.tolist()
            highs.setSolution(known)
        highs.run()
        return _read(highs)

    def _as_arrays(self) -> Any:  # noqa: ANN401 - the solver has no types
        rows, columns, values = (np.concatenate(parts) for parts in zip(*self._entries, strict=True))
        order = np.argsort(rows, kind="stable")
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_, lp.offset_ = self.columns, self.rows, self.offset
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = map(np.concatenate, (self._costs, self._lower, self._upper))
        lp.row_lower_, lp.row_upper_ = np.concatenate(self._row_lower), np.concatenate(self._row_upper)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=self.rows))))
        lp.a_matrix_.index_, lp.a_matrix_.value_ = columns[order], values[order]
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[is_whole] for is_whole in np.concatenate(self._whole).tolist()]
        return lp


def _read(highs: Any) -> Solution:  # noqa: ANN401 - the solver has no types
    status, info = highs.getModelStatus(), highs.getInfo()
    statuses = highspy.HighsModelStatus
    if status in {statuses.kInfeasible, statuses.kUnboundedOrInfeasible}:
        return Solution(Ending.IMPOSSIBLE, np.inf, np.inf, np.empty(0))
    bound = float(info.mip_dual_bound)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Solution(Ending.NOTHING_FOUND, np.inf, bound, np.empty(0))
    ending = Ending.PROVED if status == statuses.kOptimal else Ending.CUT_SHORT
    objective = float(info.objective_function_value)
    values = np.asarray(highs.getSolution().col_value)
    return Solution(ending, objective, min(bound, objective), values)


def require_values(solution: Solution, conditions: str) -> None:
    """Refuse a model without a solution.

    Raises
    ------
    PlacementImpossibleError
        When it was proved that there is none.
    PlacementNotFoundError
        When the time ended first.
    """
    if solution.ending is Ending.IMPOSSIBLE:
        message = f"No set of sites meets all of this: {conditions}. Loosen one of them."
        raise PlacementImpossibleError(message, conditions=conditions)
    if not solution.has_values:
        message = (
            f"The time ended before any set of sites was found that meets all of this: {conditions}. Whether there is "
            "one is not known. Give more time or loosen a condition."
        )
        raise PlacementNotFoundError(message, conditions=conditions)
