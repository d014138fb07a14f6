"""The tables of `lianyi survey access`: people, supply, and the ways between them as costs or as coordinates."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.access import (
    Decay,
    GlobePoints,
    Nearest,
    PairBatch,
    PairTable,
    PointCatchments,
    StreamedPairs,
    catchment,
    nearest_points,
)
from lianyi.methods.access.catchments import Catchments
from lianyi.methods.access.pairs import PairChecks
from lianyi.methods.access.points import available_processors
from lianyi.methods.access.streamed import StreamFacts
from lianyi.methods.arrays import Floats, Integers
from lianyi.methods.coordinates import CoordinateSystem, to_wgs84
from lianyi.operations.console import Progress, Stage
from lianyi.operations.errors import SurveyFileError
from lianyi.tabular.arrays import ArrayColumn, iter_arrays, read_arrays, unique_ids

_BATCH_ROWS: Final = 1_000_000
# 16 bytes each; a longer table is read again for each pass instead of kept.
MOST_PAIRS_KEPT: Final = 40_000_000
_LEAST_BYTES_PER_ROW: Final = 6

Ids = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """One table: ids, their amounts, and points where the table has them."""

    ids: Ids
    amounts: Floats
    points: GlobePoints | None

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, eq=False)
class CostFile:
    """A table of costs: the file, and the column and unit of the cost."""

    path: Path
    column: str = "minutes"
    unit: str = "minutes"


@dataclass(frozen=True, slots=True, eq=False)
class CostWays:
    """Ways from a table of costs, in memory or in a stream."""

    source: PairTable | _Stream
    rows: int
    zero_costs: int
    saw_all_repeats: bool

    def catchments(self, decay: Decay) -> Catchments:
        return self.source.catchments(decay)

    def nearest(self) -> Nearest:
        return self.source.nearest()

    @property
    def is_streamed(self) -> bool:
        return isinstance(self.source, _Stream)


@dataclass(frozen=True, slots=True, eq=False)
class PointWays:
    """Ways between points: kilometres as the crow flies."""

    demand: GlobePoints
    supply: GlobePoints
    threads: int

    def catchments(self, decay: Decay) -> Catchments:
        return PointCatchments(self.demand, self.supply, decay, self.threads)

    def nearest(self) -> Nearest:
        return nearest_points(self.demand, self.supply, self.threads or available_processors())


@dataclass(frozen=True, slots=True, eq=False)
class _Stream:
    """Costs that are read again for each pass."""

    costs: _CostReader
    facts: StreamFacts

    def catchments(self, decay: Decay) -> StreamedPairs:
        return StreamedPairs(self.costs.batches, len(self.costs.demand), len(self.costs.supply), decay, self.facts)

    def nearest(self) -> Nearest:
        # The weights play no part in what is nearest.
        return self.catchments(catchment(0)).nearest()


@dataclass(frozen=True, slots=True, eq=False)
class _CostReader:
    """Opens a table of costs at its beginning, as often as it is asked."""

    file: CostFile
    demand: Ids
    supply: Ids

    def batches(self) -> Iterator[PairBatch]:
        columns = [
            ArrayColumn("demand_id", "reference", description="id of the demand place", among=self.demand),
            ArrayColumn("supply_id", "reference", description="id of the facility", among=self.supply),
            ArrayColumn(self.file.column, "number", minimum=0, description=f"cost of the way in {self.file.unit}"),
        ]
        for batch in iter_arrays(self.file.path, columns, _BATCH_ROWS):
            yield PairBatch.of(batch["demand_id"], batch["supply_id"], batch[self.file.column])

    def estimated_rows(self) -> int:
        return max(1, self.file.path.stat().st_size // _LEAST_BYTES_PER_ROW)


def read_places(path: Path, amount: ArrayColumn, system: str, *, needs_points: bool) -> Places:
    """Read a table of places with an amount each, and with lon and lat where they are needed or there."""
    longitude = ArrayColumn("lon", "number", required=needs_points, description="longitude in degrees")
    latitude = ArrayColumn("lat", "number", required=needs_points, description="latitude in degrees")
    table = read_arrays(path, [ArrayColumn("id", description="id of the place"), amount, longitude, latitude])
    if not len(table["id"]):
        raise SurveyFileError(f"{path} has no rows below its headings; one row for each place is expected.")
    points = _points(table, system, must=needs_points) if "lon" in table and "lat" in table else None
    return Places(unique_ids(table["id"], "id"), table[amount.name], points)


def _points(table: dict[str, npt.NDArray[Any]], system: str, *, must: bool) -> GlobePoints | None:
    longitude, latitude = table["lon"], table["lat"]
    if not must and np.isnan(longitude + latitude).any():
        return None
    if CoordinateSystem(system) not in {CoordinateSystem.WGS84, CoordinateSystem.CGCS2000}:
        positions = [to_wgs84(*pair, system) for pair in zip(longitude.tolist(), latitude.tolist(), strict=True)]
        longitude = np.array([position.longitude for position in positions])
        latitude = np.array([position.latitude for position in positions])
    return GlobePoints.of(longitude, latitude)


def read_costs(file: CostFile, demand: Places, supply: Places, stage: Stage) -> CostWays:
    """Look at every row; keep the rows of a table of up to `MOST_PAIRS_KEPT`."""
    reader = _CostReader(file, demand.ids, supply.ids)
    checks = PairChecks(len(demand), len(supply))
    kept = _Kept([], [], [])
    with stage(f"Reading {file.path.name}") as progress:
        for batch in reader.batches():
            checks.check(batch)
            kept.add(batch)
            if checks.rows > MOST_PAIRS_KEPT:
                kept = _Kept([], [], [])
            _tell(progress, checks.rows, reader.estimated_rows())
    facts = StreamFacts(checks.rows, checks.zero_costs, checks.saw_all_repeats)
    if checks.rows > MOST_PAIRS_KEPT:
        return CostWays(_Stream(reader, facts), facts.rows, facts.zero_costs, facts.saw_all_repeats)
    table = PairTable(*kept.joined(), len(demand), len(supply))
    return CostWays(table, facts.rows, facts.zero_costs, saw_all_repeats=True)


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """The columns of the batches read so far."""

    demand: list[Integers]
    facility: list[Integers]
    costs: list[Floats]

    def add(self, batch: PairBatch) -> None:
        self.demand.append(batch.demand)
        self.facility.append(batch.facility)
        self.costs.append(batch.costs)

    def joined(self) -> tuple[Integers, Integers, Floats]:
        return _emptied(self.demand), _emptied(self.facility), _emptied(self.costs)


def _emptied(parts: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Join the parts and let go of them, so that the table never stands in memory twice."""
    whole = np.concatenate(parts) if len(parts) > 1 else parts[0]
    parts.clear()
    return whole


def _tell(progress: Progress, rows: int, estimate: int) -> None:
    # The number of rows is guessed from the size of the file, so the bar stays short of its end.
    progress(math.floor(1000 * (1 - math.exp(-3 * rows / estimate))), 1000)
