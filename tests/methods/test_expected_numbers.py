"""Expected numbers of basic public health services: the township of 20,000 people, and properties."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.errors import NegativeQuantityError, ShareBoundsError
from lianyi.methods.expected_numbers import expected_number
from lianyi.rules.expected_numbers import load_expected_numbers

SHARES = st.lists(st.decimals("0.001", 1, places=3), min_size=1, max_size=3)
POPULATIONS = st.integers(0, 2_000_000)


def of_township(code, population=20_000):
    rules = load_expected_numbers().on(datetime.date(2026, 11, 23))
    group = next(each for each in rules.groups if each.code == code)
    return expected_number(population, group.shares, group.least_managed)


@pytest.mark.parametrize(
    ("code", "expected", "target"),
    [
        ("hypertension", 3_196, Decimal("1118.6")),
        ("diabetes", 1_649, Decimal("362.78")),
        ("elderly", 2_000, 1_300),
    ],
)
def test_a_township_of_20000_has_the_numbers_of_the_text(code, expected, target):
    found = of_township(code)
    assert (found.expected, found.target) == (expected, Fraction(target))


def test_managed_people_stand_against_the_target_and_say_how_many_are_missing():
    managed = of_township("hypertension").managed(1_000)
    assert (managed.is_reached, managed.missing, managed.rate) == (False, 119, Fraction(1_000, 3_196))
    enough = of_township("hypertension").managed(1_119)
    assert (enough.is_reached, enough.missing) == (True, 0)


def test_people_whom_nobody_has_counted_are_unknown_and_not_zero():
    managed = of_township("elderly").managed(None)
    assert (managed.rate, managed.is_reached, managed.missing) == (None, None, None)


def test_more_people_than_expected_are_a_rate_above_one():
    assert of_township("elderly").managed(2_500).rate == Fraction(5, 4)
    assert of_township("elderly", population=0).managed(3).rate is None


@given(POPULATIONS, SHARES, st.randoms(use_true_random=False), st.integers(1, 50))
def test_the_order_of_shares_changes_nothing_and_people_add_up(population, shares, random, times):
    one = expected_number(population, shares, Decimal("0.35"))
    assert expected_number(population, random.sample(shares, len(shares)), Decimal("0.35")) == one
    assert expected_number(population * times, shares, Decimal("0.35")).expected == one.expected * times
    assert one.target <= one.expected <= population


@given(POPULATIONS, SHARES, st.integers(0, 5_000))
def test_as_many_more_as_are_missing_reach_the_target_and_one_less_does_not(population, shares, people):
    found = expected_number(population, shares, Decimal("0.35"))
    missing = found.managed(people).missing
    assert found.managed(people + missing).is_reached
    assert missing == 0 or not found.managed(people + missing - 1).is_reached


def test_what_cannot_be_is_refused():
    with pytest.raises(NegativeQuantityError, match="population"):
        expected_number(-1, [Decimal("0.5")], Decimal("0.5"))
    with pytest.raises(NegativeQuantityError, match="managed"):
        of_township("elderly").managed(-1)
    with pytest.raises(ShareBoundsError, match="No share of the population"):
        expected_number(1, [], Decimal("0.5"))
    with pytest.raises(ShareBoundsError, match="85 is no share"):
        expected_number(1, [Decimal(85)], Decimal("0.5"))
