"""What a posting problem is made of is checked where it is made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.methods.postings.story import need, person, problem

from lianyi.methods.errors import PostingDataError, PostingRuleError
from lianyi.methods.plan_data import HARD
from lianyi.methods.postings.problem import Couple, CoupleWish, Donor, Horizon, Line, Need, Pair, Published
from lianyi.methods.postings.rules import SENTENCES, CostPrices, Goal, PostingRules, RuleId


def test_quarters_and_months_have_the_labels_of_the_calendar():
    assert Horizon(date(2027, 4, 1), 3).labels == ("2027-Q2", "2027-Q3", "2027-Q4")
    months = Horizon(date(2027, 11, 1), 3, months_per_period=1)
    assert months.labels == ("2027-11", "2027-12", "2028-01")
    assert months.index_of("2028-01") == 2
    assert (months.first_day_of(1), months.last_day_of(1)) == (date(2027, 12, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Horizon(date(2027, 2, 1), 4), "begins on 2027-02-01; give the first day of a quarter"),
        (lambda: Horizon(date(2027, 1, 1), 0), "has 0 periods"),
        (lambda: Horizon(date(2027, 1, 1), 4, 2), "has 2 months"),
        (lambda: Horizon(date(2027, 1, 1), 4).index_of("2028-Q1"), "it has 2027-Q1 to 2027-Q4"),
        (lambda: person("Wang", rank=5), "title rank 5"),
        (lambda: person("Wang", longest_periods=0), "longest_periods 0"),
        (lambda: replace(person("Wang"), specialties=()), "has no specialty"),
        (lambda: need("N1", priority=0), "priority 0"),
        (lambda: need("N1", heads=(1, -1, 0, 0)), "fewer than 0"),
        (lambda: need("N1", heads=None), "neither numbers of people nor periods"),
        (lambda: Donor("Sanjia", most_away=-1), "most_away -1"),
        (lambda: Donor("Sanjia", most_away_by_specialty={"05": -1}), "most_away_by_specialty 05 -1"),
        (lambda: Donor("Sanjia", already_away=(0, -1)), "fewer than 0 people away already"),
        (
            lambda: problem([], [], donors=(Donor("Sanjia", seniors_already_away=(1,)), Donor("Renji"))),
            "1 numbers for 4",
        ),
        (lambda: problem([person("Wang")], [need("N1", heads=(1, 1))]), "2 numbers of people for 4 periods"),
        (lambda: problem([], [need("N1", heads=None, span=(2, 4))]), "from period 2 to 4 of 4"),
        (lambda: problem([person("Wang"), person("Wang")], []), "Wang stands twice"),
        (lambda: problem([person("Wang", donor="Huaxi")], []), "“Huaxi”, which is not listed"),
        (lambda: problem([], [need("N1", recipient="Zhenfeng")]), "“Zhenfeng”, which is not listed"),
        (lambda: problem([], [], pairs=(Pair("Sanjia", "Zhenfeng"),)), "“Zhenfeng”"),
        (lambda: problem([], [], couples=(Couple("Wang", "Li", CoupleWish.APART),)), "“Wang”"),
        (
            lambda: problem([person("Wang")], [], couples=(Couple("Wang", "Wang", CoupleWish.APART),)),
            "is one person",
        ),
        (
            lambda: problem([], [], published=Published(frozenset(), frozenset({Line("Wang", "N1", 0, 1)}))),
            "locks a line that it does not hold",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_given(make, told):
    with pytest.raises(PostingDataError, match=told):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: PostingRules(goals=(Goal.NEED,)),
        lambda: PostingRules(tolerance=0.5),
        lambda: PostingRules(most_postings_per_person=0),
        lambda: PostingRules(prices={RuleId.TEAM: 0.0}),
        lambda: PostingRules(prices={RuleId.ONE_AT_A_TIME: 3.0}),
        lambda: CostPrices(travel_hour=-1.0),
    ],
)
def test_rules_that_cannot_be_are_refused(make):
    with pytest.raises(PostingRuleError):
        make()


def test_every_rule_has_a_sentence_and_is_hard_unless_it_has_a_price():
    assert set(SENTENCES) == set(RuleId)
    rules = PostingRules(prices={RuleId.TEAM: 2.0})
    assert (rules.price_of(RuleId.TEAM), rules.price_of(RuleId.SENIOR)) == (2.0, HARD)


def test_a_need_without_a_number_is_planned_as_one_person():
    unknown = Need("N1", "Ceheng", "03.04", None, span=(1, 2))
    assert not unknown.is_number_known
    assert unknown.planned_heads(4) == (0, 1, 1, 0)
