"""How long control charts of many series take, beside abspc one series at a time, and whether flags are those saved.

    python benchmarks/bench_evaluate_spc.py [--series 2800] [--times 60] [--runs 7] [--peer-series 40] [--real FOLDER]

abspc (profile ``bench`` of the environment) is timed in the same run on some of the same series and must find the same
means, limits and points outside them; its runs and trends have other lengths, so they are not compared. With real data
(``--real`` or LIANYI_REAL_DATA) every flag is compared with what NHSRplotthedots gave. Seconds are CPU seconds, the
median of the runs. The aim is judged on a full table only.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import os
import resource
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import numpy as np

from lianyi.methods.process_control import (
    ControlCharts,
    MovingRanges,
    Signal,
    autocorrelation,
    in_control,
    proportion_charts,
    runs,
    wall_alarms,
    xmr_charts,
)
from lianyi.methods.process_control.chance import Draws, alarm_chances

SEED = 20240601
AIM = 400
AIM_SECONDS = 0.05
FULL_SERIES = 2800
AGREEMENT = 1e-9
# 3 divided by 1.128, where Making Data Count prints 2.66.
PEER_FACTOR = 3 / 1.128 / 2.66
NAMES = {
    "Common Cause": (Signal.NONE, 0),
    "Above UCL": (Signal.OUTSIDE, 1),
    "Below LCL": (Signal.OUTSIDE, -1),
    "7 Point Trend (Increasing)": (Signal.TREND, 1),
    "7 Point Trend (Decreasing)": (Signal.TREND, -1),
    "2 in 3 Above CL": (Signal.TWO_OF_THREE, 1),
    "2 in 3 Below CL": (Signal.TWO_OF_THREE, -1),
    "7 Points Above CL": (Signal.SHIFT, 1),
    "7 Points Below CL": (Signal.SHIFT, -1),
}


def cpu_seconds(work: Callable[[], object], count: int) -> float:
    """Return the median over the runs."""
    seconds = []
    for _run in range(count):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return statistics.median(seconds)


def all_rules(values: np.ndarray) -> ControlCharts:
    """Chart, and bring out what is told of every point."""
    charts = xmr_charts(values, MovingRanges.ALL)
    _ = charts.signals, charts.sides, charts.last_signals
    return charts


def main() -> int:
    """Measure, print, compare, and return 1 when flags differ or the aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=FULL_SERIES)
    parser.add_argument("--times", type=int, default=60)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--peer-series", type=int, default=40)
    parser.add_argument("--real", type=Path, default=os.environ.get("LIANYI_REAL_DATA"))
    asked = parser.parse_args()
    values = 100 + 10 * in_control(asked.times, 0.2, Draws(SEED, asked.series))
    all_rules(values[:2])
    for part in (100, 10, 1):
        few = values[: max(asked.series // part, 1)]
        seconds = cpu_seconds(lambda few=few: all_rules(few), asked.runs)
        each = seconds / len(few) * 1e6
        print(f"XmR with four rules, {len(few):7,} x {asked.times}: {seconds:8.5f} s, {each:6.1f} us each")
    ours = cpu_seconds(lambda: all_rules(values), asked.runs)
    charts = all_rules(values)
    print(f"longest runs and crossings: {cpu_seconds(lambda: runs(values, charts.centre), asked.runs):.5f} s")
    print(f"autocorrelation: {cpu_seconds(lambda: autocorrelation(charts), asked.runs):.5f} s")
    totals = np.full(values.shape, 1000.0)
    print(f"p charts with four rules: {cpu_seconds(lambda: proportion_charts(values // 1, totals), asked.runs):.5f} s")
    print(f"alarms to expect by chance, simulated: {cpu_seconds(lambda: _expect(charts), 3):.3f} s")
    is_right = _real_flags(Path(asked.real)) if asked.real else True
    is_right &= _beside(values, ours, asked)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    return int(not is_right)


def _expect(charts: ControlCharts) -> object:
    alarm_chances.cache_clear()
    return wall_alarms(charts)


def _real_flags(folder: Path) -> bool:
    """Compare every flag and limit of the emergency departments of England with those of NHSRplotthedots 0.2.2."""
    path = folder / "evaluation" / "nhsr_ptd_allorgs_breaches.csv"
    if not path.is_file():
        print(f"no saved flags at {path}; not compared")
        return True
    providers = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            providers[row["f"]].append(row)
    values = np.full((len(providers), max(map(len, providers.values()))), np.nan)
    for place, rows in enumerate(providers.values()):
        values[place, : len(rows)] = [float(row["y"]) for row in rows]
    charts = xmr_charts(values, MovingRanges.SCREENED)
    equal = total = 0
    largest = 0.0
    for place, rows in enumerate(providers.values()):
        for point, row in enumerate(rows):
            told = (Signal(int(charts.signals[place, point])), int(charts.sides[place, point]))
            equal += told == NAMES[row["special_cause_type"]]
            total += 1
            for line, name in ((charts.centre, "mean_col"), (charts.lower, "lpl"), (charts.upper, "upl")):
                largest = max(largest, abs(line[place, point] - float(row[name])) / max(abs(float(row[name])), 1.0))
    print(f"flags as NHSRplotthedots: {equal:,} of {total:,}; limits differ by {largest:.1e} at most")
    return equal == total and largest < AGREEMENT


def _beside(values: np.ndarray, ours: float, asked: argparse.Namespace) -> bool:
    if importlib.util.find_spec("abspc") is None:
        print("abspc is not installed (profile bench); not compared")
        return True
    import pandas as pd  # noqa: PLC0415 - the peer and what it works on, where it is installed
    from abspc import calculate_control_limits, detect_special_causes  # noqa: PLC0415

    def chart(series: np.ndarray) -> pd.DataFrame:
        return detect_special_causes(calculate_control_limits(pd.DataFrame({"value": series}), "XmR"))

    chart(values[0])
    some = values[: asked.peer_series]
    seconds = []
    is_equal = True
    charts = xmr_charts(some)
    for place, series in enumerate(some):
        begun = time.process_time()
        found = chart(series)
        seconds.append(time.process_time() - begun)
        mean, upper = found["mean"].to_numpy(), found["ucl"].to_numpy()
        distance = (charts.upper[place] - charts.centre[place]) * PEER_FACTOR
        is_equal &= bool(np.allclose(mean, charts.centre[place], rtol=AGREEMENT))
        is_equal &= bool(np.allclose(upper - mean, distance, rtol=1e-7))
    each = statistics.median(seconds)
    ratio = each / (ours / len(values))
    told = "equal" if is_equal else "DIFFER"
    print(f"abspc: {each * 1000:.2f} ms a series, {ratio:,.0f} times as long (aim {AIM}); limits {told}")
    if len(values) < FULL_SERIES:
        return is_equal
    print(f"{len(values):,} x {values.shape[1]} in {ours:.4f} s (aim {AIM_SECONDS})")
    return is_equal and ratio >= AIM and ours <= AIM_SECONDS


if __name__ == "__main__":
    sys.exit(main())
