"""How long access takes from a table of costs, a stream of them, and from coordinates; beside PySAL access where it is.

    python benchmarks/bench_survey_access.py [--scale 1.0] [--runs 3] [--peer PYTHON] [--real FOLDER] [--only PART ...]

Each part runs in a process of its own, so that its peak memory is its own. Seconds are CPU seconds, medians over the
runs; compiled code is warm. ``--scale`` multiplies the number of pairs and points. ``--peer`` is a Python that has
PySAL's ``access``: it gets the same table of 29 million pairs, and must come to the same numbers. ``--real`` is a
folder with af_population_20km and af_who_facilities.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from lianyi.methods.access import (
    Gaussian,
    GlobePoints,
    IdList,
    PairBatch,
    PairTable,
    PointCatchments,
    StreamedPairs,
    Zones,
    catchment,
    inspect_stream,
    measure_access,
    nearest_points,
    positions_of,
)

SEED = 20240601
ZONES = Zones(((20, 1), (40, 0.68), (60, 0.22)))
TABLE = (300_000, 20_000, 97)
LONG_TABLE = (1_000_000, 50_000, 98)
POINTS = (4_000_000, 1_000_000)
TIMES_AS_FAST = 100
SHARE_OF_MEMORY = 4
AGREEMENT = 1e-9
# Small enough to stay in the cache of the processor.
BATCH_ROWS = 1 << 17
PEER = """
import json, resource, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np, pandas as pd
from access import Access, weights
folder, method = sys.argv[1:]
tables = {name: pd.read_parquet(f"{folder}/{name}.parquet") for name in ("demand", "supply", "costs")}
step = weights.step_fn({20: 1, 40: 0.68, 60: 0.22})
begun = time.process_time()
survey = Access(
    demand_df=tables["demand"], demand_index="id", demand_value="population",
    supply_df=tables["supply"], supply_index="id", supply_value="capacity",
    cost_df=tables["costs"], cost_origin="demand_id", cost_dest="supply_id", cost_name="minutes",
)
work = survey.three_stage_fca if method == "3sfca" else survey.enhanced_two_stage_fca
work(name="x", weight_fn=step)
seconds = time.process_time() - begun
found = survey.access_df["x_capacity"].fillna(0).sort_index().to_numpy()
np.save(f"{folder}/peer_{method}.npy", found)
print(json.dumps({"seconds": seconds, "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def make_tables(folder: Path, places: int, facilities: int, ways_each: int) -> int:
    """Write invented tables; the costs come in runs of one place, as tables of costs usually do."""
    chance = np.random.default_rng(SEED)
    _write(folder / "demand.parquet", id=np.arange(places), population=chance.integers(1, 5000, places).astype(float))
    _write(
        folder / "supply.parquet", id=np.arange(facilities), capacity=chance.integers(1, 300, facilities).astype(float)
    )
    ways_each = min(ways_each, facilities)
    with pq.ParquetWriter(folder / "costs.parquet", _cost_schema()) as file:
        for first in range(0, places, 20_000):
            some = np.arange(first, min(first + 20_000, places))
            start = chance.integers(0, facilities, some.size)
            # Facilities that follow one another from a random one: distinct, and as near in memory as neighbours are.
            chosen = (start[:, None] + np.arange(ways_each)) % facilities
            columns = [np.repeat(some, ways_each), chosen.ravel(), chance.uniform(0, 75, chosen.size)]
            file.write_table(pa.table(columns, schema=_cost_schema()))
    return places * ways_each


def _cost_schema() -> pa.Schema:
    return pa.schema([("demand_id", pa.int64()), ("supply_id", pa.int64()), ("minutes", pa.float64())])


def _write(path: Path, **columns: np.ndarray) -> None:
    pq.write_table(pa.table(columns), path)


def _read(path: Path, name: str) -> np.ndarray:
    return pq.read_table(path, columns=[name]).column(0).to_numpy()


def _batches(folder: Path, places: IdList, sites: IdList) -> Iterator[PairBatch]:
    for batch in pq.ParquetFile(folder / "costs.parquet", pre_buffer=False).iter_batches(BATCH_ROWS):
        demand, supply, minutes = (column.to_numpy() for column in batch.columns)
        yield PairBatch.of(places.positions(demand), sites.positions(supply), minutes)


def part_table(folder: Path, runs: int) -> dict[str, Any]:
    """From ids in memory to access: what PySAL access is timed on."""
    people, supply_of_sites = (
        _read(folder / "demand.parquet", "population"),
        _read(folder / "supply.parquet", "capacity"),
    )
    places, sites = _read(folder / "demand.parquet", "id"), _read(folder / "supply.parquet", "id")
    rows = pq.ParquetFile(folder / "costs.parquet").metadata.num_rows
    table = PairBatch(np.empty(rows, np.int32), np.empty(rows, np.int32), np.empty(rows))
    begun = time.process_time()
    known = IdList(places), IdList(sites)
    told: dict[str, Any] = {"rows": rows, "of that ids to positions": time.process_time() - begun}
    filled = 0
    for batch in pq.ParquetFile(folder / "costs.parquet", pre_buffer=False).iter_batches(BATCH_ROWS):
        demand, supply, minutes = (column.to_numpy() for column in batch.columns)
        some = slice(filled, filled + len(minutes))
        begun = time.process_time()
        positions = known[0].positions(demand), known[1].positions(supply)
        told["of that ids to positions"] += time.process_time() - begun
        table.demand[some], table.facility[some] = positions
        table.costs[some] = minutes
        filled += len(minutes)
    for method in ("2sfca", "e2sfca", "3sfca"):
        seconds, found = _timed(
            lambda name=method: measure_access(
                PairTable(table.demand, table.facility, table.costs, places.size, sites.size).catchments(ZONES),
                people,
                supply_of_sites,
                name,
            ),
            runs,
        )
        told[method] = seconds + told["of that ids to positions"]
        told[f"{method}_gap"] = found.conservation_gap
        np.save(folder / f"ours_{method}.npy", found.access)
    return told


def part_stream(folder: Path, runs: int) -> dict[str, Any]:
    """From a Parquet file that is never held in memory."""
    people, supply = _read(folder / "demand.parquet", "population"), _read(folder / "supply.parquet", "capacity")
    places, sites = _read(folder / "demand.parquet", "id"), _read(folder / "supply.parquet", "id")

    def rows() -> Iterator[PairBatch]:
        return _batches(folder, IdList(places), IdList(sites))

    def work() -> tuple[Any, Any]:
        facts = inspect_stream(rows, places.size, sites.size)
        return facts, measure_access(StreamedPairs(rows, places.size, sites.size, ZONES, facts), people, supply)

    seconds, (facts, found) = _timed(work, runs)
    return {"rows": facts.rows, "e2sfca with a first look": seconds, "gap": found.conservation_gap}


def clustered(count: int, share_in_towns: float, chance: np.random.Generator, spread_km: float) -> GlobePoints:
    """Return points over 3000 km by 3000 km, a share of them in 3000 towns whose sizes follow Pareto's law."""
    of_towns = np.random.default_rng(SEED)
    centres, sizes = of_towns.uniform(0, 3000, (3000, 2)), of_towns.pareto(1.2, 3000) + 1
    in_towns = int(count * share_in_towns)
    town = chance.choice(3000, in_towns, p=sizes / sizes.sum())
    near = centres[town] + chance.normal(0, spread_km, (in_towns, 2))
    east, north = np.concatenate([near, chance.uniform(0, 3000, (count - in_towns, 2))]).T
    return GlobePoints.of(80 + east / (111.195 * math.cos(math.radians(33.5))), 20 + north / 111.195)


def part_points(folder: Path, runs: int) -> dict[str, Any]:
    """4 million places and 1 million facilities within 10 km, nothing kept."""
    scale = json.loads((folder / "wish.json").read_text())["scale"]
    told: dict[str, Any] = {}
    for name, spread_km, decay in (
        ("clustered, 3 zones", 10.0, Zones(((3, 1), (6, 0.68), (10, 0.22)))),
        ("clustered, Gaussian", 10.0, Gaussian(4, 10)),
        ("crowded, 3 zones", 3.0, Zones(((3, 1), (6, 0.68), (10, 0.22)))),
    ):
        for part in (0.25, 1.0):
            chance = np.random.default_rng(SEED + 1)
            counts = [max(int(count * scale * part), 10) for count in POINTS]
            places = clustered(counts[0], 0.5, chance, spread_km)
            sites = clustered(counts[1], 0.7, chance, spread_km)
            people, supply = np.ones(counts[0]), np.ones(counts[1])
            wall = time.time()
            seconds, found = _timed(
                lambda p=places, s=sites, d=decay, a=people, b=supply: measure_access(PointCatchments(p, s, d), a, b),
                runs,
            )
            told[f"{name}, {counts[0]:,} x {counts[1]:,}"] = seconds
            told[f"  wall of all runs, {part}"] = time.time() - wall
            told[f"  gap, {part}"] = found.conservation_gap
        if decay.reach and isinstance(decay, Zones):
            pairs = PointCatchments(places, sites, catchment(10)).to_demand(np.ones(counts[1])).sum()
            told["  pairs within 10 km"] = float(pairs)
    return told


def part_africa(folder: Path, runs: int) -> dict[str, Any]:
    """All cells with people and all public facilities of Africa, 100 km."""
    real = Path(json.loads((folder / "wish.json").read_text())["real"])
    cells = _csv(real / "af_population_20km" / "afripop2020_cells.csv.gz")
    sites = _csv(real / "af_who_facilities" / "facilities.csv.gz")
    longitude, latitude = sites["lon"].to_numpy(), sites["lat"].to_numpy()
    has_point = ~np.isnan(longitude + latitude)
    places = GlobePoints.of(cells["lon"].to_numpy(), cells["lat"].to_numpy())
    facilities = GlobePoints.of(longitude[has_point], latitude[has_point])
    people, supply = cells["population"].to_numpy().astype(float), np.ones(len(facilities))
    told: dict[str, Any] = {"places": len(places), "facilities": len(facilities)}
    for name, decay in (
        ("2sfca 100 km", catchment(100)),
        ("e2sfca 20, 50, 100 km", Zones(((20, 1), (50, 0.5), (100, 0.1)))),
        ("kd2sfca Gaussian 40 km up to 100 km", Gaussian(40, 100)),
    ):
        method = name.split()[0]
        seconds, found = _timed(
            lambda d=decay, m=method: measure_access(PointCatchments(places, facilities, d), people, supply, m), runs
        )
        told[name] = seconds
        told["  gap, people without access, unreached"] = [
            found.conservation_gap,
            found.people_without_access,
            len(found.unreached),
        ]
    told["nearest"], _found = _timed(lambda: nearest_points(places, facilities), runs)
    return told


def _csv(path: Path) -> dict[str, Any]:
    with gzip.open(path) as stream:
        table = pa.csv.read_csv(stream)
    return {name: table.column(name) for name in table.column_names}


def _timed(work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    seconds, found = [], None
    for _run in range(runs):
        begun = time.process_time()
        found = work()
        seconds.append(time.process_time() - begun)
    return statistics.median(seconds), found


def warm() -> None:
    """Load the compiled code, or compile it once."""
    ways = PairTable([0, 0], [0, 1], [1.0, 2.0], 1, 2)
    here = GlobePoints.of([0.0], [0.0])
    for decay in (ZONES, catchment(10), Gaussian(4, 10)):
        measure_access(ways.catchments(decay), [1], [1, 1], "3sfca")
        measure_access(PointCatchments(here, here, decay), [1], [1])
    ids = np.zeros(1, np.int64)
    # Arrow's columns may not be written to, and have machine code of their own.
    ids.flags.writeable = False
    positions_of(ids, [0])
    inspect_stream(lambda: [PairBatch.of([0], [0], [1])], 1, 1)


PARTS = {"table": part_table, "stream": part_stream, "points": part_points, "africa": part_africa}


def main() -> int:
    """Measure the parts, compare with the peer, and return 1 when an aim is missed."""
    asked = _asked()
    if asked.part:
        warm()
        begun = time.process_time()
        told = PARTS[asked.part](Path(asked.folder), asked.runs)
        told["cpu of all"] = time.process_time() - begun
        told["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(told))
        return 0
    failed = 0
    for part in asked.only or [name for name in PARTS if name != "africa" or asked.real]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "wish.json").write_text(json.dumps({"scale": asked.scale, "real": asked.real}))
            if part in {"table", "stream"}:
                places, facilities, ways_each = TABLE if part == "table" else LONG_TABLE
                make_tables(folder, int(places * asked.scale), max(int(facilities * asked.scale), 100), ways_each)
            told = _run_part(part, folder, asked.runs)
            print(f"\n{part}", *(f"  {key}: {_shown(value)}" for key, value in told.items()), sep="\n", flush=True)
            if part == "table" and asked.peer:
                failed += _beside(asked.peer, folder, told)
    return int(failed > 0)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peer", help="a Python with PySAL's access")
    parser.add_argument("--real", help="a folder with real data")
    parser.add_argument("--only", nargs="+", choices=PARTS)
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    return parser.parse_args()


def _run_part(part: str, folder: Path, runs: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--part", part, "--folder", str(folder), "--runs", str(runs)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(ended.stdout))


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _beside(peer: str, folder: Path, ours: dict[str, Any]) -> int:
    failed = 0
    for method in ("e2sfca", "3sfca"):
        ended = subprocess.run([peer, "-c", PEER, str(folder), method], stdout=subprocess.PIPE, text=True, check=True)
        told = json.loads(ended.stdout.splitlines()[-1])
        times, share = told["seconds"] / ours[method], told["peak_mib"] / ours["peak_mib"]
        theirs, mine = np.load(folder / f"peer_{method}.npy"), np.load(folder / f"ours_{method}.npy")
        gap = float(np.abs(theirs - mine).max() / np.abs(mine).max())
        print(
            f"  PySAL access {method}: {told['seconds']:.1f} s, {told['peak_mib']:.0f} MiB: {times:.0f} times as long "
            f"(aim {TIMES_AS_FAST}), {share:.1f} times the memory (aim {SHARE_OF_MEMORY}), difference {gap:.1e}",
            flush=True,
        )
        failed += int(gap > AGREEMENT or times < TIMES_AS_FAST or share < SHARE_OF_MEMORY)
    return failed


if __name__ == "__main__":
    sys.exit(main())
