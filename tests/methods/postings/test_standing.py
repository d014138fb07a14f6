"""Old teams, seniors over two batches, learners, and the weight of notice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.methods.postings.story import need, person, problem

from lianyi.dispatch.scenario_words import RULE_WORDS
from lianyi.methods.errors import PostingRuleError
from lianyi.methods.postings.checking import check
from lianyi.methods.postings.problem import Donor, Line, Pair, Published, Recipient
from lianyi.methods.postings.rules import Goal, PostingRules, RuleId


def with_pair(held, **changes):
    return replace(held, pairs=tuple(replace(pair, **changes) for pair in held.pairs))


def rules_broken(held, lines):
    return {breach.rule for breach in check(held, lines).breaches}


def test_somebody_of_the_old_team_stays_although_another_is_nearer_to_the_wish(planned):
    people = [person("Wang", prefers=frozenset({"Renji"})), person("Li")]
    held = problem(people, [need("N1")])
    assert [line.person for line in planned(held).lines] == ["Li"]
    held = with_pair(held, old_team=frozenset({"Wang"}))
    assert [line.person for line in planned(held).lines] == ["Wang"]
    assert RuleId.CONTINUITY in rules_broken(held, [Line("Li", "N1", 0, 3)])


def test_of_two_batches_one_at_least_leaves_a_senior(planned):
    people = [person(name, rank=3, longest_periods=2) for name in ("Wang", "Li", "Zhao")]
    people += [person(name, rank=2) for name in ("Sun", "Qian")]
    held = with_pair(problem(people, [need("N1", heads=(2, 2, 2, 2))]), keeps_seniors=True)
    plan = planned(held)
    assert plan.level(Goal.SHORTFALL).value == 0.0
    juniors = [Line("Sun", "N1", 0, 3), Line("Qian", "N1", 0, 3)]
    told = [breach.rule for breach in check(held, juniors).breaches]
    assert told.count(RuleId.BATCHES) == 2


def with_seats(helping):
    """Ceheng's surgeon Wei may learn at Sanjia, which helps Ceheng when Wang is wanted there."""
    held = problem([person("Wang")], [need("N1", heads=(helping,) * 4)])
    seats = need("Seats", recipient="Sanjia", heads=(1, 1, 1, 1), is_training=True)
    return replace(
        held,
        people=(*held.people, person("Wei", donor="Ceheng")),
        needs=(*held.needs, seats),
        donors=(*held.donors, Donor("Ceheng", most_away=1)),
        recipients=(*held.recipients, Recipient("Sanjia")),
        pairs=(*held.pairs, Pair("Ceheng", "Sanjia")),
    )


def test_a_learner_goes_to_the_hospital_that_helps_and_to_no_other(planned):
    assert [line.person for line in planned(with_seats(1)).lines] == ["Wang", "Wei"]
    held = with_seats(0)
    assert planned(held).lines == ()
    assert [each.rule for each in check(held, [Line("Wei", "Seats", 0, 3)]).unlawful] == [RuleId.TRAINING]


def test_a_learner_is_no_staff_on_site(planned):
    held = with_seats(1)
    held = replace(held, recipients=tuple(replace(each, least_on_site=1) for each in held.recipients))
    assert {each.subject for each in planned(held).verdict.breaches} == {"Sanjia", "Wangmo"}


def test_a_change_soon_weighs_more_than_one_later(planned):
    before = frozenset({Line("Wang", "N1", 0, 1), Line("Li", "N1", 2, 3)})
    people = [person("Wang"), person("Li")]
    held = problem(people, [need("N1", heads=(1, 1, 1, 0))], rules=PostingRules(notice_weights=(5.0, 5.0, 1.0)))
    held = replace(held, published=Published(before))
    plan = planned(held)
    assert plan.level(Goal.CHANGE).value == 1.0
    assert Line("Wang", "N1", 0, 1) in plan.lines
    assert check(held, [Line("Li", "N1", 0, 2)]).values[Goal.CHANGE] == 10.0


@pytest.mark.parametrize("weights", [(), (1.0, 2.0), (1.0, 0.0), (float("inf"), 1.0)])
def test_weights_of_notice_never_grow_and_are_above_nothing(weights):
    with pytest.raises(PostingRuleError):
        PostingRules(notice_weights=weights)


def test_the_site_has_words_for_every_rule():
    assert set(RULE_WORDS) >= {rule.value for rule in RuleId}
