"""The check finds what is wrong with a plan, whatever made it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.methods.round_plans.story import MONDAY, TUESDAY, WEEK, bus, rounds, village

from lianyi.methods.errors import RoundPlanWrongError
from lianyi.methods.periods import DateSpan
from lianyi.methods.round_plans import solving
from lianyi.methods.round_plans.checking import faults_of
from lianyi.methods.round_plans.drafts import Draft
from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.round_plans.problem import Closure, Published, Visit

PROBLEM = rounds(
    village("Shan"), village("Dao", most_days=9), teams=[bus(break_minutes=30, break_from=540, skills=frozenset({"a"}))]
)


@pytest.fixture(scope="module")
def plan(planned):
    return planned(PROBLEM, steps=2)


def day(plan, name):
    return next(each for each in plan.routes if any(stop.village == name for stop in each.stops))


def with_route(plan, route, **changes):
    routes = tuple(replace(each, **changes) if each is route else each for each in plan.routes)
    return replace(plan, routes=routes)


def with_stop(plan, name, **changes):
    route = day(plan, name)
    stops = tuple(replace(stop, **changes) if stop.village == name else stop for stop in route.stops)
    return with_route(plan, route, stops=stops)


def test_a_plan_that_keeps_all_rules_has_no_fault(plan):
    assert faults_of(PROBLEM, plan) == ()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda plan: with_stop(plan, "Shan", arrives_at=500.0),
            "says to be in Shan at 500.0, which takes until 520.0",
        ),
        (lambda plan: with_stop(plan, "Shan", departs_at=530.0), "leaves Shan too early"),
        (lambda plan: with_stop(plan, "Shan", village="Berg"), "stops where no village is"),
        (lambda plan: with_route(plan, day(plan, "Shan"), leaves_at=470.0), "leaves before the working hours"),
        (
            lambda plan: with_route(plan, day(plan, "Shan"), back_at=1030.0),
            "is back at 1030.0, after the working hours",
        ),
        (lambda plan: with_route(plan, day(plan, "Shan"), back_at=600.0), "says to be back at 600.0"),
        (lambda plan: with_route(plan, day(plan, "Shan"), break_at=None), "has no break"),
        (lambda plan: with_route(plan, day(plan, "Shan"), day=date(2027, 3, 6)), "on which the team does not work"),
        (lambda plan: with_route(plan, day(plan, "Shan"), day=date(2027, 4, 6)), "is outside the plan"),
        (lambda plan: with_route(plan, day(plan, "Shan"), team="Boat"), "is of no team or stands twice"),
        (lambda plan: with_route(plan, day(plan, "Shan"), end="Dao"), "may not stay at Dao"),
        (lambda plan: with_route(plan, day(plan, "Shan"), start="Dao"), "begins 2027-03-0"),
        (lambda plan: replace(plan, routes=plan.routes[1:]), "the plan tells 0 misses, there are"),
        (lambda plan: replace(plan, figures=replace(plan.figures, value=1.0)), "the plan says that it is worth 1.000"),
        (
            lambda plan: replace(plan, long_gaps=plan.long_gaps * 2 or (None,)),
            "the plan tells 1 long gaps, there are 0",
        ),
    ],
)
def test_each_fault_of_a_plan_is_found(plan, change, fault):
    assert fault in "; ".join(faults_of(PROBLEM, change(plan)))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"villages": (village("Shan", weekdays=frozenset({7})), village("Dao"))}, "goes to Shan on the wrong weekday"),
        ({"villages": (village("Shan", skills=frozenset({"b"})), village("Dao"))}, "which the team may not serve"),
        (
            {"villages": (village("Shan", seasons=(DateSpan(date(2027, 5, 1), date(2027, 5, 2)),)), village("Dao"))},
            "goes to Shan out of season",
        ),
        ({"villages": (village("Shan", visits=0), village("Dao"))}, "Shan has 1 visits in 2027-W09, 0 are due"),
        ({"closures": (Closure(WEEK, "Shan"),)}, "goes to Shan, which is closed"),
        ({"villages": (village("Shan", opens_at=630), village("Dao"))}, "is in Shan at 520.0, before it opens at 630"),
        (
            {"villages": (village("Shan", closes_at=570), village("Dao"))},
            "is in Shan until 580.0, after it closes at 570",
        ),
        ({"closures": (Closure(WEEK, "Town", "Shan"),)}, "which takes until inf"),
        ({"holidays": frozenset(PROBLEM.dates)}, "on which the team does not work"),
        ({"published": Published(frozenset(), WEEK.end)}, "is on a day that is over"),
        (
            {"villages": (village("Shan", least_days=9, last_visit=date(2027, 2, 28)), village("Dao"))},
            "Shan is visited on 2027-02-28 and on 2027-03-0",
        ),
    ],
)
def test_a_plan_of_another_problem_is_not_confirmed(plan, changes, fault):
    assert fault in "; ".join(faults_of(replace(PROBLEM, **changes), plan))


def test_a_draft_that_breaks_a_rule_never_becomes_a_plan():
    facts = Facts(rounds(village("Shan", weekdays=frozenset({2}))))
    with pytest.raises(RoundPlanWrongError, match="goes to Shan on the wrong weekday"):
        solving.plan_of(facts, Draft({(0, 0): (0,)}))


def test_a_visit_done_stays_whatever_the_rules_say(planned):
    done = frozenset({Visit(MONDAY, "Bus", "Shan")})
    problem = rounds(village("Shan", weekdays=frozenset({5})), published=Published(frozenset(), TUESDAY, done))
    assert planned(problem, steps=1).visits == (Visit(MONDAY, "Bus", "Shan"),)
