"""Routes of one day or of many: clients with windows and prizes, depots, and vehicles with shifts, as arrays.

All times and distances are whole numbers in one unit of the caller's choice. This is the form in which a problem goes
to the routing solver, PyVRP: N. A. Wouda, L. Lan and W. Kool, "PyVRP: a high-performance VRP solver package", INFORMS
Journal on Computing 36 (2024) 943-955. It searches by iterated local search and proves nothing.

Examples
--------
One vehicle, two clients on a line, 30 and 50 away:

>>> ways = np.abs(np.subtract.outer([0, 30, 50], [0, 30, 50]))[None]
>>> problem = RouteProblem(ways, ways, Clients.of([1, 2], service=10), np.array([0]), Vehicles.of([1], shift=200))
>>> with RouteProcess() as solver:
...     answer = solver.solve(problem, RouteWish(seconds=60, iterations=50))
>>> answer.cost, answer.is_feasible, [route.clients for route in answer.routes]
(100, True, [(1, 0)])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.array_process import DEFAULT_MEMORY_BYTES, ArrayProcess, Arrays
from lianyi.methods.errors import RouteDataError

if TYPE_CHECKING:
    from lianyi.methods.arrays import Flags, Positions

NO_LIMIT: Final = int(np.iinfo(np.int64).max)
NO_ITERATIONS: Final = 2**62
_SECONDS_OF_GRACE: Final = 10.0
_LARGEST: Final = 1 << 44


@dataclass(frozen=True, slots=True, eq=False)
class Clients:
    """Who is visited, one number for each client.

    ``location`` is a row of the matrices; service begins from ``early`` to ``late``; a client that is not
    ``required`` brings its ``prize`` when it is visited. Of clients of one ``group`` above 0 one at most is visited;
    none of them can be required.
    """

    location: Positions
    service: Positions
    early: Positions
    late: Positions
    demand: Positions
    prize: Positions
    required: Flags
    group: Positions

    @classmethod
    def of(
        cls,
        location: npt.ArrayLike,
        *,
        service: npt.ArrayLike = 0,
        early: npt.ArrayLike = 0,
        late: npt.ArrayLike = NO_LIMIT,
        demand: npt.ArrayLike = 0,
        prize: npt.ArrayLike | None = None,
        group: npt.ArrayLike = 0,
    ) -> Clients:
        """Make clients; a single number holds for all. With a prize they may be left out."""
        where = np.asarray(location, np.int64)
        count = where.size
        prizes, required = _filled(0 if prize is None else prize, count), np.full(count, prize is None)
        filled = [_filled(values, count) for values in (service, early, late, demand)]
        return cls(where, filled[0], filled[1], filled[2], filled[3], prizes, required, _filled(group, count))


@dataclass(frozen=True, slots=True, eq=False)
class Vehicles:
    """Kinds of vehicles: how many, between which depots, when, for how long, and on which matrices."""

    count: Positions
    capacity: Positions
    start: Positions
    end: Positions
    early: Positions
    late: Positions
    shift: Positions
    profile: Positions
    fixed_cost: Positions

    @classmethod
    def of(
        cls,
        count: npt.ArrayLike,
        *,
        capacity: npt.ArrayLike = 0,
        depot: npt.ArrayLike = 0,
        early: npt.ArrayLike = 0,
        late: npt.ArrayLike = NO_LIMIT,
        shift: npt.ArrayLike = NO_LIMIT,
        profile: npt.ArrayLike = 0,
        fixed_cost: npt.ArrayLike = 0,
    ) -> Vehicles:
        """Make kinds of vehicles that come back to where they start; a single number holds for all."""
        counts = np.asarray(count, np.int64)
        rest = (capacity, depot, depot, early, late, shift, profile, fixed_cost)
        return cls(counts, *(_filled(values, counts.size) for values in rest))


@dataclass(frozen=True, slots=True, eq=False)
class RouteProblem:
    """Clients, depots and vehicles on matrices.

    Parameters
    ----------
    distances, durations
        One matrix for each profile, [profiles, locations, locations]. The distance is what a route costs.
    depots
        The location of each depot.

    Raises
    ------
    RouteDataError
        When shapes do not fit, a reference leads nowhere, or a number is below 0.
    """

    distances: Positions
    durations: Positions
    clients: Clients
    depots: Positions
    vehicles: Vehicles

    def __post_init__(self) -> None:
        shape = self.distances.shape
        if len(shape) != 3 or shape[1] != shape[2] or self.durations.shape != shape:  # noqa: PLR2004 - a stack
            raise _wrong(f"The matrices have the shapes {shape} and {self.durations.shape}; give two equal stacks")
        for what, given, count in (
            ("client", self.clients.location, shape[1]),
            ("depot", self.depots, shape[1]),
            ("start of a vehicle", self.vehicles.start, self.depots.size),
            ("end of a vehicle", self.vehicles.end, self.depots.size),
            ("profile of a vehicle", self.vehicles.profile, shape[0]),
        ):
            outside = given[(given < 0) | (given >= count)]
            if outside.size:
                raise _wrong(f"A {what} names number {int(outside[0])} of {count}")
        self._check_numbers()

    def _check_numbers(self) -> None:
        for part in (self.clients, self.vehicles):
            for each in fields(part):
                if (getattr(part, each.name) < 0).any():
                    raise _wrong(f"A number of {each.name} is below 0")
        if max(self.distances.max(initial=0), self.durations.max(initial=0)) > _LARGEST:
            raise _wrong(f"A distance or duration is above {_LARGEST}; use a larger unit")
        if (self.clients.early > self.clients.late).any():
            raise _wrong("A client opens after it closes")
        if (self.clients.required & (self.clients.group > 0)).any():
            raise _wrong("A client of a group is required; give those of groups prizes")
        if not self.depots.size or not self.vehicles.count.sum():
            raise _wrong("There is no depot or no vehicle")


@dataclass(frozen=True, slots=True)
class RouteWish:
    """How long to search: whichever of seconds and iterations is over first.

    A search that ends by its iterations gives the same routes for the same seed on every machine.
    """

    seconds: float
    iterations: int = NO_ITERATIONS
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """The clients of one vehicle in order, when service begins at each, and when it sets out."""

    vehicle: int
    clients: tuple[int, ...]
    begins: tuple[int, ...] = ()
    sets_out: int = 0


@dataclass(frozen=True, slots=True)
class RouteAnswer:
    """Routes with their cost (distances, fixed costs, prizes not brought), and whether they keep all limits."""

    routes: tuple[Route, ...]
    cost: int
    is_feasible: bool
    iterations: int


class RouteProcess(ArrayProcess):
    """Solves problems of routes one after the other in one other process.

    Parameters
    ----------
    memory_bytes
        How much address space the process may take.
    """

    def __init__(self, memory_bytes: int = DEFAULT_MEMORY_BYTES) -> None:
        super().__init__("lianyi.methods.round_plans.route_worker", memory_bytes)

    def solve(self, problem: RouteProblem, wish: RouteWish, start: Sequence[Route] | None = None) -> RouteAnswer | None:
        """Search, from these routes where some are known; None when the process had to be ended."""
        if not problem.clients.location.size:
            return RouteAnswer((), 0, is_feasible=True, iterations=0)
        question = {**_packed_problem(problem), **_packed_wish(wish), **packed_routes(start or ())}
        answer = self.ask(question, wish.seconds + _SECONDS_OF_GRACE)
        if answer is None:
            return None
        return RouteAnswer(
            unpacked_routes(answer), int(answer["cost"]), bool(answer["is_feasible"]), int(answer["iterations"])
        )


def _packed_problem(problem: RouteProblem) -> Arrays:
    arrays = {"distances": problem.distances, "durations": problem.durations, "depots": problem.depots}
    for name, part in (("clients", problem.clients), ("vehicles", problem.vehicles)):
        arrays |= {f"{name}_{each.name}": getattr(part, each.name) for each in fields(part)}
    return arrays


def _packed_wish(wish: RouteWish) -> Arrays:
    return {"wish_seconds": np.array(wish.seconds), "wish": np.array([wish.iterations, wish.seed], np.int64)}


def packed_routes(routes: Sequence[Route]) -> Arrays:
    """Return routes as arrays."""
    return {
        "route_vehicles": np.array([route.vehicle for route in routes], np.int64),
        "route_sizes": np.array([len(route.clients) for route in routes], np.int64),
        "route_clients": np.array([client for route in routes for client in route.clients], np.int64),
        "route_begins": np.array([begin for route in routes for begin in route.begins], np.int64),
        "route_sets_out": np.array([route.sets_out for route in routes], np.int64),
    }


def unpacked_routes(arrays: Arrays) -> tuple[Route, ...]:
    """Return the routes of the arrays."""
    ends = np.cumsum(arrays["route_sizes"])
    clients, begins = (np.split(arrays[name], ends)[:-1] for name in ("route_clients", "route_begins"))
    return tuple(
        Route(vehicle, tuple(who.tolist()), tuple(when.tolist()), sets_out)
        for vehicle, who, when, sets_out in zip(
            arrays["route_vehicles"].tolist(), clients, begins, arrays["route_sets_out"].tolist(), strict=True
        )
    )


def _filled(values: npt.ArrayLike, count: int) -> Positions:
    return np.broadcast_to(np.asarray(values, np.int64), (count,)).copy()


def _wrong(what: str) -> RouteDataError:
    return RouteDataError(f"{what}.")
