"""The solver in a process of its own is ended when it takes too long or too much memory, and begun anew."""

from __future__ import annotations

import numpy as np
import pytest

from lianyi.methods import solver_process
from lianyi.methods.linear_models import Ending, Model, SolveWish
from lianyi.methods.solver_process import SolverProcess


def cheapest_two():
    model = Model()
    things = model.add_choices(np.array([3.0, 1.0, 2.0]))
    model.add_entries(model.add_rows(2, np.inf, 1), things)
    return model.program()


def hard(size=60, seed=1):
    """Market splitting: rows of equal sums, far too hard for the time it gets."""
    rng = np.random.default_rng(seed)
    model = Model()
    chosen = model.add_choices(rng.integers(1, 9, size).astype(float))
    for _ in range(6):
        weights = rng.integers(1, 100, size).astype(float)
        half = float(weights.sum() // 2)
        model.add_entries(model.add_rows(half, half, 1), chosen, weights)
    return model.program()


def test_several_models_are_solved_one_after_the_other_in_one_process():
    with SolverProcess() as solver:
        assert solver.solve(cheapest_two(), SolveWish(10)).values.tolist() == [0.0, 1.0, 1.0]
        first = solver._process.pid
        known = solver.solve(cheapest_two(), SolveWish(10), np.array([1.0, 1.0, 0.0]))
        assert (known.ending, known.objective, known.bound) == (Ending.PROVED, 3.0, 3.0)
        assert solver._process.pid == first


def test_a_program_is_told_to_be_impossible_and_which_rows_make_it_so():
    program = cheapest_two().with_ceiling(np.ones(3), 1.0).with_ceiling(np.array([1.0, 0.0, 0.0]), 1.0)
    with SolverProcess() as solver:
        assert solver.solve(program, SolveWish(10)).ending is Ending.IMPOSSIBLE
        assert solver.conflicting_rows(program, 10).tolist() == [0, 1]
        assert solver.conflicting_rows(cheapest_two(), 10).tolist() == []
        assert solver.solve(program.without_rows(np.array([1])), SolveWish(10)).objective == 3.0


def test_a_process_that_runs_over_its_time_is_ended_and_the_next_model_is_solved(monkeypatch):
    monkeypatch.setattr(solver_process, "_SECONDS_OF_GRACE", -4.0)
    with SolverProcess() as solver:
        found = solver.solve(hard(), SolveWish(4.5))
        assert (found.ending, found.has_values, found.bound) == (Ending.NOTHING_FOUND, False, -np.inf)
        monkeypatch.undo()
        assert solver.solve(cheapest_two(), SolveWish(10)).objective == 3.0


def test_a_process_that_may_have_too_little_memory_ends_without_an_answer(capfd):
    with SolverProcess(memory_bytes=2**26) as solver:
        assert solver.solve(cheapest_two(), SolveWish(10)).ending is Ending.NOTHING_FOUND
    capfd.readouterr()


def test_an_ended_solver_leaves_no_process():
    with SolverProcess() as solver:
        solver.solve(cheapest_two(), SolveWish(10))
        process = solver._process
    assert process.poll() is not None
    with pytest.raises(ValueError, match="closed file"):
        process.stdin.write(b"x")
