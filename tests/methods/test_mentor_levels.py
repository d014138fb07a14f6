"""Levels of supervision: what the logbook holds for each, and which level holds on a day."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.errors import NegativeQuantityError
from lianyi.methods.mentor_levels import LEVELS, Level, LevelNeeds, LogbookCases, SignedLevel, evidence_for, level_on

NEEDS = LevelNeeds(observed=2, assisted=3, supervised=5)
START = datetime.date(2024, 1, 1)
LINES = st.lists(st.builds(LogbookCases, st.sampled_from(Level), st.integers(1, 5)), max_size=10)
DAYS = st.integers(0, 400).map(lambda days: START + datetime.timedelta(days=days))


def test_each_level_asks_for_cases_at_the_levels_that_lead_to_it():
    lines = [LogbookCases(Level.OBSERVE, 2), LogbookCases(Level.ASSIST, 3), LogbookCases(Level.DIRECT, 4)]
    found = {level: evidence_for(level, lines, NEEDS) for level in LEVELS}
    assert [(each.has, each.needs) for each in found.values()] == [(9, 0), (9, 2), (7, 3), (4, 3), (4, 5)]
    assert [level for level, each in found.items() if each.is_enough] == [*LEVELS[:4]]


def test_cases_below_zero_are_refused():
    with pytest.raises(NegativeQuantityError):
        LevelNeeds(observed=0, assisted=-1, supervised=0)


@given(LINES, st.builds(LogbookCases, st.sampled_from(Level), st.integers(1, 5)), st.sampled_from(Level))
def test_one_more_case_never_takes_evidence_away(lines, more, level):
    assert evidence_for(level, [*lines, more], NEEDS).has >= evidence_for(level, lines, NEEDS).has


@given(LINES)
def test_looking_on_and_assisting_never_lead_to_alone(lines):
    lower = [line for line in lines if line.level in (Level.OBSERVE, Level.ASSIST)]
    assert evidence_for(Level.ALONE, lower, NEEDS).has == 0


@given(st.lists(st.tuples(DAYS, st.sampled_from(Level)), max_size=8), DAYS, st.randoms(use_true_random=False))
def test_the_level_of_a_day_does_not_depend_on_the_order_of_signing(days, day, random):
    signed = [SignedLevel(key, since, level) for key, (since, level) in enumerate(days)]
    shuffled = list(signed)
    random.shuffle(shuffled)
    found = level_on(signed, day)
    assert level_on(shuffled, day) == found
    assert (found is None) == all(each.since > day for each in signed)
