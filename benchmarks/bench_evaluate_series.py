"""How long interrupted series of a whole country take, beside a loop over statsmodels in the same run.

    python benchmarks/bench_evaluate_series.py [--series 2800] [--points 60] [--peer-series 100] [--runs 5]

The peer fits ``--peer-series`` of the series one after the other; its time is told for all. Seconds are CPU seconds of
the process, medians over the runs. statsmodels has no REML with AR(1) errors: the usual method stands beside its
regression with AR(1) errors by maximum likelihood (SARIMAX), and beside GLSAR, which is quicker and no likelihood. The
aim holds for that and for counts; least squares of single series are quick anywhere. The largest differences from
statsmodels are printed and must be tiny.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

# One thread for both sides: threads that wait for one another count as CPU seconds.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import numpy as np
import statsmodels.api as sm

from lianyi.methods.interrupted_series import SegmentedModel, fit_counts, fit_gaussian, fit_log_rates

SEED = 20240601
AIM = 80
NO_AIM = 0
AGREEMENT = 1e-8
MISSING = 0.03
LAG = 6
HAC = {"cov_type": "HAC", "cov_kwds": {"maxlags": LAG, "use_correction": True}}


def invented(series: int, points: int) -> np.ndarray:
    """Return counts with a season and log rates that follow one another."""
    generator = np.random.default_rng(SEED)
    noise = 0.1 * generator.normal(size=(series, points))
    for point in range(1, points):
        noise[:, point] = 0.4 * noise[:, point - 1] + np.sqrt(1 - 0.4**2) * noise[:, point]
    month = np.arange(points)
    return generator.poisson(200 * np.exp(0.002 * month + 0.1 * np.sin(2 * np.pi * month / 12) + noise)).astype(float)


def cpu_seconds(work: Callable[[], object], runs: int) -> float:
    """Return the median over the runs."""
    seconds = []
    for _run in range(runs):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return statistics.median(seconds)


def quasi_poisson(counts: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    found = sm.GLM(counts, x, sm.families.Poisson()).fit(tol=1e-12, **HAC)
    return found.params, found.bse


def least_squares(counts: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    found = sm.OLS(np.log(counts), x).fit(use_t=True, **HAC)
    return found.params, found.bse


def likelihood(counts: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    with warnings.catch_warnings():
        # Its search ends early on some series; the time it took counts all the same.
        warnings.simplefilter("ignore")
        found = sm.tsa.SARIMAX(np.log(counts), exog=x, order=(1, 0, 0)).fit(disp=False)
    return found.params, found.bse


def autoregressive(counts: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    found = sm.GLSAR(np.log(counts), x, rho=1).iterative_fit(maxiter=10)
    return found.params, found.bse


def main() -> int:
    """Measure, print, compare, and return 1 when the aim is missed or the figures differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=2800)
    parser.add_argument("--points", type=int, default=60)
    parser.add_argument("--peer-series", type=int, default=100)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    model = SegmentedModel(points=asked.points, start=asked.points * 3 // 5, harmonic_pairs=2)
    counts = invented(asked.series, asked.points)
    some = counts[: asked.peer_series]
    gaps = np.where(np.random.default_rng(SEED).random(counts.shape) < MISSING, np.nan, counts)
    plans = {
        "quasi-Poisson with Newey-West": (lambda y: fit_counts(model, y, lag=LAG), quasi_poisson, AIM, True),
        "least squares with Newey-West": (lambda y: fit_gaussian(model, np.log(y), LAG), least_squares, NO_AIM, True),
        "REML with AR(1) errors beside SARIMAX": (lambda y: fit_log_rates(model, y), likelihood, AIM, False),
        "REML with AR(1) errors beside GLSAR": (lambda y: fit_log_rates(model, y), autoregressive, NO_AIM, False),
    }
    failed = False
    for name, (ours, peer, aim, must_agree) in plans.items():
        seconds = cpu_seconds(lambda ours=ours: ours(counts), asked.runs)
        fits = ours(some)
        x = fits.design.matrix[0]
        begun = time.process_time()
        found = [peer(y, x) for y in some]
        peer_seconds = (time.process_time() - begun) / len(some) * asked.series
        ratio = peer_seconds / seconds
        print(
            f"{name}: {seconds:.3f} s for {asked.series:,} series of {asked.points} points; statsmodels "
            f"{peer_seconds:.1f} s, {ratio:,.0f} times as long{f' (aim {aim})' if aim else ''}"
        )
        failed |= ratio < aim
        if must_agree:
            failed |= _differs(fits.coefficients, fits.covariances, found)
    with_gaps = cpu_seconds(lambda: fit_log_rates(model, gaps), asked.runs)
    print(f"REML with AR(1) errors, {MISSING:.0%} of the points missing: {with_gaps:.3f} s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    return int(failed)


def _differs(coefficients: np.ndarray, covariances: np.ndarray, found: list[tuple[np.ndarray, np.ndarray]]) -> bool:
    errors = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    away = float(np.abs(coefficients - np.array([params for params, _errors in found])).max())
    apart = float(np.abs(errors / np.array([bse for _params, bse in found]) - 1).max())
    print(f"  largest difference of a coefficient {away:.1e}, of a standard error {apart:.1e} of it")
    return max(away, apart) > AGREEMENT


if __name__ == "__main__":
    sys.exit(main())
