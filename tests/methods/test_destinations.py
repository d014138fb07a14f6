from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.destinations import (
    Ability,
    Candidate,
    Criterion,
    RankingParameters,
    Reason,
    ReasonCode,
    rank,
)
from lianyi.methods.errors import DuplicateCandidateError, NegativeQuantityError

TWO_HOURS = RankingParameters(bed_state_limit_minutes=120)
ABILITY_FIRST = RankingParameters(
    bed_state_limit_minutes=120,
    order=(Criterion.ABILITY, Criterion.DUTY, Criterion.TRAVEL, Criterion.PARTNERSHIP, Criterion.LOAD),
)

candidates = st.builds(
    Candidate,
    key=st.text("abcdefgh", min_size=1, max_size=3),
    is_partner=st.booleans(),
    travel_minutes=st.none() | st.integers(0, 4),
    open_beds=st.none() | st.integers(0, 3),
    bed_state_age_minutes=st.none() | st.sampled_from([0, 120, 121]),
    open_cases=st.integers(0, 4),
    able_by=st.sampled_from([(), ("cath-lab",)]),
    lacks=st.sampled_from([(), ("ventilator",)]),
    is_on_duty=st.sampled_from([True, False, None]),
)
candidate_lists = st.lists(candidates, max_size=8, unique_by=lambda candidate: candidate.key)
parameter_sets = st.builds(
    RankingParameters,
    bed_state_limit_minutes=st.just(120),
    order=st.permutations(list(Criterion)).flatmap(
        lambda order: st.integers(0, len(order)).map(lambda length: tuple(order[:length]))
    ),
)


def candidate(key, **facts):
    given_facts = {
        "is_partner": True,
        "travel_minutes": 30,
        "open_beds": 4,
        "bed_state_age_minutes": 10,
        "open_cases": 4,
        "able_by": ("cath-lab",),
        **facts,
    }
    return Candidate(key=key, **given_facts)


def order_of(several, parameters=TWO_HOURS):
    return [entry.candidate.key for entry in rank(several, parameters)]


def test_partners_come_before_others_even_when_further():
    assert order_of([candidate("other", is_partner=False, travel_minutes=5), candidate("partner")]) == [
        "partner",
        "other",
    ]


def test_able_comes_before_not_known_before_lacking():
    lacking = candidate("lacking", lacks=("icu-bed",), travel_minutes=1)
    unknown = candidate("unknown", able_by=(), travel_minutes=2)
    assert order_of([lacking, unknown, candidate("able")]) == ["able", "unknown", "lacking"]
    assert lacking.ability is Ability.LACKING


def test_where_ability_comes_first_an_able_other_stands_before_a_partner_that_lacks_what_is_needed():
    able_other = candidate("able-other", is_partner=False)
    lacking_partner = candidate("lacking-partner", lacks=("cath-lab",), able_by=())
    assert order_of([able_other, lacking_partner]) == ["lacking-partner", "able-other"]
    assert order_of([able_other, lacking_partner], ABILITY_FIRST) == ["able-other", "lacking-partner"]


def test_the_nearer_comes_first_and_a_way_not_known_last():
    ways = [candidate("unknown", travel_minutes=None), candidate("far", travel_minutes=200), candidate("near")]
    assert order_of(ways) == ["near", "far", "unknown"]


def test_load_is_cases_for_each_open_bed_then_beds_not_known_then_no_bed():
    several = [
        candidate("full", open_beds=0, open_cases=0),
        candidate("outdated", bed_state_age_minutes=121, open_beds=99, open_cases=1),
        candidate("undated", bed_state_age_minutes=None, open_beds=99, open_cases=3),
        candidate("never-told", open_beds=None, open_cases=2),
        candidate("busy", open_beds=2, open_cases=4),
        candidate("quiet", open_beds=10, open_cases=5, bed_state_age_minutes=120),
    ]
    assert order_of(several) == ["quiet", "busy", "outdated", "never-told", "undated", "full"]


def test_duty_decides_between_equals():
    several = [candidate("nobody", is_on_duty=False), candidate("unknown"), candidate("somebody", is_on_duty=True)]
    assert order_of(several) == ["somebody", "unknown", "nobody"]


def test_equals_stand_in_the_order_of_their_keys():
    assert order_of([candidate("b"), candidate("c"), candidate("a")]) == ["a", "b", "c"]


def test_each_place_comes_with_its_reasons_and_their_values():
    told = candidate("told", open_beds=8, open_cases=2, is_on_duty=True)
    untold = candidate(
        "untold",
        is_partner=False,
        travel_minutes=None,
        open_beds=3,
        bed_state_age_minutes=600,
        able_by=(),
        lacks=("icu-bed", "neurosurgeon"),
        is_on_duty=False,
    )
    first, second = rank([untold, told], TWO_HOURS)
    assert (first.position, second.position) == (1, 2)
    assert first.reasons == (
        Reason(ReasonCode.PARTNER),
        Reason(ReasonCode.ABLE, ("cath-lab",)),
        Reason(ReasonCode.TRAVEL, 30),
        Reason(ReasonCode.LOAD, 0.25),
        Reason(ReasonCode.ON_DUTY),
    )
    assert second.reasons == (
        Reason(ReasonCode.NOT_PARTNER),
        Reason(ReasonCode.LACKING, ("icu-bed", "neurosurgeon")),
        Reason(ReasonCode.TRAVEL_NOT_KNOWN),
        Reason(ReasonCode.BEDS_OUTDATED, 600),
        Reason(ReasonCode.NOBODY_ON_DUTY),
    )


def test_what_nobody_told_is_said_to_be_not_known():
    (entry,) = rank([Candidate("quiet", True, 10, None, None, 3)], TWO_HOURS)
    assert [reason.code for reason in entry.reasons] == [
        ReasonCode.PARTNER,
        ReasonCode.ABILITY_NOT_KNOWN,
        ReasonCode.TRAVEL,
        ReasonCode.BEDS_NOT_KNOWN,
        ReasonCode.DUTY_NOT_KNOWN,
    ]


def test_two_candidates_with_one_key_are_refused():
    with pytest.raises(DuplicateCandidateError, match="The key 'a' stands for 2 candidates"):
        rank([candidate("a"), candidate("b"), candidate("a", travel_minutes=1)], TWO_HOURS)


@pytest.mark.parametrize(
    "facts",
    [{"open_cases": -1}, {"open_beds": -1}, {"travel_minutes": -1}, {"bed_state_age_minutes": math.nan}],
)
def test_impossible_numbers_are_refused(facts):
    with pytest.raises(NegativeQuantityError):
        candidate("a", **facts)


def test_a_limit_of_age_below_nothing_is_refused():
    with pytest.raises(NegativeQuantityError, match="limit for the age of a bed state is -1"):
        RankingParameters(bed_state_limit_minutes=-1)


@given(candidate_lists, parameter_sets, st.randoms())
def test_the_order_given_does_not_matter(several, parameters, shuffler):
    shuffled = list(several)
    shuffler.shuffle(shuffled)
    assert rank(shuffled, parameters) == rank(several, parameters)


@given(candidate_lists, parameter_sets)
def test_nobody_is_dropped_and_each_has_one_place_and_a_reason_for_each_criterion(several, parameters):
    ranked = rank(several, parameters)
    assert sorted(entry.candidate.key for entry in ranked) == sorted(entry.key for entry in several)
    assert [entry.position for entry in ranked] == list(range(1, len(several) + 1))
    assert all(len(entry.reasons) == len(Criterion) for entry in ranked)


@given(candidate_lists, candidates, parameter_sets)
def test_a_further_candidate_leaves_the_others_in_their_order(several, further, parameters):
    others = [entry for entry in several if entry.key != further.key]
    with_further = [key for key in order_of([*others, further], parameters) if key != further.key]
    assert with_further == order_of(others, parameters)


@given(candidate_lists)
def test_by_default_no_partner_stands_behind_another_and_among_partners_no_able_one_behind_one_that_is_not(several):
    places = [(not entry.candidate.is_partner, entry.candidate.ability) for entry in rank(several, TWO_HOURS)]
    worth = {Ability.ABLE: 0, Ability.NOT_KNOWN: 1, Ability.LACKING: 2}
    numbers = [(other, worth[ability]) for other, ability in places]
    assert numbers == sorted(numbers)
