"""How good posting plans in stages are beside the whole model given to HiGHS at once, for the same seconds.

    python benchmarks/bench_plan_postings.py [--sizes S1 S2 S3 S4] [--ways stages whole] [--seconds 60] [--solvers 1]
                                             [--seeds 1]

S1: 40 counties, 200 departments, 2,000 specialists of 40 donors, four quarters. S2: four times as many. S4: a country
of 2,800 counties, 14,000 departments, 50,000 specialists of 1,100 donors. S3: 70 counties as short of staff. S0: a
tenth of S1, to see that everything runs. `build` only makes the problem and its model, and tells time and memory.
``missing_percent`` is the weighted share of what is wanted that no one fills.

The problems are made from a seed (`tests.methods.postings.instances`); the plan is the one
whose weighted sum of unmet needs, missing seniors and teams, broken hand-overs, travel, hardship and postings is least.
Each way runs in a process of its own. Seconds of the search are wall-clock; the CPU seconds that they became are told
too. Every plan is checked from data and lines alone before its value is told.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.methods.postings.instances import posting_problem

from lianyi.methods.linear_models import SolveWish
from lianyi.methods.location.limits import SearchLimits, relative_gap
from lianyi.methods.postings.checking import check
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.model import PostingModel, model_of
from lianyi.methods.postings.problem import Line
from lianyi.methods.postings.rules import Goal, RuleId
from lianyi.methods.postings.staged_plans import sum_of_goals
from lianyi.methods.postings.stages import plan_in_stages
from lianyi.methods.solver_process import SolverProcess

SIZES = {
    "S0": (4, 200, 4),
    "S1": (40, 2000, 40),
    "S2": (160, 8000, 160),
    "S3": (70, 1250, 28),
    "S4": (2800, 50000, 1100),
}
Found = tuple[tuple[Line, ...], float]


def in_stages(model: PostingModel, seconds: float, solvers: int) -> Found:
    """Plan in stages, with so many solvers at the same time."""
    with ExitStack() as open_solvers:
        first, *others = [open_solvers.enter_context(SolverProcess()) for _ in range(solvers)]
        found = plan_in_stages(first, model, SearchLimits(seconds), others)
    return found.plan.lines, found.bound


def nothing(_model: PostingModel, _seconds: float, _solvers: int) -> Found:
    """Plan nobody."""
    return (), 0.0


def whole_model(model: PostingModel, seconds: float, _solvers: int) -> Found:
    """Give the whole model to HiGHS at once."""
    with SolverProcess() as solver:
        found = solver.solve(model.program.with_objective(sum_of_goals(model)), SolveWish(seconds))
    return model.lines_in(found.values) if found.has_values else (), max(found.bound, 0.0)


WAYS: dict[str, Callable[[PostingModel, float, int], Found]] = {
    "stages": in_stages,
    "whole": whole_model,
    "build": nothing,
}


def measure(size: str, way: str, seconds: float, seed: int, solvers: int) -> None:
    """Make the problem, plan, check, and print one row."""
    begun = time.monotonic()
    problem = posting_problem(*SIZES[size], seed)
    made = time.monotonic() - begun
    model = model_of(problem, columns_of(problem))
    built = time.monotonic() - begun - made
    lines, bound = WAYS[way](model, seconds, solvers)
    verdict = check(problem, lines)
    if not verdict.is_lawful:
        raise SystemExit(f"{way}: the plan breaks {verdict.unlawful[0]}")
    weight_of = problem.rules.weight_of
    value = sum(weight_of(goal) * each for goal, each in verdict.values.items())
    periods = problem.horizon.periods
    wanted = sum(need.priority * sum(need.planned_heads(periods)) for need in problem.needs)
    wanted *= problem.rules.price_of(RuleId.NEED)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    row = {
        "size": size,
        "seed": seed,
        "way": way,
        "columns": len(model.columns),
        "rows": model.program.rows,
        "value": round(value),
        "bound": round(bound),
        "gap_percent": round(100 * relative_gap(value, bound), 1),
        "unmet": round(verdict.values[Goal.NEED]),
        "missing_percent": round(100 * verdict.values[Goal.NEED] / wanted, 1),
        "shortfall": round(verdict.values[Goal.SHORTFALL]),
        "lines": len(lines),
        "solvers": solvers,
        "made_s": round(made, 2),
        "built_s": round(built, 2),
        "wall_s": round(time.monotonic() - begun, 1),
        "cpu_s": round(sum(each.ru_utime + each.ru_stime for each in used), 1),
        "peak_mib": round(max(each.ru_maxrss for each in used) / 1024),
    }
    print(json.dumps(row), flush=True)


def main() -> int:
    """Run each size, seed and way in a process of its own, and return how many failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["S1"])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=["stages", "whole"])
    parser.add_argument("--solvers", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--inside", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        size, way, seed = options.inside
        measure(size, way, options.seconds, int(seed), options.solvers)
        return 0
    runs = [(size, way, str(seed)) for size in options.sizes for seed in options.seeds for way in options.ways]
    return sum(
        subprocess.run([sys.executable, *sys.argv, "--inside", *run], check=False).returncode != 0 for run in runs
    )


if __name__ == "__main__":
    sys.exit(main())
