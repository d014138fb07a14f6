"""How long it takes to place sites with a proven gap; beside PySAL spopt where it is.

    python benchmarks/bench_survey_location.py [--numbers 1 2 ... 40] [--seconds 60] [--peer PYTHON]
        [--peer-numbers 1 6 11] [--peer-seconds 60] [--real FOLDER] [--only PART ...]

Part `networks`: p-median on networks of the sizes of the forty OR-Library problems, made from a fixed seed. Part
`cut`: the same with five seconds each. Part `counties`: the 2,983 Chinese counties of ``--real`` (cn_county_points)
with 10, 50, 300 and 1,000 sites. Part `growth`: points in a square, to see how seconds and memory grow. Part
`covering`: maximal covering, set covering and p-center. Each part runs in a process of its own; seconds are CPU
seconds of one run, since a proof either comes or not; compiled code is warm. ``--peer`` is a Python that has spopt,
which gets the same cost matrix.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import numpy as np
from tests.methods.location.instances import random_network

from lianyi.methods.location.covering import maximal_covering, set_covering
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.location.p_center import p_center
from lianyi.methods.location.p_median import p_median
from lianyi.methods.location.placements import Placement
from lianyi.methods.location.site_costs import SiteCosts

EARTH_RADIUS_KM = 6371.0088
CUT_SECONDS = 5.0
GROWTH = ((1000, 1000, 50), (2000, 2000, 100), (4000, 4000, 200), (20_000, 2000, 50))
COUNTIES = (10, 50, 300, 1000)
COVERED = (6, 20, 26, 40)
PEER = """
import json, resource, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np, pulp
from spopt.locate import PMedian
matrix, places, seconds = np.load(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
begun = time.process_time()
model = PMedian.from_cost_matrix(matrix, np.ones(len(matrix)), p_facilities=places)
built = time.process_time() - begun
model.solve(pulp.HiGHS(msg=False, timeLimit=seconds))
print(json.dumps({
    "objective": pulp.value(model.problem.objective), "says": pulp.LpStatus[model.problem.status],
    "truth": pulp.LpSolution[model.problem.sol_status], "build_s": round(built, 1),
    "cpu_s": round(time.process_time() - begun, 1),
    "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
}))
"""


def told(name: str, search: Callable[[], Placement]) -> Placement:
    """Search, and print what came of it."""
    cpu, wall = time.process_time(), time.monotonic()
    placement = search()
    row = {
        "what": name,
        "objective": round(placement.objective, 1),
        "gap_percent": round(100 * placement.gap, 4),
        "stop": placement.stop_reason.value,
        "cpu_s": round(time.process_time() - cpu, 2),
        "wall_s": round(time.monotonic() - wall, 2),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(row), flush=True)
    return placement


def warm_up() -> None:
    """Load the compiled code."""
    matrix, places = random_network(7)
    costs, people = SiteCosts.from_matrix(matrix), np.ones(len(matrix))
    p_median(costs, people, places)
    p_center(costs, people, places)


def part_networks(options: argparse.Namespace, seconds: float | None = None) -> None:
    """Place on the forty networks, each until it is proved or the time is over."""
    limits = SearchLimits(seconds or options.seconds)
    placements = []
    begun = time.process_time()
    for number in options.numbers:
        matrix, places = random_network(number)
        people = np.ones(len(matrix))
        name = f"pmed{number} n={len(matrix)} p={places}"
        costs = SiteCosts.from_matrix(matrix)
        placements.append(told(name, lambda: p_median(costs, people, places, limits=limits)))  # noqa: B023
    proved = sum(placement.is_optimal for placement in placements)
    worst = max(placement.gap for placement in placements)
    cpu = time.process_time() - begun
    print(f"proved {proved} of {len(placements)}, largest gap {worst:.3%}, {cpu:.1f} CPU seconds for all", flush=True)


def part_cut(options: argparse.Namespace) -> None:
    """Do the same with five seconds each."""
    part_networks(options, CUT_SECONDS)


def part_counties(options: argparse.Namespace) -> None:
    """Place among the counties of China, great-circle kilometres, people of 2020."""
    if options.real is None:
        print("counties: no --real folder, left out")
        return
    with (options.real / "cn_county_points" / "county_points.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["lat"] and row["pop_total"]]
    latitude, longitude = (np.radians([float(row[name]) for row in rows]) for name in ("lat", "lon"))
    people = np.array([float(row["pop_total"]) for row in rows])
    on_sphere = np.column_stack(
        (np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude))
    )
    matrix = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip((1 - on_sphere @ on_sphere.T) / 2, 0, 1)))
    np.fill_diagonal(matrix, 0.0)
    costs = SiteCosts.from_matrix(matrix)
    limits = SearchLimits(options.seconds)
    for places in COUNTIES:
        told(f"counties n={len(rows)} p={places}", lambda: p_median(costs, people, places, limits=limits))  # noqa: B023


def part_growth(options: argparse.Namespace) -> None:
    """Place among random points in a square with people as uneven as towns."""
    for points, sites, places in GROWTH:
        chance = np.random.default_rng(points)
        spots = chance.random((points, 2)) * 100
        matrix = np.hypot(*(spots[:, None, axis] - spots[None, :sites, axis] for axis in (0, 1)))
        costs, people = SiteCosts.from_matrix(matrix), chance.pareto(1.5, points) + 1
        del matrix
        limits = SearchLimits(options.seconds)
        name = f"square {points} x {sites} p={places}"
        told(name, lambda: p_median(costs, people, places, limits=limits))  # noqa: B023


def part_covering(options: argparse.Namespace) -> None:
    """Cover, and shorten the longest way, on some of the networks."""
    limits = SearchLimits(options.seconds)
    for number in COVERED:
        matrix, places = random_network(number)
        costs, people = SiteCosts.from_matrix(matrix), np.ones(len(matrix))
        size = f"pmed{number} n={len(matrix)} p={places}"
        told(f"mclp radius 20 {size}", lambda: maximal_covering(costs, people, 20, places, limits=limits))  # noqa: B023
        told(f"lscp radius 20 {size}", lambda: set_covering(costs, people, 20, limits=limits))  # noqa: B023
        told(f"p-center {size}", lambda: p_center(costs, people, places, limits=limits))  # noqa: B023


def part_peer(options: argparse.Namespace) -> None:
    """Give the same cost matrix to spopt with HiGHS; what it says stands beside what the solver's status is."""
    if options.peer is None:
        print("peer: no --peer, left out")
        return
    for number in options.peer_numbers:
        matrix, places = random_network(number)
        with tempfile.NamedTemporaryFile(suffix=".npy") as file:
            np.save(file.name, matrix)
            command = [options.peer, "-c", PEER, file.name, str(places), str(options.peer_seconds)]
            answer = subprocess.run(command, capture_output=True, text=True, check=True)
        row: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
        print(json.dumps({"what": f"spopt pmed{number} n={len(matrix)} p={places}", **row}), flush=True)


PARTS: dict[str, Callable[[argparse.Namespace], None]] = {
    "networks": part_networks,
    "cut": part_cut,
    "counties": part_counties,
    "growth": part_growth,
    "covering": part_covering,
    "peer": part_peer,
}


def main() -> int:
    """Run each part in a process of its own, and return how many failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--numbers", type=int, nargs="+", default=list(range(1, 41)))
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--peer")
    parser.add_argument("--peer-numbers", type=int, nargs="+", default=[1, 6, 11])
    parser.add_argument("--peer-seconds", type=float, default=60.0)
    parser.add_argument("--real", type=Path)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        warm_up()
        PARTS[options.inside](options)
        return 0
    failed = 0
    for part in options.only:
        print(f"-- {part}", flush=True)
        failed += subprocess.run([sys.executable, *sys.argv, "--inside", part], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
