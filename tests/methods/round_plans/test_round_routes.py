"""The routing engine: windows, several depots, prizes; its process is ended when it takes too long or too much."""

from __future__ import annotations

import json
from itertools import permutations

import numpy as np
import pytest

from lianyi.methods.errors import RouteDataError
from lianyi.methods.round_plans import routes
from lianyi.methods.round_plans.public_formats import UNITS, cordeau_problem, solomon_problem
from lianyi.methods.round_plans.route_checking import faults_of_routes
from lianyi.methods.round_plans.routes import Clients, Route, RouteProblem, RouteProcess, RouteWish, Vehicles


def line_of(*positions):
    return np.abs(np.subtract.outer(positions, positions)).astype(np.int64)[None]


def square(size, seed):
    rng = np.random.default_rng(seed)
    where = rng.integers(0, 100, (size + 1, 2))
    steps = where[:, None] - where[None]
    return np.abs(steps).sum(axis=2).astype(np.int64)[None]


@pytest.mark.parametrize("seed", range(4))
def test_one_vehicle_takes_the_shortest_of_all_orders(router, seed):
    ways = square(6, seed)
    problem = RouteProblem(ways, ways, Clients.of(np.arange(1, 7)), np.array([0]), Vehicles.of([1]))
    answer = router.solve(problem, RouteWish(60, 200))
    best = min(
        sum(int(ways[0, one, other]) for one, other in zip((0, *order), (*order, 0), strict=True))
        for order in permutations(range(1, 7))
    )
    assert (answer.cost, answer.is_feasible, faults_of_routes(problem, answer.routes)) == (best, True, ())


def test_a_prize_below_the_way_leaves_a_client_out(router):
    ways = line_of(0, 10, 100)
    clients = Clients.of([1, 2], prize=[50, 50])
    problem = RouteProblem(ways, ways, clients, np.array([0]), Vehicles.of([1]))
    answer = router.solve(problem, RouteWish(60, 50))
    assert [route.clients for route in answer.routes] == [(0,)]
    assert answer.cost == 20 + 50


def test_of_a_group_one_client_at_most_is_visited(router):
    ways = line_of(0, 10, 100)
    clients = Clients.of([1, 2, 1], prize=[500, 500, 500], group=[1, 1, 0])
    problem = RouteProblem(ways, ways, clients, np.array([0]), Vehicles.of([1]))
    answer = router.solve(problem, RouteWish(60, 50))
    assert [sorted(route.clients) for route in answer.routes] == [[0, 2]]
    assert faults_of_routes(problem, [Route(0, (0, 1))]) == ("2 clients of group 1 are visited",)
    with pytest.raises(RouteDataError, match="A client of a group is required"):
        RouteProblem(ways, ways, Clients.of([1, 2], group=[1, 1]), np.array([0]), Vehicles.of([1]))


def test_service_begins_within_the_windows_and_the_shift_counts_from_setting_out(router):
    ways = line_of(0, 10, 20)
    clients = Clients.of([1, 2], service=5, early=[100, 200], late=[110, 210])
    problem = RouteProblem(ways, ways, clients, np.array([0]), Vehicles.of([1], shift=200))
    [route] = router.solve(problem, RouteWish(60, 50)).routes
    assert (route.clients, route.begins[1]) == ((0, 1), 200)
    assert 90 <= route.sets_out <= 100
    tighter = RouteProblem(ways, ways, clients, np.array([0]), Vehicles.of([1], shift=120))
    assert not router.solve(tighter, RouteWish(60, 50)).is_feasible
    # Setting out at 100 and home again at 225.
    assert faults_of_routes(tighter, [Route(0, (0, 1))]) == ("a vehicle of kind 0 is away for 125, longer than 120",)


def test_the_check_finds_what_is_wrong_with_routes():
    ways = line_of(0, 30, 60)
    clients = Clients.of([1, 2], demand=[5, 6], late=[20, 500])
    problem = RouteProblem(ways, ways, clients, np.array([0]), Vehicles.of([1], capacity=10, late=100))
    assert faults_of_routes(problem, [Route(0, (0, 1)), Route(0, (1,))]) == (
        "client 1 is visited 2 times",
        "2 vehicles of kind 0 are used, there are 1",
        "a vehicle of kind 0 carries 11 of at most 10",
        "client 0 is reached at 30, after 20",
        "a vehicle of kind 0 is back at 120, after 100",
        "a vehicle of kind 0 is back at 120, after 100",
    )
    assert faults_of_routes(problem, []) == ("client 0 is not visited", "client 1 is not visited")


def test_known_routes_are_where_the_search_begins(router):
    ways = square(8, 1)
    problem = RouteProblem(ways, ways, Clients.of(np.arange(1, 9)), np.array([0]), Vehicles.of([1]))
    best = router.solve(problem, RouteWish(60, 300))
    again = router.solve(problem, RouteWish(60, 0), best.routes)
    assert (again.cost, again.iterations) == (best.cost, 0)


def test_iterations_and_seed_decide_alone(router):
    ways = square(30, 2)
    problem = RouteProblem(
        ways, ways, Clients.of(np.arange(1, 31), demand=1), np.array([0]), Vehicles.of([9], capacity=4)
    )
    first, second = (router.solve(problem, RouteWish(60, 40, seed=5)) for _ in range(2))
    assert first == second


def test_a_process_that_runs_over_its_time_or_memory_is_ended_and_the_next_question_answered(monkeypatch, capfd):
    ways = square(40, 3)
    problem = RouteProblem(ways, ways, Clients.of(np.arange(1, 41)), np.array([0]), Vehicles.of([3]))
    with RouteProcess() as own:
        monkeypatch.setattr(routes, "_SECONDS_OF_GRACE", -3.5)
        assert own.solve(problem, RouteWish(4.0)) is None
        assert own._process is None
        monkeypatch.undo()
        assert own.solve(problem, RouteWish(60, 10)).is_feasible
    wide = square(600, 3)
    large = RouteProblem(wide, wide, Clients.of(np.arange(1, 601)), np.array([0]), Vehicles.of([3]))
    with RouteProcess(memory_bytes=2**26) as small:
        assert small.solve(large, RouteWish(5, 10)) is None
    capfd.readouterr()


def test_nobody_to_visit_needs_no_process():
    ways = line_of(0)
    with RouteProcess() as own:
        empty = RouteProblem(ways, ways, Clients.of([]), np.array([0]), Vehicles.of([1]))
        assert own.solve(empty, RouteWish(1)).routes == ()
        assert own._process is None


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda ways: RouteProblem(ways[0], ways, Clients.of([1]), np.array([0]), Vehicles.of([1])),
            "two equal stacks",
        ),
        (
            lambda ways: RouteProblem(ways, ways, Clients.of([7]), np.array([0]), Vehicles.of([1])),
            "client names number 7",
        ),
        (
            lambda ways: RouteProblem(ways, ways, Clients.of([1]), np.array([5]), Vehicles.of([1])),
            "depot names number 5",
        ),
        (
            lambda ways: RouteProblem(ways, ways, Clients.of([1]), np.array([0]), Vehicles.of([1], profile=1)),
            "profile of a vehicle names number 1 of 1",
        ),
        (
            lambda ways: RouteProblem(ways, ways, Clients.of([1], service=-1), np.array([0]), Vehicles.of([1])),
            "A number of service is below 0",
        ),
        (
            lambda ways: RouteProblem(ways, ways, Clients.of([1], early=9, late=8), np.array([0]), Vehicles.of([1])),
            "A client opens after it closes",
        ),
        (
            lambda ways: RouteProblem(ways, ways, Clients.of([1]), np.array([0]), Vehicles.of([0])),
            "no depot or no vehicle",
        ),
        (
            lambda ways: RouteProblem(ways + 2**50, ways, Clients.of([1]), np.array([0]), Vehicles.of([1])),
            "use a larger unit",
        ),
        (lambda _ways: solomon_problem("R101\n1 2 3"), "no problem of Solomon's form"),
        (lambda _ways: cordeau_problem("1 2 3 4\n"), "no problem with several depots"),
        (lambda _ways: cordeau_problem("2 1 5 1\n0 80\n1 2 3 0 4\n"), "promises 5 clients and 1 depots"),
    ],
)
def test_routes_that_cannot_be_searched_are_refused(build, message):
    with pytest.raises(RouteDataError, match=message):
        build(line_of(0, 5))


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("folder", "name", "key", "read"),
    [
        ("vrptw_solomon", "C101", "C101_distance", solomon_problem),
        ("mdvrp_cordeau", "p01", "p01", cordeau_problem),
    ],
)
def test_public_problems_come_close_to_the_best_known_plan_at_once(real_data, router, folder, name, key, read):
    source = real_data / "optimisation" / folder
    if not (source / f"{name}.txt").is_file():
        pytest.skip(f"{folder} is not there")
    best = json.loads((source / "BKS.json").read_text(encoding="utf-8"))[key]["best_known_cost"]
    case = read((source / f"{name}.txt").read_text(encoding="utf-8"))
    answer = router.solve(case.problem, RouteWish(60, 1500))
    assert faults_of_routes(case.problem, answer.routes) == ()
    length = case.length_of(answer.routes)
    assert best - 0.01 <= length <= best * 1.03
    assert answer.cost / UNITS == pytest.approx(length, abs=0.1)
