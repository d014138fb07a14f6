"""Check routes by hand: every limit of a problem of routes, from the problem and the order of the visits alone.

This shares no code with the solver on purpose. It drives along each route, waiting where it comes too early.

Examples
--------
>>> from lianyi.methods.round_plans.routes import Clients, Vehicles
>>> ways = np.array([[[0, 30], [30, 0]]])
>>> problem = RouteProblem(ways, ways, Clients.of([1], late=20), np.array([0]), Vehicles.of([1]))
>>> faults_of_routes(problem, [Route(0, (0,))])
('client 0 is reached at 30, after 20',)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from lianyi.methods.round_plans.routes import Route, RouteProblem


def faults_of_routes(problem: RouteProblem, routes: Sequence[Route]) -> tuple[str, ...]:
    """Return what is wrong with routes, nothing where they keep all limits."""
    faults = []
    seen = Counter(client for route in routes for client in route.clients)
    for client, is_required in enumerate(problem.clients.required.tolist()):
        if seen[client] > 1:
            faults.append(f"client {client} is visited {seen[client]} times")
        elif is_required and not seen[client]:
            faults.append(f"client {client} is not visited")
    groups = problem.clients.group
    for group in np.unique(groups[groups > 0]).tolist():
        visited = sum(seen[client] for client in np.flatnonzero(groups == group).tolist())
        if visited > 1:
            faults.append(f"{visited} clients of group {group} are visited")
    used = Counter(route.vehicle for route in routes if route.clients)
    for vehicle, count in sorted(used.items()):
        most = int(problem.vehicles.count[vehicle])
        if count > most:
            faults.append(f"{count} vehicles of kind {vehicle} are used, there are {most}")
    for route in routes:
        faults += _faults_of_route(problem, route)
    return tuple(faults)


def _faults_of_route(problem: RouteProblem, route: Route) -> Iterator[str]:
    vehicles, clients, kind = problem.vehicles, problem.clients, route.vehicle
    load = int(clients.demand[list(route.clients)].sum()) if route.clients else 0
    if load > vehicles.capacity[kind] and clients.demand.any():
        yield f"a vehicle of kind {kind} carries {load} of at most {int(vehicles.capacity[kind])}"
    minutes = problem.durations[vehicles.profile[kind]]
    here = int(problem.depots[vehicles.start[kind]])
    # To set out later saves waiting; the length of the shift counts from the latest moment that loses nothing.
    now, slack, waited = int(vehicles.early[kind]), np.inf, 0
    for client in route.clients:
        there = int(clients.location[client])
        now += int(minutes[here, there])
        if now > clients.late[client]:
            yield f"client {client} is reached at {now}, after {int(clients.late[client])}"
        wait = max(0, int(clients.early[client]) - now)
        waited += wait
        slack = min(slack, float(clients.late[client]) - now - wait + waited)
        now += wait + int(clients.service[client])
        here = there
    now += int(minutes[here, int(problem.depots[vehicles.end[kind]])])
    if now > vehicles.late[kind]:
        yield f"a vehicle of kind {kind} is back at {now}, after {int(vehicles.late[kind])}"
    away = now - int(vehicles.early[kind]) - min(float(waited), max(0.0, slack))
    if away > vehicles.shift[kind]:
        yield f"a vehicle of kind {kind} is away for {away:g}, longer than {int(vehicles.shift[kind])}"
