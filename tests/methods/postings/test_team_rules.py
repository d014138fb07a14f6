"""What programmes ask of all people at one recipient: how many at a time, how many and which share of a title."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.methods.postings.story import SURGERY, need, person, problem

from lianyi.methods.errors import PostingDataError, PostingPlanImpossibleError
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.plan_data import HARD
from lianyi.methods.postings.checking import check
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.problem import Line
from lianyi.methods.postings.reasons import ReasonKind, reasons_of
from lianyi.methods.postings.representative import one_period
from lianyi.methods.postings.rules import DEFAULT_PRICES, Goal, PostingRules, RuleId
from lianyi.methods.postings.solving import plan_with
from lianyi.methods.postings.stages import plan_in_stages
from lianyi.methods.postings.team_rules import TeamRule, TitleDemand

HARD_TEAMS = PostingRules(prices={**DEFAULT_PRICES, RuleId.HEADCOUNT: HARD, RuleId.TITLE_MIX: HARD})
JUNIOR, SENIOR = 1, 3


def team(people, heads=(2, 2, 2, 2), *, rules=HARD_TEAMS, **asked):
    """Ceheng wants so many cardiologists; one rule speaks of all who are there."""
    rule = TeamRule("Ceheng team", "Ceheng", **asked)
    return problem(people, [need("N1", heads=heads)], rules=rules, team_rules=(rule,))


def there(plan, period=0):
    return sorted(line.person for line in plan.lines if period in line.periods)


def test_no_more_people_are_there_at_a_time_than_the_programme_allows(planned):
    pool = [person(name) for name in ("Wang", "Li", "Zhao")]
    plan = planned(team(pool, heads=(3, 3, 3, 3), most=2))
    assert len(there(plan)) == 2
    assert plan.level(Goal.NEED).value == 4.0
    priced = replace(HARD_TEAMS, prices={**DEFAULT_PRICES, RuleId.HEADCOUNT: 2.5})
    plan = planned(team(pool, heads=(3, 3, 3, 3), rules=priced, most=2))
    assert len(there(plan)) == 3
    assert plan.level(Goal.SHORTFALL).value == 10.0
    assert {breach.what for breach in plan.verdict.breaches} == {
        f"3 of at most 2 in 2027-Q{quarter}" for quarter in (1, 2, 3, 4)
    }


def test_too_few_people_make_a_plan_impossible_or_cost_their_price(planned):
    with pytest.raises(PostingPlanImpossibleError) as refused:
        planned(team([person("Wang")], least=2))
    assert "headcount Ceheng team" in refused.value.params["conflict"]
    plan = planned(team([person("Wang")], rules=PostingRules(), least=2))
    assert plan.level(Goal.SHORTFALL).value == pytest.approx(3.0 * 4)
    assert "1 of at least 2 in 2027-Q1" in {breach.what for breach in plan.verdict.breaches}


def test_people_with_the_title_are_chosen_where_so_many_are_asked(planned):
    pool = [person("Wang", rank=JUNIOR), person("Li", rank=JUNIOR), person("Zhao", donor="Renji", rank=SENIOR)]
    assert there(planned(team(pool))) == ["Li", "Wang"]
    plan = planned(team(pool, titles=(TitleDemand(SENIOR, people=1),)))
    assert len(there(plan)) == 2
    assert "Zhao" in there(plan)


def test_a_share_of_a_title_leaves_a_place_empty_rather_than_be_too_small(planned):
    pool = [person("Wang", rank=JUNIOR), person("Li", rank=JUNIOR), person("Zhao", rank=SENIOR)]
    half = (TitleDemand(SENIOR, share=0.5),)
    plan = planned(team(pool, heads=(3, 3, 3, 3), titles=half))
    assert len(there(plan)) == 2
    assert "Zhao" in there(plan)
    cheap = replace(HARD_TEAMS, prices={**DEFAULT_PRICES, RuleId.TITLE_MIX: 1.0})
    plan = planned(team(pool, heads=(3, 3, 3, 3), rules=cheap, titles=half))
    assert len(there(plan)) == 3
    assert plan.level(Goal.SHORTFALL).value == pytest.approx(0.5 * 4)


def test_nobody_there_is_no_share_that_is_too_small(planned):
    plan = planned(team([person("Wang", rank=JUNIOR)], titles=(TitleDemand(SENIOR, share=1.0),)))
    assert plan.lines == ()
    assert plan.verdict.is_lawful


def test_whoever_is_there_already_is_part_of_the_team_but_never_made_good(planned):
    pool = [person("Wang", rank=JUNIOR), person("Li", rank=JUNIOR)]
    old = ((SENIOR, JUNIOR), (SENIOR, JUNIOR), (), ())
    plan = planned(team(pool, heads=(1, 1, 2, 2), least=2, most=3, already=old))
    assert [len(there(plan, period)) for period in range(4)] == [1, 1, 2, 2]
    titles = (TitleDemand(SENIOR, people=1, share=0.3),)
    lifted = team(pool, heads=(1, 1, 0, 0), titles=titles, already=old, periods=frozenset({0, 1}))
    assert len(there(planned(lifted))) == 1
    juniors = ((JUNIOR, JUNIOR, JUNIOR, JUNIOR),) * 4
    crowded = team(pool, most=2, titles=(TitleDemand(SENIOR, share=0.5),), already=juniors)
    plan = planned(crowded)
    assert (plan.lines, plan.verdict.is_lawful) == ((), True)


def test_only_the_needs_donors_and_periods_of_a_rule_count(planned):
    pool = [person("Wang"), person("Li", donor="Renji"), person("Chen", specialty=SURGERY)]
    wanted = [need("N1", heads=(2, 2, 2, 2)), need("N2", specialty=SURGERY)]
    rule = TeamRule("T", "Ceheng", most=0, needs=frozenset({"N1"}), donors=frozenset({"Renji"}))
    held = problem(pool, wanted, rules=HARD_TEAMS, team_rules=(rule,))
    assert there(planned(held)) == ["Chen", "Wang"]
    later = replace(rule, periods=frozenset({2, 3}))
    plan = planned(replace(held, team_rules=(later,)))
    assert there(plan, 1) == ["Chen", "Li", "Wang"]
    assert there(plan, 2) == ["Chen", "Wang"]


def test_a_hand_over_makes_no_team_too_large(planned):
    pool = [person("Wang", longest_periods=3), person("Li", longest_periods=3)]
    held = team(pool, heads=(1, 1, 1, 1), most=1)
    overlapping = replace(held, needs=(need("N1", heads=(1, 1, 1, 1), overlap_periods=1),))
    plan = planned(overlapping)
    assert plan.level(Goal.NEED).value == 0.0
    assert max(len(there(plan, period)) for period in range(4)) == 2


def test_the_check_finds_by_hand_what_a_plan_breaks():
    held = team([person("Wang", rank=JUNIOR)], least=2, most=3, titles=(TitleDemand(SENIOR, people=1, share=0.5),))
    verdict = check(held, [Line("Wang", "N1", 0, 0)])
    first = [(each.rule, each.amount, each.what) for each in verdict.unlawful if each.what.endswith("Q1")]
    assert first == [
        (RuleId.HEADCOUNT, 1, "1 of at least 2 in 2027-Q1"),
        (RuleId.TITLE_MIX, 1, "1 too few of title 3 in 2027-Q1"),
        (RuleId.TITLE_MIX, 0.5, "less than a share of 0.5 of title 3 in 2027-Q1"),
    ]


def test_a_need_that_stays_open_for_the_sake_of_a_team_is_told_so(solver):
    held = team([person("Wang"), person("Li")], most=1)
    model = model_of(held, columns_of(held))
    limits = SearchLimits(seconds=60)
    [unmet] = reasons_of(solver, model, plan_with(solver, model, limits), limits)
    assert unmet.kind is ReasonKind.CONFLICT
    assert ("headcount", "Ceheng team") in {(clause.rule, clause.subject) for clause in unmet.conflict.clauses}


def test_in_one_period_that_stands_for_all_a_team_is_asked_what_any_period_asks_at_least():
    old = ((SENIOR,), (), (), ())
    asked = {"least": 2, "most": 3, "titles": (TitleDemand(SENIOR, people=1, share=0.5),), "already": old}
    [rule] = one_period(team([person("Wang")], **asked), 1.0).team_rules
    assert (rule.least, rule.most, rule.titles, rule.already) == (1, 3, (TitleDemand(SENIOR, 0, 0.0),), ())
    [never] = one_period(team([person("Wang")], **asked, periods=frozenset()), 1.0).team_rules
    assert never.periods == frozenset()


def test_a_plan_made_in_stages_keeps_teams(solver):
    pool = [
        person(f"P{number}", donor=("Sanjia", "Renji")[number % 2], rank=1 + 2 * (number % 2)) for number in range(6)
    ]
    wanted = [need("N1", heads=(2, 2, 2, 2)), need("N2", recipient="Wangmo", heads=(3, 3, 3, 3))]
    asked = tuple(
        TeamRule(where, where, least=2, most=2, titles=(TitleDemand(SENIOR, people=1, share=0.5),))
        for where in ("Ceheng", "Wangmo")
    )
    held = problem(pool, wanted, rules=HARD_TEAMS, team_rules=asked)
    staged = plan_in_stages(solver, model_of(held, columns_of(held)), SearchLimits(seconds=30))
    assert staged.plan.verdict.is_lawful
    assert len(staged.plan.lines) == 4


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: TeamRule("T", "Ceheng", least=3, most=2), "most 2"),
        (lambda: TeamRule("T", "Ceheng", titles=(TitleDemand(3, share=1.5),)), "a share of a title 1.5"),
        (lambda: problem([], [], team_rules=(TeamRule("T", "Nowhere"),)), "the recipient “Nowhere”"),
        (lambda: problem([], [], team_rules=(TeamRule("T", "Ceheng", needs=frozenset({"N9"})),)), "the need “N9”"),
        (lambda: problem([], [], team_rules=(TeamRule("T", "Ceheng", already=((3,),)),)), "tells of 1 periods"),
        (lambda: problem([], [], team_rules=(TeamRule("T", "Ceheng"),) * 2), "The team rule T stands twice"),
    ],
)
def test_team_rules_that_contradict_the_plan_are_refused(wrong, told):
    with pytest.raises(PostingDataError, match=told):
        wrong()
