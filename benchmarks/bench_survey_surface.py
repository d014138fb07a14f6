"""Travel-time surfaces on invented ground, side by side with other programs where these are installed.

    python benchmarks/bench_survey_surface.py --cells 2000 4000 6000 --runs 3 --peer-python /path/to/venv/bin/python

Each program runs in a process of its own on the same raster of friction with one source for 4,000 cells: median of the
CPU seconds of the calculation (without reading and compiling, which are told apart), peak memory of the whole process,
CPU time for each cell as the raster grows, and how far its values lie from ours. The peers are scikit-image and
xarray-spatial in the environment named by --peer-python, and r.cost of GRASS where ``grass`` or --grass-base is found;
a GRASS that is unpacked and not installed finds its libraries through LD_LIBRARY_PATH. Of 6000 x 6000 cells r.cost with
memory=4000 takes about a gigabyte and ninety CPU seconds; with less memory it works on disk.
``--catchments`` measures single catchments instead, ``--blocks`` the same surface in blocks on two processes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

SEED = 20240601
CELL_METRES = 100.0
CELLS_FOR_A_SOURCE = 4000
OURS = ("lianyi", "lianyi-limit-60", "lianyi-allocation", "lianyi-walking")
PEERS = ("scikit-image", "xarray-spatial")
NANOSECONDS = 1e9
MEASURE = """
import json, resource, subprocess, sys, time
begun = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
if done.returncode:
    sys.exit(f"{sys.argv[1]} ended with {done.returncode}: {' '.join(done.stderr.split())}")
wall, used = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
cpu = used.ru_utime + used.ru_stime
print(json.dumps({"cpu_seconds": [cpu], "wall_seconds": [wall], "peak_mib": used.ru_maxrss / 1024}))
"""


def ground(cells: int, seed: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return friction in minutes per metre - bush of 2 to 6 km/h, roads of 30 to 80, lakes - and places of sources."""
    chance = np.random.default_rng(seed)
    coarse = chance.random((cells // 50 + 2, cells // 50 + 2))
    rough = np.repeat(np.repeat(coarse, 50, axis=0), 50, axis=1)[:cells, :cells]
    speed = (2 + 4 * (rough + chance.random((cells, cells))) / 2).astype(np.float32)
    speed[rough < 0.08] = np.nan  # noqa: PLR2004 - a twelfth of the land is water
    along = np.arange(cells)
    for number in range(cells // 25):
        across = chance.integers(cells) + np.cumsum(chance.integers(-1, 2, cells))
        inside = (across >= 0) & (across < cells)
        line = (along[inside], across[inside]) if number % 2 else (across[inside], along[inside])
        speed[line] = chance.choice([30.0, 50.0, 80.0])
    places = chance.choice(cells * cells, cells * cells // CELLS_FOR_A_SOURCE, replace=False)
    friction = np.float32(0.06) / speed
    return friction, places[np.isfinite(friction.ravel()[places])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, nargs="+", default=[2000, 4000, 6000], help="cells along a side")
    parser.add_argument("--runs", type=int, default=3, help="measurements of which the median is told (default 3)")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the invented ground")
    parser.add_argument("--peer-python", default=os.environ.get("LIANYI_PEER_PYTHON"), help="Python with the peers")
    parser.add_argument("--grass-base", default=_grass_base(), help="folder of GRASS, else asked of `grass`")
    parser.add_argument("--peers", nargs="*", default=[*PEERS, "grass"], help="which peers to run")
    parser.add_argument("--catchments", action="store_true", help="measure single catchments instead")
    parser.add_argument("--blocks", action="store_true", help="measure blocks on two processes instead")
    parser.add_argument("--worker", nargs=3, metavar=("PROGRAM", "FOLDER", "RUNS"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        print(json.dumps(WORKERS[asked.worker[0]](Path(asked.worker[1]), int(asked.worker[2]))))
        return
    for cells in asked.cells:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            friction, places = ground(cells, asked.seed)
            np.save(folder / "friction.npy", friction)
            np.save(folder / "places.npy", places)
            del friction
            print(f"\n{cells} x {cells} cells, {places.size} sources", flush=True)
            if asked.catchments:
                _tell_catchments(folder)
            elif asked.blocks:
                _tell_blocks(folder)
            else:
                _compare(folder, cells, asked)


def _compare(folder: Path, cells: int, asked: argparse.Namespace) -> None:
    programs = [(sys.executable, name) for name in OURS]
    if asked.peer_python and not Path(asked.peer_python).exists():
        print(f"  there is no {asked.peer_python}, so the peers in it do not run")
    elif asked.peer_python:
        programs += [(asked.peer_python, name) for name in PEERS if name in asked.peers]
    if asked.grass_base and "grass" in asked.peers:
        programs.append((sys.executable, "grass"))
    first = None
    for python, name in programs:
        told = _run(python, name, folder, asked)
        if told is None:
            continue
        seconds = statistics.median(told["cpu_seconds"])
        first = first or seconds
        wall = statistics.median(told["wall_seconds"])
        print(
            f"  {name:18} CPU {seconds:8.2f} s ({seconds / first:5.1f} x)  wall {wall:8.2f} s  "
            f"{seconds / cells**2 * NANOSECONDS:6.0f} ns/cell  peak {told['peak_mib']:6.0f} MiB  "
            f"{_difference(folder, name)}",
            flush=True,
        )


def _run(python: str, name: str, folder: Path, asked: argparse.Namespace) -> dict[str, Any] | None:
    environment = {**os.environ, "LIANYI_GRASS_BASE": asked.grass_base or "", "PYTHONNOUSERSITE": "1"}
    runs = asked.runs if name in OURS else 1
    command = [python, __file__, "--worker", name, str(folder), str(runs)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode:
        print(f"  {name:18} did not run: {done.stderr.strip().splitlines()[-1] if done.stderr else done.returncode}")
        return None
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _difference(folder: Path, name: str) -> str:
    """Say how far the values of a program lie from ours, relative to ours."""
    result = folder / f"{name}.npy"
    if name in OURS or not result.exists():
        return ""
    ours, others = np.load(folder / "lianyi.npy", mmap_mode="r"), np.load(result, mmap_mode="r")
    most, total, count, differ = 0.0, 0.0, 0, 0
    for begin in range(0, ours.shape[0], 500):
        own, other = np.asarray(ours[begin : begin + 500]), np.asarray(others[begin : begin + 500], np.float64)
        both = np.isfinite(own) & np.isfinite(other)
        differ += int(np.count_nonzero(np.isfinite(own) != np.isfinite(other)))
        gap = np.abs(own[both] - other[both]) / np.maximum(own[both], 1e-9)
        gap = gap[own[both] > 0]
        most, total, count = max(most, float(gap.max(initial=0))), total + float(gap.sum()), count + gap.size
    return f"values differ by {total / max(count, 1):.1e} in the mean, {most:.1e} at most; reached otherwise: {differ}"


def _measured(work: Any, runs: int) -> tuple[dict[str, list[float]], Any]:  # noqa: ANN401 - any calculation
    cpu, wall, found = [], [], None
    for _run_number in range(runs):
        found = None
        begun_cpu, begun = time.process_time(), time.perf_counter()
        found = work()
        cpu.append(time.process_time() - begun_cpu)
        wall.append(time.perf_counter() - begun)
    return {"cpu_seconds": cpu, "wall_seconds": wall}, found


def _peak_mib() -> float:
    """Return the peak of this program alone: what getrusage tells may be that of the process that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _ours(folder: Path, runs: int, variant: str) -> dict[str, Any]:
    from lianyi.methods.surface import Cells, Heading, metric_grid, nearest_sources, relief_of, travel_times  # noqa: PLC0415

    friction, places = np.load(folder / "friction.npy"), np.load(folder / "places.npy")
    side = friction.shape[0]
    grid, sources = metric_grid(side, side, CELL_METRES, CELL_METRES), Cells.of(places // side, places % side)
    relief = None
    if variant == "lianyi-walking":
        heights = np.random.default_rng(1).normal(0, 5, friction.shape).astype(np.float32)
        relief = relief_of(heights, friction, grid, Heading.TO_FACILITY)
        del heights
    limit = 60.0 if variant == "lianyi-limit-60" else np.inf
    # The first call loads compiled code; measured apart.
    small = metric_grid(9, 9, CELL_METRES, CELL_METRES)
    window = None if relief is None else relief.window(slice(0, 9), slice(0, 9))
    first = np.full((9, 9), 0.01, np.float32)
    begun = time.process_time()
    travel_times(first, small, Cells.of([4], [4]), 60.0, window)
    told: dict[str, Any] = {"loading_seconds": time.process_time() - begun}
    if variant == "lianyi-allocation":
        nearest_sources(travel_times(first, small, Cells.of([4], [4])), first, small, Cells.of([4], [4]))
        surface = travel_times(friction, grid, sources)
        measured, _owners = _measured(lambda: nearest_sources(surface, friction, grid, sources), runs)
    else:
        measured, surface = _measured(lambda: travel_times(friction, grid, sources, limit, relief), runs)
    told |= {**measured, "peak_mib": _peak_mib()}
    if variant == "lianyi":
        np.save(folder / "lianyi.npy", surface.minutes)
    return told


def _skimage(folder: Path, runs: int) -> dict[str, Any]:
    from skimage.graph import MCP_Geometric  # noqa: PLC0415 # type: ignore[import-not-found]

    friction, places = np.load(folder / "friction.npy"), np.load(folder / "places.npy")
    costs = friction.astype(np.float64) * CELL_METRES
    costs[~np.isfinite(costs)] = -1
    side = friction.shape[0]
    del friction
    starts = list(zip((places // side).tolist(), (places % side).tolist(), strict=True))
    measured, found = _measured(lambda: MCP_Geometric(costs).find_costs(starts)[0], runs)
    peak = _peak_mib()
    np.save(folder / "scikit-image.npy", np.where(costs > 0, found, np.inf))
    return {**measured, "peak_mib": peak}


def _xarray_spatial(folder: Path, runs: int) -> dict[str, Any]:
    import xarray as xr  # noqa: PLC0415 # type: ignore[import-not-found]
    from xrspatial import cost_distance  # noqa: PLC0415 # type: ignore[import-not-found]

    def arrays(friction: np.ndarray[Any, Any], places: np.ndarray[Any, Any]) -> tuple[Any, Any]:
        side = friction.shape[0]
        at = np.arange(side) * CELL_METRES
        targets = np.zeros(friction.shape, np.float32)
        targets.ravel()[places] = 1
        names = {"dims": ("y", "x"), "coords": {"y": at[::-1], "x": at}}
        return xr.DataArray(targets, **names), xr.DataArray(friction, **names)

    cost_distance(*arrays(np.full((9, 9), 0.01, np.float32), np.array([3])))
    raster, friction = arrays(np.load(folder / "friction.npy"), np.load(folder / "places.npy"))
    measured, found = _measured(lambda: cost_distance(raster, friction).values, runs)
    peak = _peak_mib()
    np.save(folder / "xarray-spatial.npy", found)
    return {**measured, "peak_mib": peak}


def _grass(folder: Path, _runs: int) -> dict[str, Any]:
    """Run r.cost without the shell of GRASS, in a location without projection whose cells are 1 wide."""
    base = Path(os.environ["LIANYI_GRASS_BASE"])
    friction, places = np.load(folder / "friction.npy"), np.load(folder / "places.npy")
    side = friction.shape[0]
    location = folder / "grass" / "ground" / "PERMANENT"
    location.mkdir(parents=True)
    window = (
        f"proj: 0\nzone: 0\nnorth: {side}\nsouth: 0\neast: {side}\nwest: 0\ncols: {side}\nrows: {side}\n"
        f"e-w resol: 1\nn-s resol: 1\ntop: 1\nbottom: 0\ncols3: {side}\nrows3: {side}\ndepths: 1\n"
        "e-w resol3: 1\nn-s resol3: 1\nt-b resol: 1\n"
    )
    for name in ("WIND", "DEFAULT_WIND"):
        (location / name).write_text(window)
    settings = folder / "gisrc"
    settings.write_text(f"GISDBASE: {folder / 'grass'}\nLOCATION_NAME: ground\nMAPSET: PERMANENT\n")
    environment = {
        **os.environ,
        "GISBASE": str(base),
        "GISRC": str(settings),
        "PATH": f"{base / 'bin'}:{os.environ['PATH']}",
        "LD_LIBRARY_PATH": f"{base / 'lib'}:{os.environ.get('LD_LIBRARY_PATH', '')}",
    }

    def module(*arguments: str) -> None:
        subprocess.run([*arguments, "--quiet"], check=True, env=environment, capture_output=True)

    def bring(name: str, values: np.ndarray[Any, Any]) -> None:
        path = folder / f"{name}.bin"
        np.nan_to_num(values, nan=-9999.0).astype("<f4").tofile(path)
        edges = (f"north={side}", "south=0", f"east={side}", "west=0", f"rows={side}", f"cols={side}")
        module("r.in.bin", "-f", f"input={path}", f"output={name}", *edges, "anull=-9999")
        path.unlink()

    targets = np.full(friction.shape, np.nan, np.float32)
    targets.ravel()[places] = 1
    bring("targets", targets)
    bring("friction", friction * np.float32(CELL_METRES))
    # A small process between, which has no memory of its own to be taken for that of r.cost.
    cost = ("r.cost", "input=friction", "output=minutes", "start_raster=targets", "memory=4000", "--quiet")
    told = subprocess.run(
        [sys.executable, "-c", MEASURE, *cost], check=False, env=environment, capture_output=True, text=True
    )
    if told.returncode:
        sys.exit(told.stderr.strip())
    module("r.out.bin", "-f", "input=minutes", f"output={folder / 'minutes.bin'}", "null=-9999", "bytes=8")
    found = np.fromfile(folder / "minutes.bin", "<f8").reshape(friction.shape)
    np.save(folder / "grass.npy", np.where(found < 0, np.inf, found))
    measured: dict[str, Any] = json.loads(told.stdout.strip().splitlines()[-1])
    return measured


def _tell_catchments(folder: Path) -> None:
    from lianyi.methods.surface import Cells, catchment_pairs, metric_grid  # noqa: PLC0415

    friction, places = np.load(folder / "friction.npy"), np.load(folder / "places.npy")
    side = friction.shape[0]
    grid, facilities = metric_grid(side, side, CELL_METRES, CELL_METRES), Cells.of(places // side, places % side)
    for limit in (5.0, 5.0, 10.0, 20.0, 40.0):
        some = facilities if limit < 20 else facilities.take(np.arange(min(len(facilities), 500)))  # noqa: PLR2004
        begun = time.process_time()
        pairs = sum(part.cell.size for part in catchment_pairs(friction, grid, some, limit))
        seconds = time.process_time() - begun
        print(
            f"  {limit:4.0f} minutes: {len(some)} facilities, {pairs / len(some):9.1f} cells each, "
            f"CPU {seconds:6.2f} s, {seconds / pairs * NANOSECONDS:5.0f} ns/pair, peak {_peak_mib():5.0f} MiB",
            flush=True,
        )


def _tell_blocks(folder: Path) -> None:
    from lianyi.methods.surface import Cells, block_layout, least_friction, metric_grid, travel_times  # noqa: PLC0415
    from lianyi.methods.surface.blocks import travel_times_in_blocks  # noqa: PLC0415

    friction, places = np.load(folder / "friction.npy"), np.load(folder / "places.npy")
    side = friction.shape[0]
    grid, sources = metric_grid(side, side, CELL_METRES, CELL_METRES), Cells.of(places // side, places % side)
    limit = 20.0
    layout = block_layout(grid, least_friction(friction), limit, block_cells=max(side // 4, 1))
    measured, whole = _measured(lambda: travel_times(friction, grid, sources, limit), 2)
    print(
        f"  in one piece: wall {min(measured['wall_seconds']):.2f} s; halo of {layout.halo_cells} cells around blocks"
    )
    minutes = np.empty(grid.shape)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        begun = time.perf_counter()
        for block in travel_times_in_blocks(lambda rows, columns: friction[rows, columns], layout, sources, executor):
            minutes[block.rows, block.columns] = block.minutes
        wall = time.perf_counter() - begun
    print(f"  in 16 blocks on two processes: wall {wall:.2f} s; same bits: {np.array_equal(minutes, whole.minutes)}")


def _grass_base() -> str | None:
    if shutil.which("grass") is None:
        return None
    asked = subprocess.run(["grass", "--config", "path"], check=False, capture_output=True, text=True)
    return asked.stdout.strip() or None


WORKERS = {
    **{name: (lambda folder, runs, name=name: _ours(folder, runs, name)) for name in OURS},
    "scikit-image": _skimage,
    "xarray-spatial": _xarray_spatial,
    "grass": _grass,
}


if __name__ == "__main__":
    main()
