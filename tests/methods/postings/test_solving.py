"""Plans of the solver: which goal comes first, what is told of each, and that the same seed gives the same plan."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from tests.methods.postings.story import SURGERY, need, person, problem

from lianyi.methods.errors import LockedLineError, PostingPlanImpossibleError, PostingPlanWrongError
from lianyi.methods.goal_search import Level
from lianyi.methods.location.placements import StopReason
from lianyi.methods.postings import solving
from lianyi.methods.postings.checking import check
from lianyi.methods.postings.problem import Couple, CoupleWish, Donor, Line, Pair, Published, Recipient
from lianyi.methods.postings.rules import DEFAULT_PRICES, Goal, PostingRules, RuleId

TWO_HALVES = [person("Wang", longest_periods=2), person("Li", longest_periods=2)]


def values_of(plan):
    return {level.goal: level.value for level in plan.levels if level.value}


def test_two_half_years_fill_a_year(planned):
    plan = planned(problem(TWO_HALVES, [need("N1", least_periods=2)]))
    assert sorted((line.first, line.last) for line in plan.lines) == [(0, 1), (2, 3)]
    assert values_of(plan) == {Goal.COST: 12.0, Goal.POSTINGS: 2.0}
    assert {(level.bound, level.gap) for level in plan.levels} == {(12.0, 0.0), (2.0, 0.0), (0.0, 0.0)}
    assert {level.stop_reason for level in plan.levels} == {StopReason.OPTIMAL}


def test_the_need_of_higher_priority_is_met_where_both_cannot_be(planned):
    wanted = [need("N1", priority=1.0), need("N2", recipient="Wangmo", priority=2.0)]
    plan = planned(problem([person("Wang")], wanted))
    assert plan.lines == (Line("Wang", "N2", 0, 3),)
    assert plan.level(Goal.NEED).value == 4.0


def test_the_order_of_the_goals_is_that_of_the_user(planned):
    goals = (Goal.POSTINGS, *(goal for goal in Goal if goal is not Goal.POSTINGS))
    plan = planned(problem([person("Wang")], [need("N1")], rules=PostingRules(goals=goals)))
    assert plan.lines == ()
    assert plan.levels[0].goal is Goal.POSTINGS


def test_a_least_term_with_a_price_lets_shorter_terms_fill_a_need(planned):
    half = [person("Wang", longest_periods=4), person("Li", available=frozenset({3}), donor="Renji")]
    held = problem(half, [need("N1", heads=(1, 1, 1, 2), least_periods=2)])
    assert planned(held).level(Goal.NEED).value == 1.0
    rules = PostingRules(prices={**DEFAULT_PRICES, RuleId.LEAST_TERM: 0.5})
    plan = planned(replace(held, rules=rules))
    assert (plan.level(Goal.NEED).value, plan.level(Goal.SHORTFALL).value) == (0.0, 1.5)
    [short] = plan.verdict.breaches
    assert (short.rule, short.subject, short.amount) == (RuleId.LEAST_TERM, "Li/N1", 3)
    assert short.what == "3 months less than asked from 2027-Q4"


def test_a_rule_with_a_price_may_be_broken_for_the_sake_of_an_earlier_goal(planned):
    one_away = (Donor("Sanjia", most_away=1), Donor("Renji"))
    wanted = [need("N1"), need("N2", recipient="Wangmo")]
    held = problem([person("Wang"), person("Li")], wanted, donors=one_away)
    assert planned(held).level(Goal.NEED).value == 4.0
    goals = (Goal.NEED, Goal.BREACHES, *(goal for goal in Goal if goal not in (Goal.NEED, Goal.BREACHES)))
    rules = PostingRules(prices={**DEFAULT_PRICES, RuleId.DONOR_TOTAL: 2.5}, goals=goals)
    plan = planned(replace(held, rules=rules))
    assert (plan.level(Goal.NEED).value, plan.level(Goal.BREACHES).value) == (0.0, 10.0)
    assert {(breach.rule, breach.subject) for breach in plan.verdict.breaches} == {("donor_total", "Sanjia")}


def test_who_is_away_already_counts_in_the_limits_of_the_donor(planned):
    wanted = [need("N1", least_periods=1), need("N2", recipient="Wangmo", least_periods=1)]
    people = [person("Wang"), person("Li")]
    two_away = Donor("Sanjia", most_away=2, already_away=(2, 1, 0, 5))
    plan = planned(problem(people, wanted, donors=(two_away, Donor("Renji"))))
    there = [sum(line.first <= period <= line.last for line in plan.lines) for period in range(4)]
    assert (there, plan.level(Goal.NEED).value) == ([0, 1, 2, 0], 5.0)
    seniors = Donor("Sanjia", most_seniors_away=1, seniors_already_away=(1, 1, 0, 0))
    ranked = [person("Wang", rank=4), person("Li", rank=4)]
    plan = planned(problem(ranked, wanted, donors=(seniors, Donor("Renji"))))
    assert plan.level(Goal.NEED).value == 6.0


def test_a_team_a_senior_and_somebody_on_site_are_wanted_after_the_needs(planned):
    plan = planned(
        problem(
            [person("Wang", rank=2)],
            [need("N1", heads=(1, 1, 0, 0))],
            recipients=(Recipient("Ceheng", least_on_site=1, needs_senior=True), Recipient("Wangmo")),
            pairs=(Pair("Sanjia", "Ceheng", least_team=2),),
        )
    )
    assert sorted((breach.rule, breach.amount) for breach in plan.verdict.breaches) == [
        *[("presence", 1.0)] * 2,
        *[("senior", 1.0)] * 4,
        *[("team", 1.0)] * 2,
        *[("team", 2.0)] * 2,
    ]
    assert plan.level(Goal.SHORTFALL).value == 3.0 * (2 + 4 + 6)


def test_not_both_of_two_people_change_at_once(planned):
    staff = [person(name, longest_periods=2) for name in ("Wang", "Li", "Zhao", "Qian")]
    plan = planned(problem(staff, [need("N1", heads=(2, 2, 2, 0), least_periods=1)]))
    assert plan.level(Goal.SHORTFALL).value == 0.0
    lengths = sorted(line.last - line.first + 1 for line in plan.lines)
    assert lengths == [1, 1, 2, 2]


def test_a_couple_goes_together_or_never_both(planned):
    pool = [person("Wang"), person("Li", specialty=SURGERY)]
    wanted = [need("N1"), need("N2", recipient="Wangmo", specialty=SURGERY)]
    apart = problem(pool, wanted, couples=(Couple("Wang", "Li", CoupleWish.APART),))
    assert len(planned(apart).lines) == 1
    together = problem(pool, wanted, couples=(Couple("Wang", "Li", CoupleWish.TOGETHER),))
    assert planned(together).lines == ()
    same_place = replace(together, needs=(need("N1"), need("N2", specialty=SURGERY)))
    assert len(planned(same_place).lines) == 2


def test_the_burden_is_shared_by_what_people_carried_before(planned):
    pool = [person("Wang", past_months=12), person("Li", past_months=0)]
    plan = planned(problem(pool, [need("N1", heads=(1, 1, 0, 0))], rules=PostingRules(fair_months=12)))
    assert [line.person for line in plan.lines] == ["Li"]


def test_hard_rules_that_contradict_one_another_are_named(planned):
    prices = {rule: price for rule, price in DEFAULT_PRICES.items() if rule is not RuleId.NEED}
    held = problem(
        [person("Wang"), person("Li"), person("Zhao", specialty=SURGERY)],
        [need("N1"), need("N2", recipient="Wangmo"), need("N3", specialty=SURGERY)],
        donors=(Donor("Sanjia", most_away_by_specialty={"03.04": 1}), Donor("Renji")),
        rules=PostingRules(prices=prices),
    )
    with pytest.raises(PostingPlanImpossibleError) as refused:
        planned(held)
    assert refused.value.params["conflict"] == ("donor_specialty Sanjia/03.04", "need N1", "need N2")
    lent = (Donor("Sanjia", most_away_by_specialty={"03.04": 2}), Donor("Renji"))
    assert len(planned(replace(held, donors=lent)).lines) == 3


def test_a_limit_of_a_specialty_counts_people_by_their_own_and_who_is_away_already(planned):
    surgeons = ("04", SURGERY)
    pool = [person("Wang", missed_as=surgeons), person("Li", missed_as=("03",)), person("Zhao", missed_as=surgeons)]
    wanted = [need("N1", heads=(2, 2, 2, 2))]
    lent = (Donor("Sanjia", most_away_by_specialty={"04": 1}), Donor("Renji"))
    plan = planned(problem(pool, wanted, donors=lent))
    assert len(plan.lines) == 2
    assert "Li" in {line.person for line in plan.lines}
    away = replace(lent[0], already_away_by_specialty={"04": (1, 0, 0, 0)})
    plan = planned(problem(pool, wanted, donors=(away, lent[1])))
    assert plan.level(Goal.NEED).value == 1.0
    assert {line.first for line in plan.lines if line.person != "Li"} == {1}


def test_a_locked_line_stays_and_one_that_breaks_a_rule_is_refused_with_the_rule(planned):
    line = Line("Li", "N1", 0, 3)
    held = problem([person("Wang"), person("Li", donor="Renji")], [need("N1")])
    assert [each.person for each in planned(held).lines] == ["Wang"]
    locked = replace(held, published=Published(frozenset({line}), frozenset({line})))
    assert planned(locked).lines == (line,)
    refusing = replace(locked, people=(person("Wang"), person("Li", donor="Renji", refuses=frozenset({"Ceheng"}))))
    with pytest.raises(LockedLineError, match="refused"):
        planned(refusing)


def test_a_plan_that_the_check_does_not_confirm_is_never_returned():
    held = problem([person("Wang"), person("Li")], [need("N1")])
    twice = (Line("Wang", "N1", 0, 3), Line("Li", "N1", 0, 3))
    with pytest.raises(PostingPlanWrongError, match="1 too many in 2027-Q1"):
        solving.REFUSALS.confirmed((), check(held, twice))
    too_good = (Level(Goal.NEED, 3.0, 3.0, StopReason.OPTIMAL),)
    with pytest.raises(PostingPlanWrongError, match="finds 4 for need, the solver said 3"):
        solving.REFUSALS.confirmed(too_good, check(held, ()))


PROGRAM = """
import json
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.postings.solving import plan_postings
from tests.methods.postings.story import many
plan = plan_postings(many(seed=3), SearchLimits(seconds=60, seed=5))
print(json.dumps([[[line.person, line.need, line.first, line.last] for line in plan.lines],
                  [[level.goal, level.value, level.bound] for level in plan.levels]]))
"""


def test_the_same_seed_gives_the_same_plan_in_processes_that_hash_differently():
    def told(hash_seed):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
        )
        return json.loads(ended.stdout)

    lines, levels = told("1")
    assert [lines, levels] == told("4242")
    assert len(lines) > 5
