"""Some solver processes that work at the same time, each on one model after the other.

Examples
--------
>>> import numpy as np
>>> from lianyi.methods.linear_models import Model
>>> model = Model()
>>> things = model.add_choices(np.array([3.0, 1.0, 2.0]))
>>> model.add_entries(model.add_rows(2, np.inf, 1), things)
>>> with SolverProcess() as one, SolverProcess() as other:
...     tasks = [Task(model.program(), SolveWish(seconds=10))] * 3
...     [found.objective for found in SolverTeam((one, other)).solve_all(tasks)]
[3.0, 3.0, 3.0]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TypeVar

from lianyi.methods.arrays import Floats
from lianyi.methods.linear_models import Program, Relaxation, Solution, SolveWish
from lianyi.methods.solver_process import SolverProcess

_Worker = TypeVar("_Worker")
_Task = TypeVar("_Task")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A model, how to search, and a start where one is known."""

    program: Program
    wish: SolveWish
    start: Floats | None = None


class SolverTeam:
    """Hands tasks to whichever process is free; answers stand in the order of the tasks, whoever gave them."""

    def __init__(self, solvers: Sequence[SolverProcess]) -> None:
        self._solvers = tuple(solvers)

    @property
    def size(self) -> int:
        return len(self._solvers)

    def solve_all(self, tasks: Sequence[Task]) -> list[Solution]:
        """Solve each, as many at a time as there are processes."""
        return self._each(tasks, lambda solver, task: solver.solve(task.program, task.wish, task.start))

    def relax_all(self, programs: Sequence[Program], seconds: float) -> list[Relaxation]:
        """Solve each with fractions allowed, for so many seconds each."""
        return self._each(programs, lambda solver, program: solver.relaxed(program, seconds))

    def _each(self, tasks: Sequence[_Task], work: Callable[[SolverProcess, _Task], _Answer]) -> list[_Answer]:
        return done_by(self._solvers, tasks, work)


def done_by(
    workers: Sequence[_Worker], tasks: Sequence[_Task], work: Callable[[_Worker, _Task], _Answer]
) -> list[_Answer]:
    """Do the work of each task with whichever worker is free; the answers stand in the order of the tasks.

    Examples
    --------
    >>> done_by(["one", "other"], [1, 2, 3], lambda worker, task: 10 * task)
    [10, 20, 30]
    """
    free: SimpleQueue[_Worker] = SimpleQueue()
    for worker in workers:
        free.put(worker)

    def done(task: _Task) -> _Answer:
        worker = free.get()
        try:
            return work(worker, task)
        finally:
            free.put(worker)

    with ThreadPoolExecutor(max_workers=len(workers)) as pool:
        return list(pool.map(done, tasks))
