"""A repair brings back what was lost, near by, and proves that no other changes fewer people."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.methods.postings.story import many, need, person, problem

from lianyi.methods.errors import PostingDataError, PostingPlanImpossibleError
from lianyi.methods.goal_search import Worse
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.plan_data import HARD
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.problem import Donor, Line, Published
from lianyi.methods.postings.repairing import Scope, repair
from lianyi.methods.postings.replanning import ChangeKind, changes_of_repair
from lianyi.methods.postings.rules import Goal, PostingRules, RuleId

LIMITS = SearchLimits(seconds=60)


@pytest.fixture
def repaired(solver):
    return lambda held: repair(solver, model_of(held, columns_of(held)), LIMITS)


def published(held, *lines, locked=(), missing=None):
    return replace(held, published=Published(frozenset(lines), frozenset(locked), missing))


def year(who, what):
    return Line(who, what, 0, 3)


def test_one_comes_for_one_who_is_gone_and_a_plan_that_was_not_the_best_stays_otherwise(repaired):
    held = problem([person("Li"), person("Zhao"), person("Qian")], [need("N1"), need("N2"), need("N3")])
    found = repaired(published(held, year("Wang", "N1"), year("Li", "N2")))
    assert {line.person for line in found.plan.lines} == {"Li", "Zhao"}
    assert (found.scope, found.changed, found.least_changed, found.is_least) == (Scope.NEEDS, 2.0, 2.0, True)
    assert found.plan.level(Goal.NEED).value == 4.0  # N3 was open before; a new plan would fill it


def test_a_need_that_was_not_open_then_is_filled(repaired):
    held = problem([person("Li"), person("Zhao")], [need("N1"), need("N2")])
    found = repaired(published(held, year("Li", "N1"), missing={}))
    assert set(found.plan.lines) == {year("Li", "N1"), year("Zhao", "N2")}
    assert (found.lost, found.changed, found.is_least) == (0.0, 1.0, True)


def test_a_chain_of_moves_is_found_where_nobody_at_home_may_come(repaired):
    people = [person("Li", rank=3), person("Zhao", rank=2)]
    held = problem(people, [need("N1", least_rank=3), need("N2", recipient="Wangmo", least_rank=2)])
    found = repaired(published(held, year("Wang", "N1"), year("Li", "N2")))
    assert set(found.plan.lines) == {year("Li", "N1"), year("Zhao", "N2")}
    assert (found.changed, found.least_changed, found.lost, found.is_least) == (3.0, 3.0, 0.0, True)
    assert found.scope is not Scope.NEEDS


def test_whoever_cannot_stay_all_the_time_stays_as_long_as_possible(repaired):
    held = problem([person("Wang", available=frozenset({0, 1})), person("Li")], [need("N1")])
    found = repaired(published(held, year("Wang", "N1")))
    assert set(found.plan.lines) in (
        {Line("Wang", "N1", 0, 1), Line("Li", "N1", 2, 3)},
        {year("Li", "N1")},
    )
    assert (found.changed, found.is_least) == (2.0, True)


def test_what_nobody_can_restore_is_told_as_lost_and_proved(repaired):
    held = problem([person("Li", specialty="04.01")], [need("N1")])
    found = repaired(published(held, year("Wang", "N1")))
    assert (found.plan.lines, found.lost, found.least_lost) == ((), 4.0, 4.0)
    assert (found.scope, found.changed, found.is_least) == (Scope.NEEDS, 1.0, True)


def test_a_hospital_that_can_lend_less_takes_somebody_back_and_another_comes(repaired):
    held = problem([person("Wang"), person("Li"), person("Zhao", donor="Renji")], [need("N1"), need("N2")])
    held = replace(held, donors=(Donor("Sanjia", most_away=1), Donor("Renji")))
    found = repaired(published(held, year("Wang", "N1"), year("Li", "N2"), locked=[year("Li", "N2")]))
    assert set(found.plan.lines) == {year("Zhao", "N1"), year("Li", "N2")}
    assert (found.changed, found.is_least) == (2.0, True)


def test_no_repair_of_rules_that_contradict_one_another_is_refused_with_the_rules(repaired):
    rules = PostingRules(prices={RuleId.NEED: HARD})
    held = problem([person("Li", specialty="04.01")], [need("N1")], rules=rules)
    with pytest.raises(PostingPlanImpossibleError, match="need N1"):
        repaired(published(held, year("Wang", "N1")))


def test_without_a_published_plan_there_is_nothing_to_repair(repaired):
    with pytest.raises(PostingDataError, match="no published plan"):
        repaired(problem([person("Li")], [need("N1")]))


def test_each_change_of_a_repair_is_told_with_what_would_be_lost_without_it(solver):
    held = problem([person("Li"), person("Zhao", specialty="04.01")], [need("N1")])
    after = published(held, year("Wang", "N1"))
    model = model_of(after, columns_of(after))
    found = repair(solver, model, LIMITS)
    changes = {each.person: each for each in changes_of_repair(solver, model, found.plan, LIMITS)}
    assert {who: change.kind for who, change in changes.items()} == {
        "Wang": ChangeKind.DROPPED_OUT,
        "Li": ChangeKind.NEW,
    }
    assert changes["Li"].worse == Worse(Goal.NEED, 0.0, 4.0)


def test_the_best_plan_that_meets_all_needs_is_repaired_as_well_as_by_planning_again(planned, repaired):
    held = replace(many(seed=3), donors=(Donor("Sanjia"), Donor("Renji")))
    first = planned(held)
    assert first.level(Goal.NEED).value == 0.0
    for gone in sorted({line.person for line in first.lines})[:4]:
        left = tuple(each for each in held.people if each.id != gone)
        after = published(replace(held, people=left), *first.lines)
        again, found = planned(after), repaired(after)
        assert found.is_least
        for goal in (Goal.BREACHES, Goal.NEED, Goal.SHORTFALL, Goal.CHANGE):
            assert found.plan.level(goal).value == again.level(goal).value
