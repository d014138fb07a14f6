"""Shares of essential medicines: the constructed centre, sums of lines, limits met to the last item."""

from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.errors import MedicineLineError, NegativeQuantityError, ShareBoundsError, SurveyLengthError
from lianyi.methods.medicine_shares import MedicineShare, PartOfWhole, judge, sums_of_lines
from lianyi.rules.medicine_shares import load_medicine_shares

VARIETY, VALUE = MedicineShare.VARIETY, MedicineShare.VALUE
# A constructed centre: 312 of 340 specifications, 1.26 of 1.50 million yuan.
CENTRE = {VARIETY: PartOfWhole(312, 340), VALUE: PartOfWhole(Decimal(1260000), Decimal(1500000))}

LINES = st.lists(
    st.tuples(
        st.sampled_from(["Ceheng", "Shizhu"]),
        st.sampled_from("abcdef"),
        st.one_of(st.none(), st.floats(0, 1e6)),
    ),
    min_size=1,
    max_size=20,
)


def sums_of(lines):
    facilities, medicines, values = zip(*lines, strict=True)
    return sums_of_lines(facilities, medicines, [float(each in "abc") for each in medicines], value=values)


def test_the_worked_example_gives_the_shares_of_the_text():
    assert {share: round(100 * part.value, 2) for share, part in CENTRE.items()} == {VARIETY: 91.76, VALUE: 84.00}


def test_a_township_centre_passes_the_share_of_its_tier_and_value_is_shown_and_not_judged():
    rules = load_medicine_shares().on(datetime.date(2026, 11, 23))
    least = {MedicineShare(name): share for name, share in rules.least("primary").items()}
    found = judge(CENTRE, least)
    assert [(each.share, each.least, each.is_met) for each in found] == [
        (VARIETY, 0.9, True),
        (MedicineShare.VOLUME, None, None),
        (VALUE, None, None),
        (MedicineShare.PRESCRIPTIONS, None, None),
    ]


@pytest.mark.parametrize(("essential", "met"), [(306, True), (305, False)])
def test_nine_tenths_exactly_are_enough(essential, met):
    assert judge({VARIETY: PartOfWhole(essential, 340)}, {VARIETY: 0.9})[0].is_met is met


def test_a_share_of_nothing_or_of_something_unknown_is_unknown():
    for part in (PartOfWhole(0, 0), PartOfWhole(None, 5), PartOfWhole(5, None)):
        assert (part.value, judge({VARIETY: part}, {VARIETY: 0.9})[0].is_met) == (None, None)


def test_lines_add_up_and_a_specification_in_two_lines_is_one_item():
    sums = sums_of_lines(
        ["Ceheng", "Ceheng", "Ceheng", "Shizhu"],
        ["m1", "m2", "m2", "m2"],
        [1, 0, 0, 0],
        volume=[10, 5, 5, 8],
        value=[300, 60, 40, None],
    )
    assert sums.facilities == ("Ceheng", "Shizhu")
    assert sums.part(0, VARIETY) == PartOfWhole(1.0, 2.0)
    assert sums.part(0, MedicineShare.VOLUME).value == 0.5
    assert sums.part(0, VALUE).value == 0.75
    assert sums.part(1, VARIETY).value == 0
    assert sums.part(1, VALUE) == PartOfWhole(None, None)


def test_one_line_without_a_value_leaves_the_value_of_its_facility_unknown():
    sums = sums_of([("Ceheng", "a", 5.0), ("Ceheng", "d", None), ("Shizhu", "a", 5.0)])
    assert sums.part(0, VALUE).value is None
    assert sums.part(1, VALUE).value == 1
    assert sums.part(0, VARIETY).value == 0.5


@given(LINES, st.randoms(use_true_random=False), st.sampled_from([0.5, 2.0, 1024.0]))
def test_neither_the_order_of_lines_nor_the_unit_of_money_changes_a_share(lines, random, factor):
    changed = [(place, item, None if value is None else value * factor) for place, item, value in lines]
    one, other = sums_of(lines), sums_of(random.sample(changed, len(changed)))
    for at, facility in enumerate(one.facilities):
        there = other.facilities.index(facility)
        for share in (VARIETY, VALUE):
            before, after = one.part(at, share).value, other.part(there, share).value
            assert after == (None if before is None else pytest.approx(before, rel=1e-9))


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"essential": [1, 2]}, "Record 2: essential is 2"),
        ({"essential": [1, np.nan]}, "Record 2: essential is nan"),
        ({"specifications": ["m", "m"], "essential": [1, 0]}, "Record 2: the medicine is essential in one line"),
        ({"value": [1, -1]}, "Record 2: the value is -1"),
        ({"volume": [np.inf, 1]}, "Record 1: the volume is inf"),
    ],
)
def test_a_line_that_cannot_be_is_told_with_its_record(columns, told):
    usual = {"facilities": ["a", "a"], "specifications": ["m", "n"], "essential": [1, 0]}
    with pytest.raises(MedicineLineError, match=told):
        sums_of_lines(**{**usual, **columns})


def test_a_part_that_is_larger_than_its_whole_or_negative_is_refused():
    with pytest.raises(ShareBoundsError, match="341 of 340"):
        PartOfWhole(341, 340)
    with pytest.raises(NegativeQuantityError, match="essential is -1"):
        PartOfWhole(-1, 340)
    with pytest.raises(SurveyLengthError, match="no line at all"):
        sums_of_lines([], [], [])
