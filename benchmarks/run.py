"""Run every benchmark, on SQLite and, where PostgreSQL is installed, on PostgreSQL: what `make bench` calls.

    python benchmarks/run.py [--quick]

``--quick`` takes a hundredth of the rows, to see that everything runs. The figures are printed as the benchmarks print
them; a benchmark that fails makes the whole run fail.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FULL = {
    "bench_survey_location.py": ["--only", "networks", "cut", "growth", "covering"],
    "bench_import.py": ["--rows", "100000", "--runs", "3"],
    "bench_pages.py": [],
    "bench_doubles.py": [],
    "bench_escalation.py": [],
    "bench_referrals.py": [],
    "bench_survey_distribution.py": [],
    "bench_survey_access.py": [],
    "bench_survey_surface.py": [],
    "bench_plan_postings.py": [],
    "bench_plan_changes.py": [],
    "bench_plan_rounds.py": [],
    "bench_plan_pairing.py": [],
    "bench_evaluate_spc.py": [],
    "bench_evaluate_series.py": [],
    "bench_evaluate_panels.py": [],
    "bench_evaluate_country.py": [],
    "bench_indicators.py": [],
}
QUICK = {
    "bench_survey_location.py": ["--only", "networks", "--numbers", "1", "7", "--seconds", "5"],
    "bench_import.py": ["--rows", "1000", "--runs", "1"],
    "bench_pages.py": ["--agreements", "20", "--postings", "1000", "--events", "1000", "--repeat", "3"],
    "bench_doubles.py": [],
    "bench_escalation.py": ["--clocks", "1000", "--repeat", "3"],
    "bench_referrals.py": ["--clients", "4", "--seconds", "3", "--legs", "10000", "--few", "1000", "--repeat", "3"],
    "bench_survey_distribution.py": ["--rows", "1000", "--groups", "28", "--runs", "3"],
    "bench_survey_access.py": ["--scale", "0.01", "--runs", "1"],
    "bench_survey_surface.py": ["--cells", "500", "--runs", "1"],
    "bench_plan_postings.py": ["--sizes", "S0", "--seconds", "5"],
    "bench_plan_changes.py": ["--sizes", "S0", "--seeds", "1"],
    "bench_plan_rounds.py": ["--sets", "rounds", "--seconds", "2"],
    "bench_plan_pairing.py": ["--sizes", "P0", "--seconds", "5", "--instances", "a05100"],
    "bench_evaluate_spc.py": ["--series", "100", "--peer-series", "3", "--runs", "3"],
    "bench_evaluate_series.py": ["--series", "700", "--peer-series", "30", "--runs", "3"],
    "bench_evaluate_panels.py": ["--units", "280", "--treated", "10", "--donors", "110", "--runs", "1"],
    "bench_evaluate_country.py": ["--units", "280", "--indicators", "2", "--peer-units", "3"],
    "bench_indicators.py": ["--rows", "100000"],
}
# These work in memory; the engine makes no difference to them.
ONCE = (
    "bench_survey_location.py",
    "bench_doubles.py",
    "bench_survey_distribution.py",
    "bench_survey_access.py",
    "bench_survey_surface.py",
    "bench_plan_postings.py",
    "bench_plan_changes.py",
    "bench_plan_rounds.py",
    "bench_plan_pairing.py",
    "bench_evaluate_spc.py",
    "bench_evaluate_series.py",
    "bench_evaluate_panels.py",
    "bench_indicators.py",
    "bench_evaluate_country.py",
)


def main() -> int:
    """Run all benchmarks one after the other and return the number that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    plan = QUICK if parser.parse_args().quick else FULL
    failed = 0
    for name, options in plan.items():
        run = [sys.executable, str(ROOT / "benchmarks" / name), *options]
        failed += _run(name, "SQLite", run)
        if name not in ONCE:
            with_server = [sys.executable, str(ROOT / "tools" / "with_postgresql.py"), *run]
            failed += _run(name, "PostgreSQL", with_server)
    return failed


def _run(name: str, engine: str, command: list[str]) -> int:
    print(f"\n== {name} on {engine}", flush=True)
    return int(subprocess.run(command, cwd=ROOT, check=False).returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
