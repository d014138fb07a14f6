"""Readiness and availability indices against the manual's construction."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.errors import AvailabilityTargetError, ReadinessItemError, SurveyLengthError
from lianyi.methods.readiness import (
    AvailabilityIndicator,
    counted_readiness,
    item_readiness,
    service_availability,
)

DOMAINS = ["amenities", "equipment", "precautions", "diagnostics", "medicines"]
PRESENT, ITEMS = [5, 5, 8, 4, 12], [7, 6, 9, 8, 14]


def test_general_readiness_is_the_mean_of_domains_and_not_of_items():
    """SARA reference manual 2.2, the construction of the general service readiness index; figures constructed."""
    found = counted_readiness(["Ceheng"] * 5, DOMAINS, PRESENT, ITEMS)
    assert found.scores[0] * 100 == pytest.approx([71.43, 83.33, 88.89, 50.00, 85.71], abs=0.005)
    assert found.index[0] * 100 == pytest.approx(75.87, abs=0.005)
    assert sum(PRESENT) / sum(ITEMS) * 100 == pytest.approx(77.27, abs=0.005)


def test_items_one_by_one_give_what_their_counts_give():
    domains = np.repeat(DOMAINS, ITEMS)
    present = np.concatenate([np.arange(items) < there for there, items in zip(PRESENT, ITEMS, strict=True)])
    found = item_readiness(["Ceheng"] * len(domains), domains, present.astype(float))
    assert found.index[0] * 100 == pytest.approx(75.87, abs=0.005)
    assert found.assessed.tolist() == [ITEMS]


def test_what_was_not_assessed_is_not_absent():
    facilities = ["A", "A", "A", "B", "B", "B"]
    domains = ["amenities", "amenities", "equipment"] * 2
    found = item_readiness(facilities, domains, [1, math.nan, 1, 1, 0, math.nan])
    assert found.scores[0].tolist() == [1.0, 1.0]
    assert found.assessed.tolist() == [[1, 1], [2, 0]]
    assert found.index[0] == 1.0
    assert np.isnan(found.index[1])
    assert found.mean_index == 1.0
    assert found.domain_means.tolist() == [0.75, 1.0]
    assert found.domains_complete.tolist() == [0.5, 1.0]
    assert found.complete == 1


def test_where_nothing_was_assessed_there_is_no_index():
    found = item_readiness(["A"], ["amenities"], [math.nan])
    assert found.mean_index is None
    assert np.isnan(found.domain_means).all()
    assert found.complete == 0


@pytest.mark.parametrize("value", [2, 0.5, -1, math.inf])
def test_an_item_is_there_or_not(value):
    with pytest.raises(ReadinessItemError, match="Record 2"):
        item_readiness(["A", "A"], ["amenities"] * 2, [1, value])


@pytest.mark.parametrize(("present", "items"), [(3, 2), (-1, 2), (1, math.inf), (math.nan, 1)])
def test_no_more_items_are_present_than_there_are(present, items):
    with pytest.raises(ReadinessItemError):
        counted_readiness(["A"], ["amenities"], [present], [items])


def test_an_assessment_has_items():
    with pytest.raises(SurveyLengthError):
        item_readiness([], [], [])
    with pytest.raises(SurveyLengthError):
        item_readiness(["A"], ["amenities"], [1, 0])


def test_plenty_of_one_does_not_make_up_for_want_of_another():
    found = service_availability(
        [
            AvailabilityIndicator("infrastructure", "facilities per 10,000", 2, 2),
            AvailabilityIndicator("infrastructure", "beds per 10,000", 50, 25),
            AvailabilityIndicator("infrastructure", "maternity beds per 1,000 pregnancies", 4, 10),
            AvailabilityIndicator("workforce", "core staff per 10,000", 11.5, 23),
            AvailabilityIndicator("use", "outpatient visits per person and year", 1, 5),
            AvailabilityIndicator("use", "discharges per 100 persons and year", 6, 10),
        ]
    )
    assert dict(found.areas) == pytest.approx({"infrastructure": 0.8, "workforce": 0.5, "use": 0.4})
    assert found.index == pytest.approx(1.7 / 3)


@pytest.mark.parametrize(("value", "target"), [(1, 0), (1, -1), (-1, 1), (math.nan, 1), (1, math.inf)])
def test_an_indicator_has_a_target(value, target):
    with pytest.raises(AvailabilityTargetError):
        AvailabilityIndicator("use", "visits", value, target)


def test_an_index_has_indicators():
    with pytest.raises(SurveyLengthError):
        service_availability([])


items = st.lists(
    st.tuples(st.sampled_from("ABC"), st.sampled_from(DOMAINS), st.sampled_from([0.0, 1.0, math.nan])), min_size=1
)


@given(items, st.randoms(use_true_random=False))
def test_shares_lie_between_nothing_and_all_and_the_order_of_rows_does_not_matter(rows, random):
    found = item_readiness(*zip(*rows, strict=True))
    assert ((found.scores >= 0) & (found.scores <= 1) | np.isnan(found.scores)).all()
    other = item_readiness(*zip(*random.sample(rows, len(rows)), strict=True))
    by_facility = dict(zip(other.facilities, other.index.tolist(), strict=True))
    for facility, index in zip(found.facilities, found.index.tolist(), strict=True):
        assert by_facility[facility] == pytest.approx(index, nan_ok=True)


@given(items, st.data())
def test_one_more_item_never_lowers_readiness(rows, data):
    at = data.draw(st.integers(0, len(rows) - 1))
    facility, domain, value = rows[at]
    before = item_readiness(*zip(*rows, strict=True))
    if value != 0.0:
        return
    rows[at] = (facility, domain, 1.0)
    after = item_readiness(*zip(*rows, strict=True))
    assert (np.isnan(before.index) == np.isnan(after.index)).all()
    assert (np.nan_to_num(after.index) >= np.nan_to_num(before.index) - 1e-15).all()
