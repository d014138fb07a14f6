"""How fast a published plan is repaired, a plan with its pairs fixed is proved, and a contradiction is named.

    python benchmarks/bench_plan_changes.py [--only fixed repair conflict] [--sizes S1] [--seeds 1 2 3 4 5 6]

S1: 40 counties, 200 departments, 2,000 specialists of 40 donors, four quarters; S0: a tenth of it, to see that all
runs. For each seed the pairs of one quarter that stands for all are chosen, and with them who goes where and when:
that is the plan which is published.

fixed: the plan with these pairs, to 0.1 %, from a model of these pairs alone and, beside it, from the whole model with
the other pairs held at 0. repair: somebody of the plan is away from the third quarter on; repaired near what was lost,
and, beside it, by the whole model at once, which begins with what stands of the plan, twenty seconds each; then a
department wants one more, and a whole hospital withdraws (only the needs that lost somebody are free). conflict: every
need that the plan meets must be met, and one hospital, or three, can lend one person less of a specialty than only it
can give; the smallest contradiction named, and, beside it, what the solver's own irreducible rows name. What is named
is solved again, alone and with each rule left out.

CPU seconds are those of this process and of the solver's, its start (`start_cpu_s`) taken off. Plans are checked from
data and lines alone. At the end the medians.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import numpy as np
from tests.methods.postings.instances import QUARTERS, posting_problem

from lianyi.methods.linear_models import Ending, Model, Program, SolveWish
from lianyi.methods.location.limits import SearchLimits, relative_gap
from lianyi.methods.plan_data import HARD
from lianyi.methods.postings.checking import check
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.model import PostingModel, model_of
from lianyi.methods.postings.problem import Line, Need, PostingProblem, Published
from lianyi.methods.postings.repairing import Scope, repair
from lianyi.methods.postings.representative import one_period, presence_to_count
from lianyi.methods.postings.rules import Goal, RuleId
from lianyi.methods.rule_conflicts import Clause, conflict_in
from lianyi.methods.solver_process import SolverProcess

SIZES = {"S0": (4, 200, 4), "S1": (40, 2000, 40)}
GAP, LIMITS, REPAIR_LIMITS = 1e-3, SearchLimits(60.0), SearchLimits(20.0)
LEFT_AFTER, CHOSEN = 2, 0.5
Row = dict[str, Any]
Work = Callable[[SolverProcess], Row]


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of those that it has ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def start_seconds() -> float:
    """Return what a solver process takes until it has answered for the first time."""
    begun = cpu_seconds()
    with SolverProcess() as solver:
        solver.solve(nothing_to_do(), SolveWish(10.0))
    return cpu_seconds() - begun


def nothing_to_do() -> Program:
    """Return a model of one column."""
    model = Model()
    model.add_amounts(np.ones(1))
    return model.program()


def measured(work: Work, start: float) -> Row:
    """Do it with a solver that has started, and tell its time."""
    begun = cpu_seconds()
    with SolverProcess() as solver:
        solver.solve(nothing_to_do(), SolveWish(10.0))
        wall = time.monotonic()
        row = work(solver)
        wall = time.monotonic() - wall
    return {**row, "wall_s": round(wall, 2), "cpu_s": round(max(0.0, cpu_seconds() - begun - start), 2)}


def sum_of_goals(model: PostingModel) -> Program:
    """Return the program whose objective is the sum of all goals."""
    return model.program.with_objective(np.sum([model.goals[goal] for goal in Goal], axis=0))


def with_pairs_chosen(problem: PostingProblem) -> PostingProblem:
    """Return the problem with the pairs that one quarter standing for all would choose, and no others."""
    one = one_period(problem, presence_to_count(problem))
    model = model_of(one, columns_of(one))
    with SolverProcess() as solver:
        found = solver.solve(sum_of_goals(model), SolveWish(20.0, 5e-3))
    chosen = {one.pairs[pair].key for pair in model.columns.pair[found.values[model.choices] > CHOSEN].tolist()}
    return replace(problem, pairs=tuple(replace(pair, is_fixed=True) for pair in problem.pairs if pair.key in chosen))


def solved(model: PostingModel, program: Program, solver: SolverProcess) -> tuple[tuple[Line, ...], Row]:
    """Solve to 0.1 % and check."""
    found = solver.solve(program, SolveWish(LIMITS.seconds, GAP))
    lines = model.lines_in(found.values)
    verdict = check(model.problem, lines)
    value = sum(verdict.values.values())
    row = {"value": round(value), "gap_percent": round(100 * relative_gap(found.objective, found.bound), 3)}
    return lines, {**row, "columns": program.columns, "lawful": verdict.is_lawful}


def fixed_alone(fixed: PostingProblem, solver: SolverProcess) -> Row:
    """Solve the model of the fixed pairs alone."""
    model = model_of(fixed, columns_of(fixed))
    return solved(model, sum_of_goals(model), solver)[1]


def fixed_in_whole(problem: PostingProblem, fixed: PostingProblem, solver: SolverProcess) -> Row:
    """Solve the whole model with its other pairs held at 0."""
    kept = {pair.key for pair in fixed.pairs}
    whole = replace(problem, pairs=tuple(replace(pair, is_fixed=pair.key in kept) for pair in problem.pairs))
    model = model_of(whole, columns_of(whole))
    program = sum_of_goals(model)
    upper = program.upper.copy()
    upper[model.partners] = [float(pair.is_fixed) for pair in whole.pairs]
    return solved(model, replace(program, upper=upper), solver)[1]


def measure_fixed(problem: PostingProblem, fixed: PostingProblem, _lines: tuple[Line, ...]) -> dict[str, Work]:
    """Return both ways to plan with pairs fixed."""
    return {
        "pairs alone": lambda solver: fixed_alone(fixed, solver),
        "whole model": lambda solver: fixed_in_whole(problem, fixed, solver),
    }


def who_leaves(lines: tuple[Line, ...]) -> str:
    """Return somebody who is away when the third quarter begins: the one in the middle of the list."""
    away = [line.person for line in lines if line.first < LEFT_AFTER <= line.last]
    return away[len(away) // 2]


def after_leaving(problem: PostingProblem, lines: tuple[Line, ...], who: set[str]) -> PostingProblem:
    """Return the problem in which these people can go until the third quarter only, the plan published."""
    left = frozenset(range(LEFT_AFTER))
    people = tuple(
        replace(each, available=left & (each.available or frozenset(range(QUARTERS)))) if each.id in who else each
        for each in problem.people
    )
    return replace(problem, people=people, published=Published(frozenset(lines)))


def after_withdrawing(problem: PostingProblem, lines: tuple[Line, ...]) -> PostingProblem:
    """Return the problem in which a hospital, of those that send somebody the middle one, sends nobody that long."""
    sent = Counter(problem.person_of[line.person].donor for line in lines)
    donor = sorted(sent, key=lambda each: (sent[each], each))[len(sent) // 2]
    return after_leaving(problem, lines, {each.id for each in problem.people if each.donor == donor})


def after_adding(problem: PostingProblem, lines: tuple[Line, ...]) -> PostingProblem:
    """Return the problem in which a department of the plan wants one more from the third quarter on."""
    given = heads_given(problem, lines)
    wanted = {need.id: need.planned_heads(QUARTERS) for need in problem.needs}
    missing = {
        key: tuple(max(0, a - b) for a, b in zip(heads, given[key], strict=True)) for key, heads in wanted.items()
    }
    served = [need for need in problem.needs if any(given[need.id])]
    chosen = served[len(served) // 2]
    more = replace(chosen, heads=tuple(each + (time >= LEFT_AFTER) for time, each in enumerate(wanted[chosen.id])))
    needs = tuple(more if need is chosen else need for need in problem.needs)
    return replace(problem, needs=needs, published=Published(frozenset(lines), missing=missing))


def heads_given(problem: PostingProblem, lines: tuple[Line, ...]) -> dict[str, list[int]]:
    """Return how many people each need has in each quarter."""
    given = {need.id: [0] * QUARTERS for need in problem.needs}
    for line in lines:
        for period in line.periods:
            given[line.need][period] += 1
    return given


def repaired(problem: PostingProblem, scopes: tuple[Scope, ...], solver: SolverProcess) -> Row:
    """Build the model and repair; both count."""
    model = model_of(problem, columns_of(problem))
    found = repair(solver, model, REPAIR_LIMITS, scopes)
    return {
        "scope": found.scope.value,
        "lost": round(found.lost),
        "people_changed": round(found.changed, 3),
        "least": round(found.least_changed, 3),
        "proved": found.is_least,
        "lawful": found.plan.verdict.is_lawful,
    }


def measure_repair(problem: PostingProblem, _fixed: PostingProblem, lines: tuple[Line, ...]) -> dict[str, Work]:
    """Return repairs of what may happen, and of the first of them by the whole model."""
    left = after_leaving(problem, lines, {who_leaves(lines)})
    withdrawn, added = after_withdrawing(problem, lines), after_adding(problem, lines)
    return {
        "somebody leaves, near first": lambda solver: repaired(left, tuple(Scope), solver),
        "somebody leaves, whole model": lambda solver: repaired(left, (Scope.WHOLE,), solver),
        "need added, near first": lambda solver: repaired(added, tuple(Scope), solver),
        "hospital withdraws, near first": lambda solver: repaired(withdrawn, (Scope.NEEDS,), solver),
    }


def impossible(fixed: PostingProblem, lines: tuple[Line, ...], planted: int) -> PostingProblem:
    """Ask for all that the plan gives, and let so many hospitals lend one person less than only they can give."""
    given = heads_given(fixed, lines)
    needs = tuple(replace(need, heads=tuple(given[need.id])) for need in fixed.needs if any(given[need.id]))
    hard = {rule: price for rule, price in fixed.rules.prices.items() if rule is not RuleId.NEED}
    asked = replace(fixed, needs=needs, rules=replace(fixed.rules, prices={**hard, RuleId.NEED: HARD}))
    donors = {donor.id: donor for donor in asked.donors}
    for need, donor in list(only_donors(asked))[:planted]:
        least = max(need.planned_heads(QUARTERS)) - 1
        limits = {**donors[donor].most_away_by_specialty, need.specialty: least}
        donors[donor] = replace(donors[donor], most_away_by_specialty=limits)
    return replace(asked, donors=tuple(donors.values()))


def only_donors(problem: PostingProblem) -> Iterator[tuple[Need, str]]:
    """Yield needs that one hospital alone can meet, each hospital once."""
    seen: set[str] = set()
    for need, trace in zip(problem.needs, columns_of(problem).traces, strict=True):
        donors = {problem.person_of[person].donor for person in trace.able}
        if len(donors) == 1 and not donors <= seen:
            seen |= donors
            yield need, donors.pop()


def is_impossible(solver: SolverProcess, model: PostingModel, kept: set[Clause]) -> bool:
    """Tell whether these rules, and no others that have a name, contradict one another."""
    out = [rows for clause, rows in model.clauses.items() if clause not in kept]
    program = model.program.without_rows(np.concatenate(out))
    return solver.solve(program, SolveWish(LIMITS.seconds, any_solution=True)).ending is Ending.IMPOSSIBLE


def judged(solver: SolverProcess, model: PostingModel, named: set[Clause]) -> Row:
    """Tell whether what is named contradicts itself, and whether nothing of it can be left out."""
    return {
        "named": len(named),
        "of": len(model.clauses),
        "contradicts": is_impossible(solver, model, named),
        "smallest": not any(is_impossible(solver, model, named - {each}) for each in named),
        "rules": sorted(map(str, named))[:4],
    }


def own_conflict(model: PostingModel, solver: SolverProcess) -> set[Clause]:
    """Return the smallest contradiction."""
    return set(conflict_in(solver, model.program, model.clauses, LIMITS).clauses)


def rows_of_solver(model: PostingModel, solver: SolverProcess) -> set[Clause]:
    """Return the rules of the solver's irreducible rows."""
    rows = set(solver.conflicting_rows(model.program, LIMITS.seconds).tolist())
    return {clause for clause, own in model.clauses.items() if rows & set(own.tolist())}


def measure_conflict(
    _problem: PostingProblem, fixed: PostingProblem, lines: tuple[Line, ...]
) -> dict[str, tuple[Work, Work]]:
    """Return both ways to name a contradiction, each with its judgement, which takes time of its own."""
    ways = {}
    for planted in (1, 3):
        asked = impossible(fixed, lines, planted)
        model = model_of(asked, columns_of(asked))
        for name, find in (("smallest", own_conflict), ("solver's rows", rows_of_solver)):
            named: set[Clause] = set()

            def find_it(solver: SolverProcess, model=model, find=find, named=named) -> Row:  # noqa: ANN001
                named |= find(model, solver)
                return {}

            def judge_it(solver: SolverProcess, model=model, named=named) -> Row:  # noqa: ANN001
                return judged(solver, model, named)

            ways[f"{name}, {planted} planted"] = (find_it, judge_it)
    return ways


MEASURES = {"fixed": measure_fixed, "repair": measure_repair, "conflict": measure_conflict}


def rows_of(size: str, seed: int, kinds: list[str], start: float) -> Iterator[Row]:
    """Make the plan of a seed and measure what is asked for."""
    problem = posting_problem(*SIZES[size], seed)
    fixed = with_pairs_chosen(problem)
    with SolverProcess() as solver:
        model = model_of(fixed, columns_of(fixed))
        lines, _row = solved(model, sum_of_goals(model), solver)
    for kind in kinds:
        for way, work in MEASURES[kind](problem, fixed, lines).items():
            find, judge = work if isinstance(work, tuple) else (work, lambda _solver: {})
            row = measured(find, start)
            with SolverProcess() as solver:
                row |= judge(solver)
            yield {"kind": kind, "size": size, "seed": seed, "way": way, **row}


def main() -> int:
    """Measure, print a row for each seed and way, and the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["S1"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5, 6])
    options = parser.parse_args()
    start = start_seconds()
    print(json.dumps({"start_cpu_s": round(start, 2)}), flush=True)
    found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for size in options.sizes:
        for seed in options.seeds:
            for row in rows_of(size, seed, options.only, start):
                print(json.dumps(row, ensure_ascii=False), flush=True)
                found[row["kind"], size, row["way"]].append(row)
    for (kind, size, way), rows in found.items():
        medians = {name: statistics.median(row[name] for row in rows) for name in ("wall_s", "cpu_s")}
        print(json.dumps({"kind": kind, "size": size, "way": way, "runs": len(rows), "median": medians}), flush=True)
    broken = [row for rows in found.values() for row in rows if not row.get("lawful", True)]
    return len(broken)


if __name__ == "__main__":
    sys.exit(main())
