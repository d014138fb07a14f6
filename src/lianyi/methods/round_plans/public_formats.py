"""Two public forms of route problems: windows (Solomon) and several depots (Cordeau), read into `routes.RouteProblem`.

M. M. Solomon, Operations Research 35 (1987) 254-265; J.-F. Cordeau, M. Gendreau and G. Laporte, Networks 30 (1997)
105-119. Distances are Euclidean; they become whole numbers of `UNITS` to one, rounded up, so that routes which keep the
windows in whole numbers keep them exactly.

Examples
--------
>>> text = '''Tiny
...
... VEHICLE
... NUMBER CAPACITY
...   2      10
...
... CUSTOMER
... CUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME
...   0        0       0       0        0        100        0
...   1        3       4       5        0         50       10
... '''
>>> case = solomon_problem(text)
>>> case.problem.vehicles.count.tolist(), int(case.problem.distances[0, 0, 1]) / UNITS
([2], 5.0)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from lianyi.methods.errors import RouteDataError
from lianyi.methods.round_plans.routes import NO_LIMIT, Clients, Route, RouteProblem, Vehicles

if TYPE_CHECKING:
    from lianyi.methods.arrays import Floats

UNITS: Final = 10_000
_SOLOMON_FIELDS: Final = 7
_CORDEAU_FIELDS: Final = 5
_PERIODIC_OR_DEPOTS: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class PublicCase:
    """A problem of routes and the positions that it was made from: depots and clients, [locations, 2]."""

    problem: RouteProblem
    positions: Floats

    def length_of(self, routes: Iterable[Route]) -> float:
        """Return the exact Euclidean length of routes, from depot to depot."""
        return sum(self._length_of(route) for route in routes)

    def _length_of(self, route: Route) -> float:
        vehicles, depots = self.problem.vehicles, self.problem.depots
        first, last = (int(depots[ends[route.vehicle]]) for ends in (vehicles.start, vehicles.end))
        way = [first, *self.problem.clients.location[list(route.clients)].tolist(), last]
        steps = np.diff(self.positions[way], axis=0)
        return float(np.hypot(steps[:, 0], steps[:, 1]).sum())


def solomon_problem(text: str) -> PublicCase:
    """Read a problem with windows: one depot, one kind of vehicle.

    Raises
    ------
    RouteDataError
        When the text is not of this form.
    """
    rows = list(_numbers_of(text))
    fleet = [row for row in rows if len(row) == 2]  # noqa: PLR2004 - number and capacity
    places = np.array([row for row in rows if len(row) == _SOLOMON_FIELDS])
    if len(fleet) != 1 or len(places) < 2:  # noqa: PLR2004 - a depot and a client
        raise RouteDataError("The text is no problem of Solomon's form: a row of vehicles and rows of seven numbers.")
    positions, demand = places[:, 1:3], places[1:, 3].astype(np.int64)
    early, late, service = (places[:, column].astype(np.int64) * UNITS for column in (4, 5, 6))
    count, capacity = (int(value) for value in fleet[0])
    matrix = _distances(positions)
    clients = Clients.of(np.arange(1, len(places)), service=service[1:], early=early[1:], late=late[1:], demand=demand)
    vehicles = Vehicles.of([count], capacity=capacity, early=early[0], late=late[0])
    return PublicCase(RouteProblem(matrix, matrix, clients, np.zeros(1, np.int64), vehicles), positions)


def cordeau_problem(text: str) -> PublicCase:
    """Read a problem with several depots, with a longest route for each where there is one.

    Raises
    ------
    RouteDataError
        When the text is not of this form.
    """
    rows = list(_numbers_of(text))
    if not rows or len(rows[0]) < 4 or rows[0][0] != _PERIODIC_OR_DEPOTS:  # noqa: PLR2004 - kind, m, n, t
        raise RouteDataError("The text is no problem with several depots of Cordeau's form: it begins with 2 m n t.")
    per_depot, clients, depots = (int(value) for value in rows[0][1:4])
    limits, places = rows[1 : 1 + depots], rows[1 + depots : 1 + depots + clients + depots]
    if len(places) != clients + depots or any(len(row) < _CORDEAU_FIELDS for row in places):
        raise RouteDataError(f"The text promises {clients} clients and {depots} depots and does not hold their rows.")
    table = np.array([row[:_CORDEAU_FIELDS] for row in places])
    positions = table[:, 1:3]
    shift = [int(longest * UNITS) if longest else NO_LIMIT for longest, _load in limits]
    matrix = _distances(positions)
    problem = RouteProblem(
        matrix,
        matrix,
        Clients.of(
            np.arange(clients), service=(table[:clients, 3] * UNITS).astype(np.int64), demand=table[:clients, 4]
        ),
        np.arange(clients, clients + depots),
        Vehicles.of(
            np.full(depots, per_depot),
            capacity=[int(load) for _longest, load in limits],
            depot=np.arange(depots),
            shift=shift,
        ),
    )
    return PublicCase(problem, positions)


def _numbers_of(text: str) -> Iterator[list[float]]:
    for line in text.splitlines():
        try:
            row = [float(word) for word in line.split()]
        except ValueError:
            continue
        if row:
            yield row


def _distances(positions: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    steps = positions[:, None] - positions[None]
    # Hair-thin errors of the root must not push a whole number up.
    return np.ceil(np.hypot(steps[..., 0], steps[..., 1]) * UNITS - 1e-6).astype(np.int64)[None]
