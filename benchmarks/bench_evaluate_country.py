"""How long a full evaluation of many indicators of a whole country takes, beside diff-diff and statsmodels.

    python benchmarks/bench_evaluate_country.py [--units 2800] [--periods 60] [--indicators 20] [--peer-units 50]

The command `lianyi evaluate country` is run in a process of its own over a Parquet file of invented figures: reading,
effects by cohort and period with 999 draws and band, imputation, each helped unit's own series, control charts with
alarms by chance, evenness with 200 draws, and the document as JSON. CPU seconds and peak memory of that process are
told. diff-diff (profile bench) makes the comparison of one indicator and statsmodels the series of some units, and both
are reckoned for all. Fails above 30 CPU seconds or 2 GB, or when diff-diff comes to another effect.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from importlib.util import find_spec
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

import duckdb
import numpy as np
import pandas as pd
import statsmodels.api as sm

from lianyi.methods.comparison_groups import NEVER
from lianyi.methods.comparison_groups.invented import InventedPanel, invented_panel

SECONDS_AIM, BYTES_AIM = 30.0, 2 * 1024**3
SAME = 1e-6
HELPERS = 97
LEAST_POINTS = 12


def invented(units: int, periods: int, indicators: int) -> pd.DataFrame:
    """Return a table in which every other indicator follows the help and the others do not."""
    panel, _truth = invented_panel(InventedPanel(units=units, periods=periods))
    place, time_of = np.indices(panel.outcomes.shape)
    generator = np.random.default_rng(3)
    columns = {
        "county": place.ravel(),
        "month": time_of.ravel() + 1,
        "first": np.where(panel.starts == NEVER, 0, panel.starts + 1)[place.ravel()],
        "helper": place.ravel() % HELPERS,
    }
    for number in range(indicators):
        noise = generator.normal(size=panel.outcomes.shape)
        values = panel.outcomes + 0.3 * noise if number % 2 else 60 + 3 * noise
        columns[f"indicator_{number + 1:02d}"] = values.ravel()
    return pd.DataFrame(columns)


def ours(path: Path, indicators: int) -> tuple[dict, float, float, int]:
    """Run the command; return its document, CPU seconds, seconds by the clock and peak memory in bytes."""
    script = "import sys; sys.path.insert(0, sys.argv.pop(1)); from lianyi.cli import main; main()"
    names = [word for number in range(indicators) for word in ("--outcome", f"indicator_{number + 1:02d}")]
    asked = ["--unit", "county", "--time", "month", "--start", "first", "--cluster", "helper", "--json"]
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(
        [sys.executable, "-c", script, str(ROOT / "src"), "evaluate", "country", str(path), *asked, *names],
        check=True,
        capture_output=True,
        text=True,
    )
    clock, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(run.stdout), seconds, clock, after.ru_maxrss * 1024


def beside_diff_diff(table: pd.DataFrame, found: dict, indicators: int, seconds: float) -> bool:
    """Compare units with the peer for one indicator; return whether it comes to the same effect."""
    if find_spec("diff_diff") is None:
        print("diff-diff is not installed; nothing was compared (profile bench)")
        return True
    from diff_diff import CallawaySantAnna, ImputationDiD  # noqa: PLC0415 - may not be installed

    names = {"outcome": "indicator_02", "unit": "county", "time": "month", "first_treat": "first"}
    begun = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = CallawaySantAnna(n_bootstrap=999, seed=1, cluster="helper").fit(
            table, aggregate="event_study", **names
        )
        ImputationDiD(cluster="helper").fit(table, **names)
    peer = time.process_time() - begun
    apart = abs(theirs.overall_att - found["indicators"][1]["comparison"]["estimate"])
    print(
        f"diff-diff, group-time effects with draws and imputation only: {peer:.2f} s for one indicator, "
        f"{peer * indicators:.0f} s for {indicators} ({peer * indicators / seconds:.1f} times all of ours); "
        f"effects {apart:.1e} apart"
    )
    return apart < SAME


def beside_statsmodels(table: pd.DataFrame, peer_units: int, indicators: int) -> None:
    """Time the own series of some helped units by maximum likelihood with AR(1) errors, and reckon all."""
    periods = table["month"].max()
    is_told = (table["first"] > LEAST_POINTS) & (table["first"] <= periods + 1 - LEAST_POINTS)
    told = table[is_told].groupby("county")
    begun = time.process_time()
    for _unit, rows in list(told)[:peer_units]:
        start = rows["first"].iloc[0]
        after = (rows["month"] >= start).to_numpy(float)
        x = np.column_stack([np.ones(periods), rows["month"], after, after * (rows["month"] - start)])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sm.tsa.SARIMAX(np.log(rows["indicator_02"].to_numpy()), exog=x, order=(1, 0, 0)).fit(disp=False)
    each = (time.process_time() - begun) / min(peer_units, told.ngroups)
    print(
        f"statsmodels SARIMAX, own series only: {each:.3f} s a unit, {each * told.ngroups * indicators:,.0f} s for "
        f"{told.ngroups:,} units and {indicators} indicators"
    )


def main() -> int:
    """Measure, print, compare, and return 1 when an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=2800)
    parser.add_argument("--periods", type=int, default=60)
    parser.add_argument("--indicators", type=int, default=20)
    parser.add_argument("--peer-units", type=int, default=50)
    asked = parser.parse_args()
    table = invented(asked.units, asked.periods, asked.indicators)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "country.parquet"
        duckdb.from_df(table).write_parquet(str(path))
        found, seconds, clock, peak = ours(path, asked.indicators)
    named = sum(each["verdict"] != "no detectable change" for each in found["indicators"])
    print(
        f"full evaluation of {asked.indicators} indicators, {asked.units:,} x {asked.periods}: {seconds:.1f} CPU s "
        f"({clock:.1f} s by the clock), {peak / 1024**2:,.0f} MiB (aim {SECONDS_AIM:g} s, {BYTES_AIM / 1024**3:g} GB); "
        f"{named} indicators named, {asked.indicators // 2} follow the help"
    )
    agrees = beside_diff_diff(table, found, asked.indicators, seconds)
    beside_statsmodels(table, asked.peer_units, asked.indicators)
    return int(not agrees or seconds > SECONDS_AIM or peak > BYTES_AIM or named != asked.indicators // 2)


if __name__ == "__main__":
    sys.exit(main())
