"""A mixture of plans of single recipients that obeys the shared limits, kept in another process and made ever better.

Each recipient takes shares of plans that add up to one; the shared limits hold for the mixture (G. B. Dantzig and
P. Wolfe, Operations Research 8, 1960, 101-111). What the limits are worth in it are the prices of the next round. Plans
can be shut out and let in again; the solver goes on from where it ended.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from lianyi.methods.array_process import DEFAULT_MEMORY_BYTES, ArrayProcess, Arrays, serve
from lianyi.methods.linear_models import Program
from lianyi.methods.postings.set_process import ARRAYS

if TYPE_CHECKING:
    from lianyi.methods.arrays import Flags, Floats, Positions


@dataclass(frozen=True, slots=True, eq=False)
class NewPlans:
    """Plans to add: what each costs, and what it takes of each row from ``starts[i]`` to ``starts[i + 1]``."""

    costs: Floats
    starts: Positions
    rows: Positions
    amounts: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """The least cost of a mixture, what one more in each row would bring, and the share of each plan."""

    objective: float
    prices: Floats
    shares: Floats


class MixingProcess(ArrayProcess):
    """Keeps the linear program of the mixture."""

    def __init__(self, memory_bytes: int = DEFAULT_MEMORY_BYTES) -> None:
        super().__init__("lianyi.methods.postings.mixing_process", memory_bytes)

    def load(self, program: Program, seconds: float) -> bool:
        """Hand over the rows, with the columns that are in every mixture; return whether they arrived."""
        return self.ask({name: np.asarray(getattr(program, name)) for name in ARRAYS}, seconds) is not None

    def mix(self, new: NewPlans, allowed: Flags, seconds: float) -> Mixture | None:
        """Add plans and mix those that are allowed, of all that were ever added; None where it was not done in time."""
        question = {"plan_costs": new.costs, "plan_starts": new.starts, "plan_rows": new.rows}
        answer = self.ask({**question, "plan_amounts": new.amounts, "allowed": allowed}, seconds)
        if answer is None or not answer["shares"].size:
            return None
        return Mixture(float(answer["objective"]), answer["prices"], answer["shares"])


class _Server:
    def __init__(self) -> None:
        self._solver: Any = None
        self._first = 0
        self._allowed: Flags = np.empty(0, np.bool_)

    def answer(self, question: Arrays) -> Arrays:
        if "plan_costs" in question:
            return self._mixed(**question)
        arrays: dict[str, Any] = {name: question[name] for name in ARRAYS}
        program = Program(**arrays)
        self._first, self._solver = program.columns, program.in_solver(is_relaxed=True)
        self._allowed = np.empty(0, np.bool_)
        return {}

    def _mixed(
        self, plan_costs: Floats, plan_starts: Positions, plan_rows: Positions, plan_amounts: Floats, allowed: Flags
    ) -> Arrays:
        count = plan_costs.size
        if count:
            unlimited = np.full(count, np.inf)
            starts = plan_starts[:-1].astype(np.int32)
            rows = plan_rows.astype(np.int32)
            self._solver.addCols(
                count, plan_costs, np.zeros(count), unlimited, rows.size, starts, rows, plan_amounts.astype(np.float64)
            )
            self._allowed = np.concatenate((self._allowed, np.ones(count, np.bool_)))
        changed = np.flatnonzero(self._allowed != allowed)
        if changed.size:
            upper = np.where(allowed[changed], np.inf, 0.0)
            places = (self._first + changed).astype(np.int32)
            self._solver.changeColsBounds(changed.size, places, np.zeros(changed.size), upper)
            self._allowed = allowed
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return {"shares": np.empty(0)}
        found = self._solver.getSolution()
        return {
            "objective": np.array(self._solver.getInfo().objective_function_value),
            "prices": np.asarray(found.row_dual),
            "shares": np.asarray(found.col_value)[self._first :],
        }


if __name__ == "__main__":
    serve(int(sys.argv[1]), _Server().answer)
