"""How good routes are beside the best known ones, and how good rounds are beside planning one week after the other.

    python benchmarks/bench_plan_rounds.py [--sets windows depots rounds] [--seconds 20] [--seeds 1]

windows: public problems with time windows (Solomon), length beside the best known. depots: public problems with several
depots (Cordeau). Both are read from the folder of real data and left out where it is absent.

rounds: 40 villages in valleys, two teams, four weeks, made from a seed (`tests.methods.round_plans.instances`). The
whole plan is set beside the same solver planning each week by itself, with the same seconds in all: every week whatever
is due and can be visited (as_due); or the visits of a month dealt to its weeks evenly, in the order of the list or by
sector.

Each run has a process of its own; seconds of the search are wall-clock, the CPU seconds that they became are told too.
Everything is checked by hand before it is told.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.methods.round_plans.instances import valleys

from lianyi.methods.periods import DateSpan, PeriodUnit
from lianyi.methods.round_plans.dates import sectors_of
from lianyi.methods.round_plans.drafts import Draft, missing_in
from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.round_plans.plan import RoundPlan
from lianyi.methods.round_plans.problem import RoundProblem, Village
from lianyi.methods.round_plans.public_formats import PublicCase, cordeau_problem, solomon_problem
from lianyi.methods.round_plans.route_checking import faults_of_routes
from lianyi.methods.round_plans.routes import RouteProcess, RouteWish
from lianyi.methods.round_plans.solving import RoundLimits, plan_of, plan_rounds

REAL = Path(os.environ.get("LIANYI_REAL_DATA", ROOT.parent / "shared" / "real")) / "optimisation"
WINDOWS = ("C101", "C104", "R101", "R104", "R108", "RC101", "RC104")
DEPOTS = ("p01", "p02", "p03", "p04", "p05", "p06")
FOLDERS = {"windows": "vrptw_solomon", "depots": "mdvrp_cordeau"}
READERS: dict[str, Callable[[str], PublicCase]] = {"windows": solomon_problem, "depots": cordeau_problem}
WAYS = ("whole", "weeks_as_due", "weeks_by_list", "weeks_by_sector")
DAYS, FRIDAY = 7, 4


def public(kind: str, name: str, seconds: float, seed: int) -> dict[str, object]:
    """Solve a public problem and set the length of its routes beside the best known."""
    folder = REAL / FOLDERS[kind]
    known = json.loads((folder / "BKS.json").read_text(encoding="utf-8"))
    best = known.get(f"{name}_distance", known[name])["best_known_cost"]
    case = READERS[kind]((folder / f"{name}.txt").read_text(encoding="utf-8"))
    with RouteProcess() as solver:
        answer = solver.solve(case.problem, RouteWish(seconds, seed=seed))
    if answer is None or faults_of_routes(case.problem, answer.routes):
        raise SystemExit(f"{name}: no routes that keep all limits")
    length = case.length_of(answer.routes)
    return {
        "length": round(length, 2),
        "best_known": best,
        "gap_percent": round(100 * (length / best - 1), 2),
        "iterations": answer.iterations,
    }


def rounds(way: str, seconds: float, seed: int) -> dict[str, object]:
    """Plan four weeks at once or one after the other."""
    problem = valleys(seed)
    plan = plan_rounds(problem, RoundLimits(seconds, seed=seed)) if way == "whole" else weekly(problem, way, seconds)
    figures = plan.figures
    return {
        "value": round(figures.value),
        "travel_minutes": round(figures.travel_minutes),
        "planned": figures.planned,
        "due": figures.due,
        "long_gaps": figures.long_gaps,
        "team_days": figures.team_days,
    }


def weekly(problem: RoundProblem, way: str, seconds: float) -> RoundPlan:
    """Plan each week by itself, and return the weeks as a plan of the whole problem."""
    facts = Facts(problem)
    weeks = problem.days.days // DAYS
    dealt = [] if way == "weeks_as_due" else list(_dealt(facts, way, weeks))
    villages = {village.id: number for number, village in enumerate(problem.villages)}
    teams = {team.id: number for number, team in enumerate(problem.teams)}
    made: list[list[int]] = [[] for _ in villages]
    orders: dict[tuple[int, int], tuple[int, ...]] = {}
    for week in range(weeks):
        first = problem.days.start + timedelta(days=DAYS * week)
        numbers = dealt[week] if dealt else _as_due(facts, week, made)
        asked = tuple(_for_a_week(problem, number, made[number]) for number in numbers)
        if not asked:
            continue
        part = replace(problem, days=DateSpan(first, first + timedelta(days=DAYS - 1)), villages=asked)
        for route in plan_rounds(part, RoundLimits(seconds / weeks)).routes:
            day = (route.day - problem.days.start).days
            orders[teams[route.team], day] = tuple(villages[stop.village] for stop in route.stops)
            for stop in route.stops:
                made[villages[stop.village]].append(day)
    return plan_of(facts, Draft(orders))


def _for_a_week(problem: RoundProblem, number: int, made: list[int]) -> Village:
    village = problem.villages[number]
    last = problem.dates[made[-1]] if made else village.last_visit
    return replace(village, visits=1, unit=PeriodUnit.WEEK, most_days=None, last_visit=last)


def _as_due(facts: Facts, week: int, made: list[list[int]]) -> list[int]:
    """Return the villages that want a visit in a period of this week and can have one by its Friday."""
    first = DAYS * week
    wanted = []
    for number, days in enumerate(made):
        least = facts.problem.villages[number].least_days
        is_free = not days or days[-1] + least <= first + FRIDAY
        periods = (period for period in facts.periods[number] if period.first < first + DAYS and period.last >= first)
        if is_free and any(sum(missing_in((period,), days)) for period in periods):
            wanted.append(number)
    return wanted


def _dealt(facts: Facts, way: str, weeks: int) -> Iterator[list[int]]:
    """Yield the villages of each week: visits of a village evenly, single visits dealt round."""
    sector, _ways = sectors_of(facts, weeks)
    is_by_sector = way == "weeks_by_sector"
    due = [sum(period.due for period in periods) for periods in facts.periods]
    order = sorted(range(len(due)), key=lambda number: (int(sector[number]) if is_by_sector else 0, number))
    alone = [number for number in order if due[number] == 1]
    weeks_of: dict[int, set[int]] = {}
    for place, number in enumerate(alone):
        weeks_of[number] = {place * weeks // len(alone) if is_by_sector else place % weeks}
    for number in set(order) - set(alone):
        visits = due[number]
        shift = number % max(1, weeks // max(1, visits))
        weeks_of[number] = {(visit * weeks) // visits + shift for visit in range(visits)}
    for week in range(weeks):
        yield [number for number in order if week in weeks_of[number]]


def measure(kind: str, name: str, seconds: float, seed: int) -> None:
    """Run one and print its row."""
    begun = time.monotonic()
    row = rounds(name, seconds, seed) if kind == "rounds" else public(kind, name, seconds, seed)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cost = {
        "wall_s": round(time.monotonic() - begun, 1),
        "cpu_s": round(sum(each.ru_utime + each.ru_stime for each in used), 1),
        "peak_mib": round(max(each.ru_maxrss for each in used) / 1024),
    }
    print(json.dumps({"set": kind, "name": name, "seed": seed, **row, **cost}), flush=True)


def main() -> int:
    """Run each problem, way and seed in a process of its own, and return how many failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--sets", nargs="+", choices=("windows", "depots", "rounds"), default=["windows", "depots", "rounds"]
    )
    parser.add_argument(
        "--seconds", type=float, default=20.0, help="for each public problem; rounds get three times that"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--inside", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        kind, name, seed = options.inside
        measure(kind, name, options.seconds * (3 if kind == "rounds" else 1), int(seed))
        return 0
    names = {"windows": WINDOWS, "depots": DEPOTS, "rounds": WAYS}
    failed = 0
    for kind in options.sets:
        if kind in FOLDERS and not (REAL / FOLDERS[kind]).is_dir():
            print(f"{kind}: {REAL / FOLDERS[kind]} is not there, left out")
            continue
        for name in names[kind]:
            for seed in options.seeds:
                run = [sys.executable, *sys.argv, "--inside", kind, name, str(seed)]
                failed += subprocess.run(run, check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
