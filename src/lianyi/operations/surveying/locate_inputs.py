"""The tables of `lianyi survey locate`: people, candidate sites, and the ways between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.access import GlobePoints, PairTable
from lianyi.methods.arrays import Floats
from lianyi.methods.location.conditions import Floor
from lianyi.methods.location.site_costs import SiteCosts
from lianyi.operations.errors import SurveyFileError
from lianyi.tabular.arrays import ArrayColumn, iter_arrays, read_arrays, unique_ids

_BATCH_ROWS: Final = 1_000_000
_SITE_HEADINGS: Final = ("site_id", "supply_id")
_COST_HEADINGS: Final = ("minutes", "cost", "distance")
_DEGREES: Final = (
    ArrayColumn("lon", "number", description="longitude in degrees, WGS 84"),
    ArrayColumn("lat", "number", description="latitude in degrees, WGS 84"),
)

Ids = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class LocateFiles:
    """Which files to read, and which of their columns beside the usual ones."""

    demand: Path
    sites: Path
    costs: Path
    cost_column: str | None = None
    keep: Sequence[str] = ()
    existing_column: str | None = None
    capacity_column: str | None = None
    opening_cost_column: str | None = None
    order_column: str | None = None
    floors: Sequence[FloorWish] = ()
    needs_points: bool = False


@dataclass(frozen=True, slots=True)
class FloorWish:
    """The people with this value in a column of the demand table, of whom a share must be near a site."""

    column: str
    value: str
    radius: float
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class LocateTables:
    """The tables as arrays; positions count in the order of the files."""

    demand_ids: Ids
    people: Floats
    site_ids: Ids
    costs: SiteCosts
    keep: tuple[int, ...]
    zero_costs: int
    floors: tuple[Floor, ...] = ()
    site_columns: dict[str, Floats] = field(default_factory=dict)
    cost_name: str = "cost"
    demand_points: GlobePoints | None = None
    site_points: GlobePoints | None = None

    def of_sites(self, column: str | None) -> Floats | None:
        return None if column is None else self.site_columns[column]


def read_tables(files: LocateFiles) -> LocateTables:
    """Read the three tables.

    Raises
    ------
    SurveyFileError
        When a table has no rows or not the columns that are needed, or a site to keep is not in the list.
    TableFileError, TableHeaderError, ColumnValueError, DuplicateIdError
        As `lianyi.tabular.arrays.read_arrays`.
    """
    group_columns = sorted({floor.column for floor in files.floors})
    demand = read_arrays(
        files.demand,
        [
            ArrayColumn("id", description="id of the demand point"),
            ArrayColumn("population", "number", minimum=0, description="people at the point"),
            *(ArrayColumn(name, description="part of the people a floor is for") for name in group_columns),
            *(_DEGREES if files.needs_points else ()),
        ],
    )
    sites = read_arrays(files.sites, _columns_of_sites(files))
    for path, table in ((files.demand, demand), (files.sites, sites)):
        if not len(table["id"]):
            raise SurveyFileError(f"{path} has no rows below its headings; one row for each place is expected.")
    demand_ids, site_ids = unique_ids(demand["id"], "id"), unique_ids(sites["id"], "id")
    pairs, cost_name = _pairs(files, demand_ids, site_ids)
    return LocateTables(
        demand_ids=demand_ids,
        people=demand["population"],
        site_ids=site_ids,
        costs=SiteCosts.from_pairs(pairs),
        keep=_kept(files, sites),
        zero_costs=pairs.zero_costs,
        floors=tuple(_floor(floor, demand) for floor in files.floors),
        site_columns={name: values for name, values in sites.items() if name != "id"},
        cost_name=cost_name,
        demand_points=_points(demand) if files.needs_points else None,
        site_points=_points(sites) if files.needs_points else None,
    )


def _columns_of_sites(files: LocateFiles) -> list[ArrayColumn]:
    wanted = {
        files.existing_column: "1 for a site that stays open, 0 for the others",
        files.capacity_column: "people that the site can take",
        files.opening_cost_column: "what opening the site costs",
        files.order_column: "rank in which the sites are filled",
    }
    named = [ArrayColumn(name, "number", description=text) for name, text in wanted.items() if name is not None]
    degrees = _DEGREES if files.needs_points else ()
    return [ArrayColumn("id", description="id of the candidate site"), *named, *degrees]


def _points(table: dict[str, npt.NDArray[Any]]) -> GlobePoints:
    return GlobePoints.of(table["lon"], table["lat"])


def _kept(files: LocateFiles, sites: dict[str, npt.NDArray[Any]]) -> tuple[int, ...]:
    positions = {site: position for position, site in enumerate(sites["id"].tolist())}
    missing = [site for site in files.keep if site not in positions]
    if missing:
        raise SurveyFileError(
            f"The sites to keep {', '.join(missing)} are not in {files.sites.name}; existing sites must "
            "stand in it too."
        )
    kept = {positions[site] for site in files.keep}
    if files.existing_column is not None:
        stays = sites[files.existing_column]
        wrong = np.flatnonzero((stays != 0) & (stays != 1))
        if wrong.size:
            raise SurveyFileError(
                f"{files.sites.name}, record {wrong[0] + 1}: {files.existing_column} is {stays[wrong[0]]:g}; 1 for a "
                "site that stays open and 0 for the others are expected."
            )
        kept |= set(np.flatnonzero(stays).tolist())
    return tuple(sorted(kept))


def _floor(wish: FloorWish, demand: dict[str, npt.NDArray[Any]]) -> Floor:
    points = np.flatnonzero(demand[wish.column] == wish.value)
    if not points.size:
        raise SurveyFileError(
            f"No row of the demand table has “{wish.value}” in the column {wish.column}, so the floor is for nobody."
        )
    return Floor(points, wish.radius, wish.share)


def _pairs(files: LocateFiles, demand_ids: Ids, site_ids: Ids) -> tuple[PairTable, str]:
    """Return the ways, and what their cost is called."""
    cost_headings = _COST_HEADINGS if files.cost_column is None else (files.cost_column,)
    columns = [ArrayColumn("demand_id", "reference", description="id of the demand point", among=demand_ids)]
    columns += [
        ArrayColumn(name, "reference", required=False, description="id of the site", among=site_ids)
        for name in _SITE_HEADINGS
    ]
    columns += [
        ArrayColumn(name, "number", files.cost_column is not None, 0, "cost of the way") for name in cost_headings
    ]
    demand, site, cost = [], [], []
    cost_name = "cost"
    for batch in iter_arrays(files.costs, columns, _BATCH_ROWS):
        demand.append(batch["demand_id"].astype(np.int32))
        site.append(_only_one(files.costs, batch, _SITE_HEADINGS).astype(np.int32))
        cost.append(_only_one(files.costs, batch, cost_headings))
        cost_name = next((name for name in cost_headings if name in batch), cost_name)
    joined = [np.concatenate(part) for part in (demand, site, cost)]
    return PairTable(joined[0], joined[1], joined[2], len(demand_ids), len(site_ids)), cost_name


def _only_one(path: Path, batch: dict[str, npt.NDArray[Any]], headings: Sequence[str]) -> npt.NDArray[Any]:
    found = [name for name in headings if name in batch]
    if len(found) != 1 and len(batch["demand_id"]):
        there = " and ".join(found) or "none of them"
        raise SurveyFileError(
            f"{path.name} should have one of the columns {', '.join(headings)}; it has {there}. Name the column of the "
            "cost with --cost-column."
        )
    return batch[found[0]] if found else np.empty(0)
