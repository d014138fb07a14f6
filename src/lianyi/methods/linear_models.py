"""Linear models with whole-number columns, given to HiGHS as sparse arrays.

HiGHS: Q. Huangfu and J. A. J. Hall, "Parallelizing the dual revised simplex method", Mathematical Programming
Computation 10 (2018) 119-142. It runs on one thread, so that times mean the same on every machine.

Examples
--------
Two of three things, the cheapest:

>>> model = Model()
>>> things = model.add_choices(np.array([3.0, 1.0, 2.0]))
>>> model.add_entries(model.add_rows(2, np.inf, 1), things)
>>> model.solve(seconds=10).objective
3.0
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import numpy.typing as npt

from lianyi.methods.location.limits import StopReason, relative_gap

if TYPE_CHECKING:
    # The process of the solver begins without what these would load.
    from lianyi.methods.arrays import Flags, Floats, Positions

PROVED_GAP = 1e-9
_COUNT_TOLERANCE = 1e-6
_IIS_FROM_LP = 2
_NO_LIMIT = 2**31 - 1


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


@dataclass(frozen=True, slots=True, eq=False)
class Relaxation:
    """A solution with fractions: values of the columns and what one more in each row would bring; empty when none."""

    objective: float
    values: Floats
    prices: Floats

    @property
    def has_values(self) -> bool:
        return self.values.size > 0


@dataclass(frozen=True, slots=True)
class SolveWish:
    """How long to search, how exact to be, and the seed; ``any_solution`` ends with the first one found.

    A search that ends by ``nodes`` of its tree, and not by the clock, is the same on every machine.
    """

    seconds: float
    gap: float = 0.0
    seed: int = 0
    any_solution: bool = False
    nodes: int = _NO_LIMIT

    def options(self) -> dict[str, float]:
        found: dict[str, float] = {"time_limit": max(self.seconds, 0.0), "mip_rel_gap": self.gap}
        found |= {"random_seed": self.seed, "mip_max_nodes": self.nodes}
        return {**found, "mip_max_improving_sols": 1} if self.any_solution else found


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A model as arrays, one for each property of its columns and rows; the entries stand row by row.

    ``starts`` has one number more than there are rows: entries ``starts[r]`` to ``starts[r + 1]`` are those of row r.
    """

    costs: Floats
    lower: Floats
    upper: Floats
    is_whole: Flags
    row_lower: Floats
    row_upper: Floats
    starts: Positions
    indices: Positions
    entries: Floats
    offset: float = 0.0

    @property
    def rows(self) -> int:
        return self.row_lower.size

    @property
    def columns(self) -> int:
        return self.costs.size

    def with_objective(self, costs: Floats) -> Program:
        return replace(self, costs=costs, offset=0.0)

    def with_ceiling(self, costs: Floats, ceiling: float) -> Program:
        """Return it with one row more: this objective must not be above the ceiling."""
        columns = np.flatnonzero(costs)
        return replace(
            self,
            row_lower=np.append(self.row_lower, -np.inf),
            row_upper=np.append(self.row_upper, ceiling),
            starts=np.append(self.starts, self.starts[-1] + columns.size),
            indices=np.append(self.indices, columns),
            entries=np.append(self.entries, costs[columns]),
        )

    def with_amounts(self, count: int) -> tuple[Program, Positions]:
        """Return it with so many new columns without cost, of at least 0, and their numbers."""
        with_columns = replace(
            self,
            costs=np.append(self.costs, np.zeros(count)),
            lower=np.append(self.lower, np.zeros(count)),
            upper=np.append(self.upper, np.full(count, np.inf)),
            is_whole=np.append(self.is_whole, np.zeros(count, np.bool_)),
        )
        return with_columns, np.arange(self.columns, self.columns + count)

    def with_excess(self, columns: Positions, limits: Floats) -> tuple[Program, Positions]:
        """Return it with a new column for each of these, and their numbers: how far it is above its limit, at least."""
        program, excess = self.with_amounts(columns.size)
        with_rows = replace(
            program,
            row_lower=np.append(program.row_lower, np.full(columns.size, -np.inf)),
            row_upper=np.append(program.row_upper, limits),
            starts=np.append(program.starts, program.starts[-1] + 2 * np.arange(1, columns.size + 1)),
            indices=np.append(program.indices, np.column_stack((columns, excess)).ravel()),
            entries=np.append(program.entries, np.tile((1.0, -1.0), columns.size)),
        )
        return with_rows, excess

    def without_rows(self, rows: Positions) -> Program:
        """Return it with these rows taken out of force; their numbers stay."""
        lower, upper = self.row_lower.copy(), self.row_upper.copy()
        lower[rows], upper[rows] = -np.inf, np.inf
        return replace(self, row_lower=lower, row_upper=upper)

    def solve(self, wish: SolveWish, start: Floats | None = None) -> Solution:
        """Solve it in this process, from a start where one is known."""
        highs = self.in_solver(is_relaxed=False)
        for name, value in wish.options().items():
            highs.setOptionValue(name, value)
        if start is not None:
            known = highspy.HighsSolution()
            known.col_value = start.tolist()
            highs.setSolution(known)
        highs.run()
        return _read(highs)

    def relaxed(self, seconds: float) -> Relaxation:
        """Solve it with fractions allowed."""
        highs = self.in_solver(is_relaxed=True)
        highs.setOptionValue("time_limit", max(seconds, 0.0))
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return Relaxation(np.inf, np.empty(0), np.empty(0))
        found = highs.getSolution()
        objective = float(highs.getInfo().objective_function_value)
        return Relaxation(objective, np.asarray(found.col_value), np.asarray(found.row_dual))

    def conflicting_rows(self, seconds: float) -> Positions:
        """Return rows that contradict one another even with fractions; none where fractions meet them all."""
        highs = self.in_solver(is_relaxed=True)
        highs.setOptionValue("time_limit", max(seconds, 0.0))
        highs.setOptionValue("iis_strategy", _IIS_FROM_LP)
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kInfeasible:
            return np.empty(0, np.int64)
        _status, found = highs.getIis()
        return np.array(sorted(found.row_index_), np.int64)

    def in_solver(self, *, is_relaxed: bool) -> Any:  # noqa: ANN401 - the solver has no types
        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in {"output_flag": False, "threads": 1}.items():
            highs.setOptionValue(name, value)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_, lp.offset_ = self.columns, self.rows, self.offset
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = self.costs, self.lower, self.upper
        lp.row_lower_, lp.row_upper_ = self.row_lower, self.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = self.starts, self.indices, self.entries
        if not is_relaxed:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[is_whole] for is_whole in self.is_whole.tolist()]
        highs.passModel(lp)
        return highs


@dataclass(slots=True, eq=False)
class Model:
    """A model that is built block by block; the objective is made least."""

    offset: float = 0.0
    _costs: list[Floats] = field(default_factory=list)
    _lower: list[Floats] = field(default_factory=list)
    _upper: list[Floats] = field(default_factory=list)
    _whole: list[Flags] = field(default_factory=list)
    _row_lower: list[Floats] = field(default_factory=list)
    _row_upper: list[Floats] = field(default_factory=list)
    _entries: list[tuple[Positions, Positions, Floats]] = field(default_factory=list)
    columns: int = 0
    rows: int = 0

    def add_choices(self, costs: Floats, is_fixed: Flags | None = None) -> Positions:
        """Add columns that are 0 or 1 (1 where fixed) and return their numbers."""
        lower = np.zeros(costs.size) if is_fixed is None else is_fixed.astype(np.float64)
        return self._add(costs, lower, np.ones(costs.size), is_whole=True)

    def add_shares(self, costs: Floats) -> Positions:
        """Add columns from 0 to 1 and return their numbers."""
        return self._add(costs, np.zeros(costs.size), np.ones(costs.size), is_whole=False)

    def add_amounts(self, upper: Floats) -> Positions:
        """Add columns without cost from 0 to an upper bound and return their numbers."""
        return self._add(np.zeros(upper.size), np.zeros(upper.size), upper, is_whole=False)

    def add_counts(self, upper: Floats) -> Positions:
        """Add columns without cost that are whole numbers from 0 to an upper bound and return their numbers."""
        return self._add(np.zeros(upper.size), np.zeros(upper.size), upper, is_whole=True)

    def _add(self, costs: Floats, lower: Floats, upper: Floats, *, is_whole: bool) -> Positions:
        self._costs.append(np.asarray(costs, np.float64))
        self._lower.append(lower)
        self._upper.append(np.asarray(upper, np.float64))
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
        return self.program().solve(SolveWish(seconds, gap, seed), start)

    def solve_for_any(self, seconds: float, seed: int = 0) -> Solution:
        """Find any solution at all, or prove that there is none."""
        return self.program().solve(SolveWish(seconds, seed=seed, any_solution=True))

    def program(self) -> Program:
        """Return what was built as arrays."""
        rows, columns, values = (
            (np.concatenate(parts) for parts in zip(*self._entries, strict=True))
            if self._entries
            else (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
        )
        order = np.argsort(rows, kind="stable")
        counts = np.bincount(rows, minlength=self.rows)
        return Program(
            costs=_joined(self._costs),
            lower=_joined(self._lower),
            upper=_joined(self._upper),
            is_whole=np.concatenate(self._whole) if self._whole else np.empty(0, np.bool_),
            row_lower=_joined(self._row_lower),
            row_upper=_joined(self._row_upper),
            starts=np.concatenate(([0], np.cumsum(counts))),
            indices=columns[order],
            entries=values[order],
            offset=self.offset,
        )


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.empty(0)


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
