"""Whatever is planned is checked by hand; tiny problems get the least value that there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from tests.methods.round_plans.brute import least_value
from tests.methods.round_plans.instances import tiny, valleys, with_hours
from tests.properties import examples

from lianyi.methods.periods import DateSpan
from lianyi.methods.round_plans.problem import Closure


@pytest.mark.parametrize("seed", range(14))
def test_a_tiny_problem_gets_the_least_value_of_all_plans(planned, seed):
    problem = tiny(seed)
    assert planned(problem).figures.value == pytest.approx(least_value(problem))


def test_with_opening_hours_too_nearly_every_tiny_problem_gets_the_least_value_of_all_plans(planned):
    problems = [with_hours(tiny(seed), seed) for seed in range(10)]
    more = [planned(problem, steps=10).figures.value - least_value(problem) for problem in problems]
    assert min(more) > -1e-6
    assert sum(each < 1e-6 for each in more) >= 8


@examples(8, HealthCheck.function_scoped_fixture)
@given(st.integers(0, 10_000), st.integers(1, 3), st.booleans(), st.booleans())
def test_every_plan_is_confirmed_by_the_check_and_visits_are_never_more_than_due(
    planned, seed, teams, has_nights, has_hours
):
    problem = valleys(seed, villages=9, teams=teams, weeks=3)
    problem = with_hours(problem, seed) if has_hours else problem
    rng = np.random.default_rng(seed)
    closures = tuple(
        Closure(DateSpan(first, first), str(rng.choice(problem.travel.places[1:]))) for first in problem.dates[::4]
    )
    crews = problem.teams
    if has_nights:
        crews = tuple(replace(team, most_nights=2, stays=problem.travel.places[1:4], ends_at=900) for team in crews)
    # The check is run by the plan itself and refuses what it does not confirm.
    plan = planned(replace(problem, closures=closures, teams=crews), steps=3, seed=seed)
    figures = plan.figures
    assert figures.planned + sum(missed.visits for missed in plan.missed) == figures.due
    assert 0.0 <= figures.coverage <= 1.0
    assert figures.travel_km == pytest.approx(sum(route.km for route in plan.routes))
    assert figures.value >= figures.travel_minutes
    values = [value for _name, value in plan.steps]
    assert values == sorted(values, reverse=True)


def test_more_steps_never_make_a_plan_worse(planned):
    problem = valleys(3, villages=15, weeks=4)
    values = [planned(problem, steps=steps).figures.value for steps in (0, 6)]
    assert values[1] < values[0]
