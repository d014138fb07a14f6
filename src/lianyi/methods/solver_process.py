"""HiGHS in a process of its own: it can be stopped at any moment, and it cannot take all memory of the machine.

The solver does not always keep its time limit, and what it asks of memory is not known before. So the caller holds
the time, ends a process that runs over it, and starts a new one for the next model.

Examples
--------
>>> from lianyi.methods.linear_models import Model
>>> model = Model()
>>> things = model.add_choices(np.array([3.0, 1.0, 2.0]))
>>> model.add_entries(model.add_rows(2, np.inf, 1), things)
>>> with SolverProcess() as solver:
...     solver.solve(model.program(), SolveWish(seconds=10)).objective
3.0
"""

from __future__ import annotations

import sys
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.array_process import DEFAULT_MEMORY_BYTES, ArrayProcess, Arrays, serve
from lianyi.methods.linear_models import Ending, Program, Relaxation, Solution, SolveWish

if TYPE_CHECKING:
    from lianyi.methods.arrays import Floats, Positions

_SECONDS_OF_GRACE: Final = 5.0
_ARRAYS: Final = tuple(each.name for each in fields(Program))


class SolverProcess(ArrayProcess):
    """Solves models one after the other in one other process.

    Parameters
    ----------
    memory_bytes
        How much address space the process may take; a model that needs more ends without an answer.
    """

    def __init__(self, memory_bytes: int = DEFAULT_MEMORY_BYTES) -> None:
        super().__init__("lianyi.methods.solver_process", memory_bytes)

    def solve(self, program: Program, wish: SolveWish, start: Floats | None = None) -> Solution:
        """Solve a model; without values when the process had to be ended."""
        options = {f"wish_{name}": np.array(value) for name, value in asdict(wish).items()}
        known = {} if start is None else {"start": start}
        answer = self.ask({**_arrays_of(program), **options, **known}, wish.seconds + _SECONDS_OF_GRACE)
        if answer is None:
            return Solution(Ending.NOTHING_FOUND, np.inf, -np.inf, np.empty(0))
        return Solution(
            Ending[str(answer["ending"])], float(answer["objective"]), float(answer["bound"]), answer["values"]
        )

    def relaxed(self, program: Program, seconds: float) -> Relaxation:
        """Solve a model with fractions allowed; without values when it was not solved in time."""
        question = {**_arrays_of(program), "relaxed_seconds": np.array(seconds)}
        answer = self.ask(question, seconds + _SECONDS_OF_GRACE)
        if answer is None:
            return Relaxation(np.inf, np.empty(0), np.empty(0))
        return Relaxation(float(answer["objective"]), answer["values"], answer["prices"])

    def conflicting_rows(self, program: Program, seconds: float) -> Positions:
        """Return rows that contradict one another even with fractions; none where none were found in time."""
        question = {**_arrays_of(program), "conflict_seconds": np.array(seconds)}
        answer = self.ask(question, seconds + _SECONDS_OF_GRACE)
        return np.empty(0, np.int64) if answer is None else answer["rows"]


def _arrays_of(program: Program) -> dict[str, npt.NDArray[Any]]:
    return {name: np.asarray(getattr(program, name)) for name in _ARRAYS}


def _answer(question: Arrays) -> Arrays:
    program = Program(
        **{name: question[name] for name in _ARRAYS if name != "offset"}, offset=float(question["offset"])
    )
    if "conflict_seconds" in question:
        return {"rows": program.conflicting_rows(float(question["conflict_seconds"]))}
    if "relaxed_seconds" in question:
        relaxed = program.relaxed(float(question["relaxed_seconds"]))
        return {"objective": np.array(relaxed.objective), "values": relaxed.values, "prices": relaxed.prices}
    wish = SolveWish(**{each.name: question[f"wish_{each.name}"].item() for each in fields(SolveWish)})
    found = program.solve(wish, question.get("start"))
    return {
        "ending": np.array(found.ending.name),
        "objective": np.array(found.objective),
        "bound": np.array(found.bound),
        "values": found.values,
    }


if __name__ == "__main__":
    serve(int(sys.argv[1]), _answer)
