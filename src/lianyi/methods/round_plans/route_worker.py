"""The other process of `routes.RouteProcess`: arrays to PyVRP and back. Nothing else imports PyVRP."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pyvrp
from pyvrp.stop import MaxIterations, MaxRuntime, MultipleCriteria

from lianyi.methods.array_process import serve
from lianyi.methods.round_plans.routes import NO_LIMIT, Route, packed_routes, unpacked_routes

if TYPE_CHECKING:
    from lianyi.methods.array_process import Arrays


def answer_of(question: Arrays) -> Arrays:
    """Solve a problem of routes."""
    data = _data_of(question)
    iterations, seed = question["wish"].tolist()
    stop = MultipleCriteria([MaxIterations(iterations), MaxRuntime(float(question["wish_seconds"]))])
    result = pyvrp.solve(data, stop, seed=seed, collect_stats=False, initial_solution=_start_of(data, question))
    return {
        **packed_routes([_route_of(route) for route in result.best.routes()]),
        "cost": np.array(result.cost() if result.is_feasible() else NO_LIMIT, np.int64),
        "is_feasible": np.array(result.is_feasible()),
        "iterations": np.array(result.num_iterations),
    }


def _data_of(question: Arrays) -> Any:  # noqa: ANN401 - the solver is compiled
    locations = question["distances"].shape[1]
    has_demand = bool(question["clients_demand"].any())
    groups = question["clients_group"]
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(locations)],
        clients=[_client(row, has_demand=has_demand) for row in _rows(question, "clients")],
        depots=[pyvrp.Depot(location) for location in question["depots"].tolist()],
        vehicle_types=[_vehicle_type(row, has_demand=has_demand) for row in _rows(question, "vehicles")],
        distance_matrices=list(question["distances"]),
        duration_matrices=list(question["durations"]),
        groups=[
            pyvrp.ClientGroup(np.flatnonzero(groups == number).tolist(), required=False)
            for number in range(1, int(groups.max(initial=0)) + 1)
        ],
    )


def _rows(question: Arrays, part: str) -> list[dict[str, Any]]:
    columns = {
        name.removeprefix(f"{part}_"): values.tolist()
        for name, values in question.items()
        if name.startswith(f"{part}_")
    }
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _client(row: dict[str, Any], *, has_demand: bool) -> Any:  # noqa: ANN401 - the solver is compiled
    return pyvrp.Client(
        location=row["location"],
        delivery=[row["demand"]] if has_demand else [],
        service_duration=row["service"],
        tw_early=row["early"],
        tw_late=row["late"],
        prize=row["prize"],
        required=row["required"],
        group=row["group"] - 1 if row["group"] else None,
    )


def _vehicle_type(row: dict[str, Any], *, has_demand: bool) -> Any:  # noqa: ANN401 - the solver is compiled
    return pyvrp.VehicleType(
        num_available=row["count"],
        capacity=[row["capacity"]] if has_demand else [],
        start_depot=row["start"],
        end_depot=row["end"],
        fixed_cost=row["fixed_cost"],
        tw_early=row["early"],
        tw_late=row["late"],
        shift_duration=row["shift"],
        profile=row["profile"],
    )


def _start_of(data: Any, question: Arrays) -> Any:  # noqa: ANN401 - the solver is compiled
    routes = unpacked_routes({**question, "route_begins": question["route_clients"]})
    if not routes:
        return None
    return pyvrp.Solution(data, [pyvrp.Route(data, list(route.clients), route.vehicle) for route in routes])


def _route_of(route: Any) -> Route:  # noqa: ANN401 - the solver is compiled
    visits = [each for each in route.schedule() if each.is_client()]
    return Route(
        route.vehicle_type(),
        tuple(each.idx for each in visits),
        tuple(each.start_time for each in visits),
        route.start_time(),
    )


if __name__ == "__main__":
    serve(int(sys.argv[1]), answer_of)
