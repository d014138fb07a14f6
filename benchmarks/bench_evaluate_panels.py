"""How long comparisons over a national panel take, beside diff-diff and cvxpy where they are installed (profile bench).

    python benchmarks/bench_evaluate_panels.py [--units 2800] [--periods 60] [--treated 1000] [--donors 1100] [--runs 5]

Effects by cohort and period of Callaway and Sant'Anna with 999 multiplier draws and a simultaneous band, and synthetic
controls of many treated units against shared donors. Panels are invented with a seed. Seconds are CPU seconds, medians
over the runs; cvxpy is timed on some of the treated units and reckoned for all. Fails when a peer comes to other
figures or is not beaten by the aim.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# One thread for all, also for the products of matrices, which would otherwise take every processor.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import numpy as np

from lianyi.methods.comparison_groups import (
    NEVER,
    Draws,
    GroupTimeEffects,
    Panel,
    dynamic_average,
    group_time_effects,
    simple_average,
    simultaneous_band,
)
from lianyi.methods.comparison_groups.invented import InventedPanel, invented_panel
from lianyi.methods.synthetic_control import optimality_gaps, simplex_weights

DRAWS = 999
DIFF_DIFF_AIM = 2.0
CVXPY_AIM = 60.0
SAME_DIGITS = 1e-9
SAME_OBJECTIVE = 1e-6
CVXPY_UNITS = 20
PERIODS_BEFORE = 36
FULL = (2800, 60)


def median_seconds(work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """Return the median of CPU seconds, and what the work came to."""
    seconds = []
    found = None
    for _run in range(runs):
        begun = time.process_time()
        found = work()
        seconds.append(time.process_time() - begun)
    return statistics.median(seconds), found


def ours(panel: Panel) -> tuple[Any, Any]:
    effects = group_time_effects(panel)
    return effects, simultaneous_band(dynamic_average(effects), Draws(seed=1, count=DRAWS))


def group_time(panel: Panel, truth: float, runs: int) -> bool:
    """Time the effects by cohort and period; return whether the peer agrees and is beaten."""
    seconds, (effects, band) = median_seconds(lambda: ours(panel), runs)
    cell_seconds, cells = median_seconds(lambda: simultaneous_band(effects, Draws(seed=1, count=DRAWS)), runs)
    average = simple_average(effects).overall_estimate()
    print(
        f"Callaway-Sant'Anna, {panel.outcomes.shape[0]:,} x {panel.outcomes.shape[1]}, {effects.effects.size} effects, "
        f"{DRAWS} draws, band over event times: {seconds:.3f} s; average {average.value:.6f} "
        f"({average.standard_error:.8f}), truth {truth:.6f}, band {band.width:.3f} errors to each side"
    )
    print(f"a band over all effects besides: {cell_seconds:.3f} s, {cells.width:.3f} errors to each side")
    if find_spec("diff_diff") is None:
        print("diff-diff is not installed; nothing was compared (profile bench)")
        return True
    return beside_diff_diff(panel, seconds, effects, runs)


def beside_diff_diff(panel: Panel, seconds: float, effects: GroupTimeEffects, runs: int) -> bool:
    import pandas as pd  # noqa: PLC0415 - of the peer
    from diff_diff import CallawaySantAnna  # noqa: PLC0415 - may not be installed

    units, periods = np.indices(panel.outcomes.shape)
    starts = np.where(panel.starts == NEVER, 0, panel.starts + 1)
    table = pd.DataFrame(
        {
            "unit": units.ravel(),
            "time": periods.ravel() + 1,
            "y": panel.outcomes.ravel(),
            "start": starts[units].ravel(),
        }
    )
    names = {"outcome": "y", "unit": "unit", "time": "time", "first_treat": "start"}

    def work(draws: int) -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return CallawaySantAnna(n_bootstrap=draws, seed=1).fit(table, aggregate="event_study", **names)

    plain_seconds, plain = median_seconds(lambda: work(0), 1)
    peer_seconds, _found = median_seconds(lambda: work(DRAWS), max(runs // 2, 1))
    theirs = {key: value for key, value in vars(plain)["group_time_effects"].items() if np.isfinite(value["effect"])}
    own = {
        (int(cohort) + 1, int(period) + 1): (value, error)
        for cohort, period, value, error in zip(
            effects.cohorts, effects.periods, effects.effects, effects.standard_errors, strict=True
        )
    }
    shared = own.keys() & {(int(cohort), int(period)) for cohort, period in theirs}
    apart = max(
        max(abs(own[key][0] - theirs[key]["effect"]), abs(own[key][1] - theirs[key]["se"])) for key in sorted(shared)
    )
    is_same = apart < SAME_DIGITS and len(shared) == len(own)
    ratio = peer_seconds / seconds
    print(
        f"diff-diff: {peer_seconds:.3f} s with {DRAWS} draws, {ratio:.1f} times as long (aim {DIFF_DIFF_AIM:g}); "
        f"{plain_seconds:.3f} s without draws; {len(shared)} of {len(own)} effects and errors at most {apart:.1e} apart"
    )
    return is_same and ratio >= DIFF_DIFF_AIM


def invented_series(treated: int, donors: int) -> tuple[np.ndarray, np.ndarray]:
    """Return series that share four factors, for the periods before the start."""
    generator = np.random.default_rng(1)
    factors = generator.normal(size=(4, PERIODS_BEFORE)).cumsum(axis=1)
    units = treated + donors
    series = generator.normal(size=(units, 4)) @ factors + generator.normal(0, 2, (units, 1))
    series += generator.normal(0, 0.5, (units, PERIODS_BEFORE))
    return series[:treated], series[treated:]


def synthetic(treated: int, donors: int, runs: int) -> bool:
    """Time the weights of all treated units; return whether the peer agrees and is beaten."""
    targets, sources = invented_series(treated, donors)
    simplex_weights(targets[:1], sources)
    seconds, weights = median_seconds(lambda: simplex_weights(targets, sources), runs)
    gaps = optimality_gaps(targets, sources, weights, np.ones(weights.shape, bool))
    least = ((weights @ sources - targets) ** 2).sum(axis=1)
    proved = (gaps / np.maximum(least, 1e-12)).max()
    print(
        f"synthetic control, {treated:,} treated x {donors:,} donors, {PERIODS_BEFORE} periods before: {seconds:.3f} "
        f"s, {seconds / treated * 1e3:.3f} ms a unit; proved within {proved:.1e} of the best"
    )
    if find_spec("cvxpy") is None:
        print("cvxpy is not installed; nothing was compared (profile bench)")
        return True
    return beside_cvxpy(targets, sources, least, seconds)


def beside_cvxpy(targets: np.ndarray, sources: np.ndarray, least: np.ndarray, seconds: float) -> bool:
    import cvxpy  # noqa: PLC0415 - may not be installed

    treated, donors = len(targets), len(sources)
    some = min(treated, CVXPY_UNITS)
    apart, peer = 0.0, []
    for unit in range(some):
        begun = time.process_time()
        shares = cvxpy.Variable(donors, nonneg=True)
        distance = cvxpy.sum_squares(sources.T @ shares - targets[unit])
        cvxpy.Problem(cvxpy.Minimize(distance), [cvxpy.sum(shares) == 1]).solve(solver=cvxpy.CLARABEL)
        peer.append(time.process_time() - begun)
        apart = max(apart, abs(float(distance.value) - least[unit]) / max(least[unit], 1e-12))
    ratio = statistics.median(peer) * treated / seconds
    print(
        f"cvxpy with Clarabel: {statistics.median(peer):.4f} s a unit, {ratio:,.0f} times as long (aim {CVXPY_AIM:g}); "
        f"objectives of {some} units at most {apart:.1e} apart"
    )
    return apart < SAME_OBJECTIVE and ratio >= CVXPY_AIM


def main() -> int:
    """Measure, print, and return 1 when a peer disagrees or an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=FULL[0])
    parser.add_argument("--periods", type=int, default=FULL[1])
    parser.add_argument("--treated", type=int, default=1000)
    parser.add_argument("--donors", type=int, default=1100)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    panel, truth = invented_panel(InventedPanel(units=asked.units, periods=asked.periods))
    is_good = group_time(panel, truth, asked.runs)
    is_good &= synthetic(asked.treated, asked.donors, asked.runs)
    is_full = (asked.units, asked.periods) == FULL
    return int(is_full and not is_good)


if __name__ == "__main__":
    sys.exit(main())
