"""Ways from a table: one row for each pair of a demand place and a facility, with the cost of the way.

Pairs that are not in the table are out of reach. A cost of 0 is a real cost (the facility stands in the place) and is
kept; how many there are is told, since in some tables 0 stands for missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from lianyi.methods.access.catchments import Progress, silent
from lianyi.methods.access.decay import Decay, GivenWeights, Power, Zones
from lianyi.methods.access.nearest import Nearest, nearest_of
from lianyi.methods.access.pair_kernels import (
    BAD_COST,
    BAD_DEMAND,
    FINE,
    NOT_IN_RUNS,
    add_by_weight,
    add_by_zone,
    first_repeat,
    inspect,
    lower_to_nearest,
    zones_of,
)
from lianyi.methods.access.weight_kernels import GIVEN, ZONES, DecayCode
from lianyi.methods.arrays import Floats, Integers, Zone
from lianyi.methods.columns import check_same_length, floats_of
from lianyi.methods.errors import RepeatedPairError, TravelCostError, UnlistedPlaceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True, eq=False)
class PairBatch:
    """Some rows of a table of pairs: positions of demand place and facility, and the cost."""

    demand: Integers
    facility: Integers
    costs: Floats

    @classmethod
    def of(cls, demand: npt.ArrayLike, facility: npt.ArrayLike, costs: npt.ArrayLike) -> PairBatch:
        batch = cls(_places(demand), _places(facility), floats_of(costs))
        check_same_length(demand=batch.demand, facility=batch.facility, costs=batch.costs)
        return batch


@dataclass(frozen=True, slots=True, eq=False, init=False)
class PairTable:
    """A table of pairs in memory: 16 bytes for each pair.

    Parameters
    ----------
    demand, facility
        Positions, counted from 0, of the place and the facility of each pair; see `positions_of` for ids.
    costs
        Cost of each way, in one unit for all.
    demand_count, facility_count
        How many places and facilities there are, with those that stand in no pair.

    Raises
    ------
    TravelCostError
        When a cost is missing, negative or not finite.
    UnlistedPlaceError
        When a position is not below the count.
    RepeatedPairError
        When the same pair stands twice.

    Examples
    --------
    >>> table = PairTable([0, 0, 1], [0, 1, 1], [5, 55, 15], demand_count=2, facility_count=2)
    >>> table.zero_costs, table.nearest().costs.tolist()
    (0, [5.0, 15.0])
    """

    batch: PairBatch
    demand_count: int
    facility_count: int
    zero_costs: int

    def __init__(
        self,
        demand: npt.ArrayLike,
        facility: npt.ArrayLike,
        costs: npt.ArrayLike,
        demand_count: int,
        facility_count: int,
    ) -> None:
        batch = PairBatch.of(demand, facility, costs)
        checks = PairChecks(demand_count, facility_count)
        checks.check(batch)
        if not checks.saw_all_repeats:
            refuse_repeats(batch, facility_count)
        for name, value in (
            ("batch", batch),
            ("demand_count", demand_count),
            ("facility_count", facility_count),
            ("zero_costs", checks.zero_costs),
        ):
            object.__setattr__(self, name, value)

    def catchments(self, decay: Decay) -> PairCatchments:
        return PairCatchments(self, decay)

    def nearest(self) -> Nearest:
        """Return the cheapest facility of each place; of equal ones the one listed first."""
        return nearest_of([self.batch], self.demand_count, lower_to_nearest)


@dataclass(frozen=True, slots=True, eq=False)
class PairCatchments:
    """A table of pairs with a decay, for `measure_access`."""

    table: PairTable
    decay: Decay
    _ways: Zone | Floats = field(init=False, repr=False)
    """The zone of each pair, or its weight; found once for all passes."""

    def __post_init__(self) -> None:
        check_zero_costs(self.decay, self.table.zero_costs)
        object.__setattr__(self, "_ways", _ways_of(self.table.batch.costs, self.decay, 1))

    @property
    def demand_count(self) -> int:
        return self.table.demand_count

    @property
    def facility_count(self) -> int:
        return self.table.facility_count

    def to_facilities(self, values: Floats, power: int = 1, progress: Progress = silent) -> Floats:
        totals = np.zeros(self.facility_count)
        batch = self.table.batch
        _add(totals, (batch.facility, batch.demand), self._ways_for(power), values, self.decay.code(power))
        progress(1.0)
        return totals

    def to_demand(self, values: Floats, power: int = 1, progress: Progress = silent) -> Floats:
        totals = np.zeros(self.demand_count)
        batch = self.table.batch
        _add(totals, (batch.demand, batch.facility), self._ways_for(power), values, self.decay.code(power))
        progress(1.0)
        return totals

    def _ways_for(self, power: int) -> Zone | Floats:
        is_catchment = power == 0 and not isinstance(self.decay, Zones | GivenWeights)
        return _ways_of(self.table.batch.costs, self.decay, 0) if is_catchment else self._ways


def add_to_facilities(totals: Floats, batch: PairBatch, values: Floats, decay: Decay, power: int) -> None:
    """Add the weighted values of the demand places of one batch to the totals of its facilities."""
    _add(totals, (batch.facility, batch.demand), _ways_of(batch.costs, decay, power), values, decay.code(power))


def add_to_demand(totals: Floats, batch: PairBatch, values: Floats, decay: Decay, power: int) -> None:
    """Add the weighted values of the facilities of one batch to the totals of its demand places."""
    _add(totals, (batch.demand, batch.facility), _ways_of(batch.costs, decay, power), values, decay.code(power))


def _ways_of(costs: Floats, decay: Decay, power: int) -> Zone | Floats:
    """Return the zone of each way, or its weight where the decay has no zones for this power."""
    code = decay.code(power)
    if code.kind == ZONES:
        return zones_of(costs, code.bounds)
    return costs if code.kind == GIVEN else decay.code().of(costs)


def _add(totals: Floats, ends: tuple[Integers, Integers], ways: Zone | Floats, values: Floats, code: DecayCode) -> None:
    targets, sources = ends
    if ways.dtype == np.uint8:
        add_by_zone(totals, targets, sources, cast("Zone", ways), floats_of(values), _with_beyond(code))
    else:
        add_by_weight(totals, targets, sources, cast("Floats", ways), floats_of(values), code.power)


def _with_beyond(code: DecayCode) -> Floats:
    """Return the weight of each zone, and 0 for what lies beyond the last."""
    return np.append(code.weights, 0.0)


def check_zero_costs(decay: Decay, zero_costs: int) -> None:
    """Refuse a cost of 0 where the decay has no value for it."""
    if zero_costs and isinstance(decay, Power) and decay.least_cost == 0:
        message = (
            f"{zero_costs} ways cost 0, for which the power law has no value. If 0 stands for missing, take those ways "
            "out; if the facility stands in the place, give a least cost, such as half the width of a place."
        )
        raise TravelCostError(message, count=zero_costs)


class PairChecks:
    """Looks at pairs batch by batch, and keeps what must be known from one batch to the next."""

    def __init__(self, demand_count: int, facility_count: int) -> None:
        self.zero_costs = 0
        self.rows = 0
        self.saw_all_repeats = True
        self._counts = (demand_count, facility_count)
        self._open = np.full(1, -1, np.int32)
        self._was_seen = np.zeros(demand_count, np.bool_)
        self._seen_in = np.full(facility_count, -1, np.int32)

    def check(self, batch: PairBatch) -> None:
        """Refuse what cannot be used; a table that is not in runs of one demand place is not searched for repeats."""
        fault, where, zeros = inspect(batch.demand, batch.facility, batch.costs, *self._counts).tolist()
        if fault != FINE:
            raise _fault(fault, self.rows + where, batch, where, self._counts)
        if self.saw_all_repeats:
            repeat = first_repeat(batch.demand, batch.facility, self._open, self._was_seen, self._seen_in)
            if repeat == NOT_IN_RUNS:
                self.saw_all_repeats = False
            elif repeat != FINE:
                raise _repeated(self.rows + repeat + 1, int(batch.demand[repeat]), int(batch.facility[repeat]))
        self.zero_costs += zeros
        self.rows += batch.costs.size


def refuse_repeats(batch: PairBatch, facility_count: int) -> None:
    """Refuse a pair that stands twice, in a table of any order; takes 8 bytes for each pair."""
    keys = batch.demand * np.int64(facility_count) + batch.facility
    keys.sort()
    repeats = np.flatnonzero(keys[1:] == keys[:-1])
    if repeats.size:
        demand, facility = divmod(int(keys[repeats[0]]), facility_count)
        row = int(np.flatnonzero((batch.demand == demand) & (batch.facility == facility))[1])
        raise _repeated(row + 1, demand, facility)


def _repeated(row: int, demand: int, facility: int) -> RepeatedPairError:
    message = (
        f"Row {row} of the costs gives the way from demand place number {demand + 1} to facility number "
        f"{facility + 1} again. Each way may stand once; keep the row that is meant, for example the shortest."
    )
    return RepeatedPairError(message, row=row, demand=demand, facility=facility)


def _fault(fault: int, row: int, batch: PairBatch, where: int, counts: Sequence[int]) -> Exception:
    if fault == BAD_COST:
        cost = batch.costs[where]
        message = (
            f"Row {row + 1} of the costs holds {cost}; a cost is a finite number of at least 0. Leave out a pair whose "
            "cost is unknown or that nobody can travel."
        )
        return TravelCostError(message, row=row + 1, given=float(cost))
    name, position, count = (
        ("demand place", batch.demand[where], counts[0])
        if fault == BAD_DEMAND
        else ("facility", batch.facility[where], counts[1])
    )
    message = (
        f"Row {row + 1} of the costs names {name} number {int(position) + 1}, and there are {count}. Add it to the "
        "list or take its rows out of the costs."
    )
    return UnlistedPlaceError(message, row=row + 1, place=name, position=int(position))


def _places(values: npt.ArrayLike) -> Integers:
    array = np.asarray(values)
    # Truncating 1.5 or 2**33 would point at another place.
    whole = array.astype(np.int32, casting="same_kind", copy=False) if array.size else array.astype(np.int32)
    return np.require(whole, requirements=["C", "W"])


def batches_of(table: PairTable, rows: int) -> Iterator[PairBatch]:
    """Cut a table into batches of so many rows, without copies."""
    batch = table.batch
    for start in range(0, batch.costs.size, rows):
        part = slice(start, start + rows)
        yield PairBatch(batch.demand[part], batch.facility[part], batch.costs[part])
