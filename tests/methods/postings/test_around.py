"""What stands around a search: home departments, lines that are held, a start, who is told, and a stop."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.methods.postings.story import need, person, problem

from lianyi.methods.errors import PostingDataError, PostingPlanNotFoundError
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.problem import Line, Ward
from lianyi.methods.postings.reasons import reasons_of
from lianyi.methods.postings.rules import Goal, RuleId
from lianyi.methods.postings.solving import SearchAround, plan_of_lines, plan_with
from lianyi.methods.solver_process import SolverProcess

LIMITS = SearchLimits(20)
TWO = (person("Wang", ward="Cardiology"), person("Li", ward="Cardiology"))


def at_home(needs, wards):
    return replace(problem([], needs), people=TWO, wards=wards)


def plan_of(wanted, search=None):
    with SolverProcess() as solver:
        return plan_with(solver, model_of(wanted, columns_of(wanted)), LIMITS, search)


def test_a_home_department_misses_no_more_people_than_it_can():
    wanted = at_home([need("N1", heads=(2, 2, 2, 2))], (Ward("Cardiology", (1, 1, 2, 2)),))
    with SolverProcess() as solver:
        model = model_of(wanted, columns_of(wanted))
        plan = plan_with(solver, model, LIMITS)
        [unmet] = reasons_of(solver, model, plan, LIMITS)
    assert plan.level(Goal.NEED).value == 2.0
    assert unmet.missing == (1, 1, 0, 0)
    assert RuleId.HOME_COVER in {group.rule for group in unmet.conflict.clauses}


def test_a_ward_says_for_each_period_what_it_can_miss():
    with pytest.raises(PostingDataError, match="has 1 numbers for 4 periods"):
        problem([], [need("N1")], wards=(Ward("Cardiology", (1,)),))
    with pytest.raises(PostingDataError, match="names the ward"):
        at_home([need("N1")], ())


def test_a_line_that_is_held_stays_and_to_keep_it_is_no_merit():
    people = [person("Wang"), person("Li")]
    held = Line("Li", "N1", 0, 1)
    plan = plan_of(problem(people, [need("N1", least_periods=2)], held=frozenset({held})))
    assert held in plan.lines
    assert plan.level(Goal.CHANGE).value == 0.0


def test_a_search_tells_of_each_goal_and_begins_with_the_lines_it_is_given():
    wanted = problem([person("Wang"), person("Li")], [need("N1")])
    told = []
    start = (Line("Li", "N1", 0, 3),)
    plan = plan_of(wanted, SearchAround(start, lambda lines, levels: told.append((lines, levels[-1].goal))))
    assert len(plan.lines) == 1
    assert [goal for _lines, goal in told] == [Goal.NEED, Goal.COST, Goal.POSTINGS]
    assert told[-1][0] == plan.lines


def test_a_search_that_is_stopped_keeps_what_it_began_with_and_claims_no_proof():
    wanted = problem([person("Wang"), person("Li")], [need("N1")])
    start = (Line("Li", "N1", 0, 1),)
    with SolverProcess() as solver:

        def stop(_lines, _levels):
            solver.stop()

        plan = plan_with(solver, model_of(wanted, columns_of(wanted)), LIMITS, SearchAround(start, stop))
        assert plan.level(Goal.NEED).value == 0.0
        assert not plan.is_optimal
        with pytest.raises(PostingPlanNotFoundError):
            plan_with(solver, model_of(wanted, columns_of(wanted)), LIMITS)


def test_a_start_that_is_no_longer_possible_is_left_aside():
    wanted = problem([person("Wang")], [need("N1")])
    assert len(plan_of(wanted, SearchAround((Line("Li", "N1", 0, 3),))).lines) == 1


def test_known_lines_are_a_plan_of_which_nothing_is_proved():
    wanted = problem([person("Wang"), person("Li")], [need("N1")])
    model = model_of(wanted, columns_of(wanted))
    with SolverProcess() as solver:
        plan = plan_of_lines(solver, model, (Line("Li", "N1", 0, 1),), LIMITS)
        assert plan_of_lines(solver, model, (Line("Li", "N1", 0, 1), Line("Li", "N1", 1, 2)), LIMITS) is None
    assert (plan.level(Goal.NEED).value, plan.level(Goal.NEED).bound) == (2.0, 0.0)
    assert not plan.is_optimal
