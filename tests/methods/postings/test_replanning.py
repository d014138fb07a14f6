"""A published plan is repaired with the fewest people changed, locked lines stay, and each change has its reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.methods.postings.story import many, need, person, problem

from lianyi.methods.goal_search import Worse
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.postings.columns import Bar, columns_of
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.problem import Line, Published
from lianyi.methods.postings.replanning import ChangeKind, changes_of
from lianyi.methods.postings.rules import Goal
from lianyi.methods.postings.solving import plan_with

LIMITS = SearchLimits(seconds=60)


@pytest.fixture
def replanned(solver):
    def replan(held):
        model = model_of(held, columns_of(held))
        plan = plan_with(solver, model, LIMITS)
        return plan, {change.person: change for change in changes_of(solver, model, plan, LIMITS)}

    return replan


def after_publishing(held, plan, locked=()):
    return replace(held, published=Published(frozenset(plan.lines), frozenset(locked)))


def without(held, who):
    return replace(held, people=tuple(each for each in held.people if each.id != who))


def test_a_plan_that_still_holds_does_not_change(planned, replanned):
    held = many(seed=3)
    first = planned(held)
    second, changes = replanned(after_publishing(held, first))
    assert (second.lines, changes) == (first.lines, {})
    assert second.level(Goal.CHANGE).value == 0.0


def test_whoever_drops_out_is_replaced_by_one_person_and_nobody_else_changes(planned, replanned):
    pool = [person(name) for name in ("Wang", "Li", "Zhao", "Qian")]
    held = problem(pool, [need("N1"), need("N2", recipient="Wangmo"), need("N3")])
    first = planned(held)
    gone = first.lines[0].person
    [spare] = {each.id for each in pool} - {line.person for line in first.lines}
    second, changes = replanned(without(after_publishing(held, first), gone))
    assert {who: change.kind for who, change in changes.items()} == {
        gone: ChangeKind.DROPPED_OUT,
        spare: ChangeKind.NEW,
    }
    assert second.level(Goal.CHANGE).value == 2.0
    assert changes[spare].worse == Worse(Goal.NEED, 0.0, 4.0)


def test_every_change_that_could_be_left_out_is_told_with_what_would_be_worse_or_as_one_of_several(planned, replanned):
    held = many(seed=3)
    first = planned(held)
    gone = first.lines[0].person
    second, changes = replanned(without(after_publishing(held, first), gone))
    assert second.level(Goal.NEED).value == first.level(Goal.NEED).value
    assert second.level(Goal.CHANGE).value == len(changes)
    assert {change.worse and change.worse.goal for change in changes.values()} == {None, Goal.COST}


def test_a_repair_changes_fewer_people_than_a_fresh_plan(planned, replanned):
    held = many(seed=3)
    first = planned(held)
    changed = without(after_publishing(held, first), first.lines[0].person)
    goals = tuple(goal for goal in Goal if goal is not Goal.CHANGE)
    fresh = planned(replace(changed, rules=replace(held.rules, goals=(*goals, Goal.CHANGE))))
    repaired, _changes = replanned(changed)
    assert repaired.level(Goal.CHANGE).value <= fresh.level(Goal.CHANGE).value


def test_a_locked_line_stays_even_where_another_would_be_better(planned, replanned):
    held = problem([person("Wang", donor="Renji"), person("Li")], [need("N1")])
    locked = Line("Wang", "N1", 0, 3)
    published = Published(frozenset({locked}), frozenset({locked}))
    plan, changes = replanned(replace(held, published=published))
    assert (plan.lines, changes) == ((locked,), {})


def test_somebody_who_could_stay_moves_only_for_a_goal_that_comes_first(replanned):
    held = problem(
        [person("Wang"), person("Li", rank=2)],
        [need("N1"), need("N2", recipient="Wangmo", least_rank=3, priority=2.0)],
        published=Published(frozenset({Line("Wang", "N1", 0, 3)})),
    )
    plan, changes = replanned(held)
    assert plan.level(Goal.NEED).value == 0.0
    assert (changes["Wang"].kind, changes["Wang"].worse) == (ChangeKind.MOVED, Worse(Goal.NEED, 0.0, 8.0))
    assert (changes["Li"].kind, changes["Li"].worse) == (ChangeKind.NEW, Worse(Goal.NEED, 0.0, 4.0))


def test_a_line_that_is_no_longer_possible_is_told_with_the_rule_that_forbids_it(replanned):
    line = Line("Wang", "N1", 0, 3)
    held = problem(
        [person("Wang", refuses=frozenset({"Ceheng"}))], [need("N1")], published=Published(frozenset({line}))
    )
    _plan, changes = replanned(held)
    assert (changes["Wang"].kind, changes["Wang"].bar) == (ChangeKind.NOT_POSSIBLE, Bar.REFUSED)
    assert (changes["Wang"].before, changes["Wang"].after) == ((line,), ())


def test_a_need_that_is_withdrawn_takes_its_line_with_it(replanned):
    held = problem([person("Wang")], [need("N1")], published=Published(frozenset({Line("Wang", "N9", 0, 3)})))
    plan, changes = replanned(held)
    assert plan.lines == (Line("Wang", "N1", 0, 3),)
    assert (changes["Wang"].kind, changes["Wang"].bar) == (ChangeKind.NOT_POSSIBLE, None)
