"""How long Theil's decomposition and the Gini take as tables grow, beside PySAL inequality where it is installed.

    python benchmarks/bench_survey_distribution.py [--rows 100000] [--groups 2800] [--runs 7] [--peer PYTHON]

``--peer`` is a Python that has PySAL's ``inequality``: it gets the same figures, is timed once on the decomposition of
the largest table, and must come to the same numbers; the published table of Mexico (libpysal) is compared as well.
Seconds are CPU seconds of the calculation, medians over the runs; rates without weights, as PySAL knows no others.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import numpy as np

from lianyi.methods.distribution import Resampling, gini_of_values, percentile_intervals, resampled_theil, theil_t

SEED = 20240601
AIM = 500
AGREEMENT = 1e-9
PEER = """
import json, resource, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np
from inequality.gini import Gini
from inequality.theil import TheilD
folder = sys.argv[1]
values, groups = np.load(folder + "/values.npy"), np.load(folder + "/groups.npy")
begun = time.process_time()
theil = TheilD(values, groups)
theil_seconds = time.process_time() - begun
begun = time.process_time()
gini = Gini(values).g
told = {"theil_seconds": theil_seconds, "gini_seconds": time.process_time() - begun}
told |= {"total": float(np.ravel(theil.T)[0]), "between": float(np.ravel(theil.bg)[0]), "gini": float(gini)}
told["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
try:
    import libpysal
    table = libpysal.io.open(libpysal.examples.get_path("mexico.csv"))
    told["mexico"] = [float(each) for each in table.by_col("pcgdp1940")]
    told["regions"] = [int(each) for each in table.by_col("hanson98")]
    told["mexico_gini"] = float(Gini(np.array(told["mexico"])).g)
    mexico = TheilD(np.array(told["mexico"]), np.array(told["regions"]))
    told["mexico_theil"] = [float(np.ravel(each)[0]) for each in (mexico.T, mexico.bg)]
except Exception as error:
    told["without_mexico"] = str(error)
print(json.dumps(told))
"""


def invented(rows: int, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Return figures that differ between and within groups."""
    generator = np.random.default_rng(SEED)
    group = generator.integers(groups, size=rows)
    return generator.lognormal(size=rows) * generator.lognormal(0, 0.5, groups)[group], group


def cpu_seconds(work: Callable[[], object], runs: int) -> float:
    """Return the median over the runs."""
    seconds = []
    for _run in range(runs):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return statistics.median(seconds)


def theil_seconds(rows: int, groups: int, runs: int) -> float:
    values, group = invented(rows, groups)
    ones = np.ones(rows)
    return cpu_seconds(lambda: theil_t(values, ones, {"group": group}), runs)


def main() -> int:
    """Measure, print, compare, and return 1 when the peer is not beaten by the aim or comes to other numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--groups", type=int, default=2800)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--peer", help="a Python with PySAL's inequality")
    asked = parser.parse_args()
    for part in (100, 10, 1, 0.1):
        rows, groups = int(asked.rows / part), max(int(asked.groups / part), 1)
        seconds = theil_seconds(rows, groups, asked.runs)
        print(
            f"Theil between and within, {rows:9,} rows in {groups:6,} groups: {seconds:8.4f} s, "
            f"{seconds / rows * 1e9:5.0f} ns a row"
        )
    values, group = invented(asked.rows, asked.groups)
    labels = np.array([f"G{number}" for number in group], dtype=object)
    ones = np.ones(asked.rows)
    print(
        f"the same with texts as groups: {cpu_seconds(lambda: theil_t(values, ones, {'g': labels}), asked.runs):.4f} s"
    )
    print(f"Gini of {asked.rows:,} rows: {cpu_seconds(lambda: gini_of_values(values), asked.runs):.4f} s")
    drawn = resampled_theil(values, ones, {"group": group})
    draws = cpu_seconds(lambda: percentile_intervals(drawn, asked.rows, Resampling(SEED, 100)), 1)
    print(f"100 resamples of Theil with its part between groups: {draws:.2f} s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    return _beside(asked.peer, values, group, asked.runs) if asked.peer else 0


def _beside(peer: str, values: np.ndarray, group: np.ndarray, runs: int) -> int:
    ones = np.ones(len(values))
    ours = theil_t(values, ones, {"group": group})
    ours_seconds = cpu_seconds(lambda: theil_t(values, ones, {"group": group}), runs)
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/values.npy", values)
        np.save(f"{folder}/groups.npy", group)
        ended = subprocess.run([peer, "-c", PEER, folder], capture_output=True, text=True, check=True)
    told = json.loads(ended.stdout.splitlines()[-1])
    ratio = told["theil_seconds"] / ours_seconds
    print(
        f"PySAL TheilD: {told['theil_seconds']:.1f} s, {ratio:,.0f} times as long (aim {AIM}); "
        f"peak {told['peak_mib']:.0f} MiB"
    )
    print(f"PySAL Gini: {told['gini_seconds']:.4f} s")
    pairs = {
        "Theil": (ours.value, told["total"]),
        "between": (ours.between, told["between"]),
        "Gini": (gini_of_values(values), told["gini"]),
    }
    if "mexico" in told:
        mexico = np.array(told["mexico"])
        found = theil_t(mexico, np.ones(len(mexico)), {"region": told["regions"]})
        pairs["Mexico 1940, Gini 0.35372371173452849"] = (gini_of_values(mexico), told["mexico_gini"])
        pairs["Mexico 1940, Theil 0.20894344"] = (found.value, told["mexico_theil"][0])
        pairs["Mexico 1940, between 0.0345889"] = (found.between, told["mexico_theil"][1])
    else:
        print(f"the table of Mexico was not compared: {told['without_mexico']}")
    agree = True
    for name, (one, other) in pairs.items():
        is_same = math.isclose(one, other, rel_tol=AGREEMENT)
        agree &= is_same
        print(f"{name}: {one:.10f} {'=' if is_same else 'DIFFERS FROM'} {other:.10f}")
    return int(not agree or ratio < AIM)


if __name__ == "__main__":
    sys.exit(main())
