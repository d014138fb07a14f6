"""A published pairing is changed as little as can be, locked pairs not at all, and each change has its reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given
from tests.methods.pairing.story import CARDIOLOGY, SURGERY, need, problem, with_pair
from tests.methods.pairing.strategies import problems
from tests.properties import examples

from lianyi.methods.errors import PairingPlanImpossibleError
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.pairing.arcs import arcs_of
from lianyi.methods.pairing.model import model_of
from lianyi.methods.pairing.problem import Donor, Pair, Pairing, PairStatus, Published
from lianyi.methods.pairing.replanning import ChangeKind, changes_between, changes_of
from lianyi.methods.pairing.rules import Goal
from lianyi.methods.pairing.solving import plan_with

LIMITS = SearchLimits(seconds=60)
FAR = frozenset({("Renji", "Ceheng"), ("Renji", "Wangmo")})


@pytest.fixture
def changed(solver):
    def change(held):
        model = model_of(held, arcs_of(held))
        plan = plan_with(solver, model, LIMITS)
        return plan, {each.key: each for each in changes_of(solver, model, plan, LIMITS)}

    return change


def test_a_published_pair_stays_though_a_nearer_donor_would_be_cheaper(changed):
    wanted = [need("N1"), need("N2", recipient="Wangmo")]
    plan, changes = changed(problem(wanted, published=Published(FAR)))
    assert (plan.pairing.pairs, changes) == (FAR, {})


def test_a_new_need_begins_one_pair_and_tells_what_would_be_missing_without(changed):
    published = Published(frozenset({("Renji", "Ceheng")}))
    plan, changes = changed(problem([need("N1"), need("N2", recipient="Wangmo")], published=published))
    [change] = changes.values()
    assert (change.key, change.kind, change.after) == (("Sanjia", "Wangmo"), ChangeKind.BEGUN, {CARDIOLOGY: 1})
    # Renji could begin the same pair: without this change nothing but the way would be longer.
    assert (change.worse.goal, change.worse.now, change.worse.then) == (Goal.COST, 38.0, 40.0)
    assert plan.level(Goal.PAIRS_CHANGED).value == 1.0


def test_a_donor_that_is_gone_or_forbidden_by_now_must_end_and_needs_no_other_reason(changed):
    held = problem(
        [need("N1"), need("N2", recipient="Wangmo")],
        published=Published(frozenset({("Huaxi", "Ceheng"), ("Renji", "Wangmo"), ("Sanjia", "Anlong")})),
    )
    held = with_pair(held, "Renji", "Wangmo", status=PairStatus.FORBIDDEN)
    _plan, changes = changed(held)
    kinds = {key: change.kind for key, change in changes.items()}
    assert kinds == {
        ("Huaxi", "Ceheng"): ChangeKind.DONOR_GONE,
        ("Renji", "Wangmo"): ChangeKind.NOT_POSSIBLE,
        ("Sanjia", "Anlong"): ChangeKind.RECIPIENT_GONE,
        ("Sanjia", "Ceheng"): ChangeKind.BEGUN,
        ("Sanjia", "Wangmo"): ChangeKind.BEGUN,
    }
    assert changes["Huaxi", "Ceheng"].worse is None


def test_a_pair_that_ends_by_choice_tells_what_keeping_it_would_cost(changed):
    donors = (Donor("Sanjia", most_people=1), Donor("Renji", most_people=0))
    published = Published(frozenset({("Sanjia", "Ceheng")}))
    held = problem([need("N1"), need("N2", recipient="Wangmo", priority=2.0)], donors=donors, published=published)
    _plan, changes = changed(held)
    change = changes["Sanjia", "Ceheng"]
    assert (change.kind, change.worse.goal, change.worse.now, change.worse.then) == (
        ChangeKind.ENDED,
        *(Goal.NEED, 1.0, 2.0),
    )


def test_other_people_than_published_are_told_by_specialty(changed):
    pair = ("Sanjia", "Ceheng")
    published = Published(frozenset({pair}), {pair: {CARDIOLOGY: 1, SURGERY: 1}})
    plan, changes = changed(problem([need("N1", people=3), need("N2", specialty=SURGERY)], published=published))
    change = changes[pair]
    assert (change.kind, change.before, change.after) == (
        ChangeKind.PEOPLE,
        {CARDIOLOGY: 1, SURGERY: 1},
        {CARDIOLOGY: 3, SURGERY: 1},
    )
    assert (change.worse.goal, plan.level(Goal.PEOPLE_CHANGED).value) == (Goal.PAIRS_CHANGED, 2.0)


def test_a_locked_pair_keeps_its_people_though_fewer_are_wanted_by_now(changed):
    pair = ("Renji", "Ceheng")
    published = Published(frozenset({pair}), {pair: {CARDIOLOGY: 3}}, frozenset({pair}))
    plan, changes = changed(problem([need("N1", people=1)], published=published))
    assert (plan.pairing.people, changes) == ({("Renji", "N1"): 3}, {})


def test_a_locked_pair_that_its_donor_can_no_longer_keep_is_named_with_the_limit(changed):
    pair = ("Renji", "Ceheng")
    published = Published(frozenset({pair}), {pair: {CARDIOLOGY: 3}}, frozenset({pair}))
    held = problem([need("N1", people=3)], donors=(Donor("Sanjia"), Donor("Renji", most_people=2)), published=published)
    with pytest.raises(PairingPlanImpossibleError) as refused:
        changed(held)
    assert refused.value.params["conflict"] == ("donor_total Renji", "locked Renji/Ceheng")


def test_without_a_published_plan_nothing_changes(changed):
    plan, changes = changed(problem([need("N1")]))
    assert changes == {}
    assert changes_between(problem([need("N1")]), plan.pairing) == ()


@examples(40, HealthCheck.filter_too_much)
@given(problem=problems())
def test_locked_pairs_are_untouched_and_no_fresh_plan_changes_less(solver, problem):
    assume(problem.published is not None)
    first = (Goal.PAIRS_CHANGED, *(goal for goal in problem.rules.goals if goal is not Goal.PAIRS_CHANGED))
    try:
        kept = plan_with(solver, model_of(problem, arcs_of(problem)), LIMITS)
        least = replace(problem, rules=replace(problem.rules, goals=first))
        plan = plan_with(solver, model_of(least, arcs_of(least)), LIMITS)
    except PairingPlanImpossibleError:
        assume(False)
    assert {change.key for change in changes_between(problem, kept.pairing)}.isdisjoint(problem.published.locked)
    changes = [each for each in changes_between(least, plan.pairing) if each.kind is not ChangeKind.PEOPLE]
    assert len(changes) == plan.level(Goal.PAIRS_CHANGED).value
    assert plan.level(Goal.PAIRS_CHANGED).value <= len(problem.published.pairs ^ kept.pairing.pairs)
    fresh = replace(problem, published=None) if not problem.published.locked else problem
    unbound = plan_with(solver, model_of(fresh, arcs_of(fresh)), LIMITS)
    assert plan.level(Goal.PAIRS_CHANGED).value <= len(problem.published.pairs ^ unbound.pairing.pairs)


def test_a_pair_listed_no_more_is_not_possible():
    held = problem([need("N1")], pairs=(Pair("Sanjia", "Ceheng"),), published=Published(FAR))
    kinds = {change.kind for change in changes_between(held, Pairing(frozenset(), {}))}
    assert kinds == {ChangeKind.NOT_POSSIBLE}
