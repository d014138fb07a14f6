"""An indicator over a table of visits on DuckDB: seconds and memory, and how they grow with the rows.

python benchmarks/bench_indicators.py --rows 1000000 10000000 100000000

Each size is made and measured in a process of its own, so that its peak is its own. The visits are seeded and stand as
Parquet in a temporary folder that is removed afterwards.
"""

# ruff: noqa: PLC0415 - each process loads only what it needs, so that the peak is that of the measured work

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

SEED = 20240601
COUNTIES = 2_800
FIRST_YEAR = 2021
YEARS = 5
PIECE = 5_000_000
PRIMARY_SHARE = 0.55
CODE = "county-primary-visit-share"
PERIOD = f"{FIRST_YEAR}..{FIRST_YEAR + YEARS - 1}"
KIB_IN_MIB = 1024
BYTES_IN_MIB = 1 << 20


def write_visits(folder: Path, rows: int, seed: int) -> None:
    """Write visits of five years at the institutions of all counties, one row each, in files of five million."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    chance = np.random.default_rng(seed)
    counties = pa.array([f"{100_000 + number}" for number in range(COUNTIES)])
    first_day = (date(FIRST_YEAR, 1, 1) - date(1970, 1, 1)).days
    (folder / "visits").mkdir()
    for number, start in enumerate(range(0, rows, PIECE)):
        count = min(PIECE, rows - start)
        codes = pa.DictionaryArray.from_arrays(chance.integers(0, COUNTIES, count, dtype=np.int32), counties)
        days = first_day + chance.integers(0, 365 * YEARS, count, dtype=np.int32)
        table = pa.table(
            {
                "county_code": codes.cast(pa.string()),
                "visited_on": pa.array(days, pa.date32()),
                "is_primary": pa.array(chance.random(count) < PRIMARY_SHARE),
                "visits": pa.array(np.ones(count, np.int64)),
            }
        )
        pq.write_table(table, folder / "visits" / f"{number:04}.parquet")


def measure(folder: Path, memory: str | None, threads: int | None) -> dict[str, float]:
    """Compute the indicator once and return seconds, values, peak of the process and size of the files."""
    from lianyi.analysis.indicators import RunWish, duckdb_engine, run_indicator
    from lianyi.rules.indicators import definition_version

    begun = time.perf_counter()
    with duckdb_engine(folder, memory, threads) as engine:
        result = run_indicator(definition_version(CODE, 1), engine, RunWish(period=PERIOD))
    seconds = time.perf_counter() - begun
    return {
        "seconds": seconds,
        "values": len(result.rows),
        "visits": sum(row.denominator or 0 for row in result.rows),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_IN_MIB,
        "file_mib": sum(path.stat().st_size for path in folder.rglob("*.parquet")) / BYTES_IN_MIB,
    }


def _in_a_process(arguments: list[str]) -> str:
    run = [sys.executable, str(Path(__file__).resolve()), *arguments]
    return subprocess.run(run, check=True, capture_output=True, text=True).stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000, 100_000_000], help="sizes")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the invented visits")
    parser.add_argument("--memory", help="the most that DuckDB may use, such as 1GB; without it its own rule")
    parser.add_argument("--threads", type=int, help="threads of DuckDB; without it one for each core")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.make is not None:
        write_visits(asked.make, asked.rows[0], asked.seed)
        return
    if asked.measure is not None:
        print(json.dumps(measure(asked.measure, asked.memory, asked.threads)))
        return
    limits = ["--memory", asked.memory] if asked.memory else []
    limits += ["--threads", str(asked.threads)] if asked.threads else []
    for rows in asked.rows:
        with tempfile.TemporaryDirectory(prefix="lianyi-bench-") as folder:
            _in_a_process(["--rows", str(rows), "--seed", str(asked.seed), "--make", folder])
            found = json.loads(_in_a_process(["--measure", folder, *limits]))
        if found["visits"] != rows:
            message = f"{found['visits']} of {rows} visits were counted"
            raise SystemExit(message)
        print(
            f"{rows:,} visits ({found['file_mib']:.0f} MiB of Parquet): {found['values']:,.0f} values in "
            f"{found['seconds']:.2f} s, peak {found['peak_mib']:.0f} MiB",
            flush=True,
        )


if __name__ == "__main__":
    main()
