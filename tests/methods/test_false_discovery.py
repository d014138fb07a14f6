"""False discovery among many tests, against the example of the paper that proposed it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.errors import NegativeQuantityError, ProbabilityError
from lianyi.methods.false_discovery import adjusted_p_values, false_share_bound

# Benjamini and Hochberg (1995), section 4: fifteen tests of thrombolysis after infarction; four are kept at 5 %.
PAPER = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
]  # fmt: skip


def test_four_of_fifteen_are_kept_as_in_the_paper():
    adjusted = adjusted_p_values(PAPER)

    assert int((adjusted <= 0.05).sum()) == 4
    assert adjusted[3] == pytest.approx(0.0095 * 15 / 4)
    assert adjusted[-1] == 1.0


def test_a_test_that_was_not_made_does_not_count():
    adjusted = adjusted_p_values([0.01, math.nan, 0.04])

    assert adjusted[[0, 2]].tolist() == pytest.approx([0.02, 0.04])
    assert math.isnan(adjusted[1])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusting_keeps_the_order_and_never_lowers(values):
    adjusted = adjusted_p_values(values)
    order = np.argsort(values, kind="stable")

    assert (adjusted >= np.array(values) - 1e-15).all()
    assert (np.diff(adjusted[order]) >= -1e-15).all()


def test_the_share_that_may_be_false():
    assert false_share_bound(140, 44.8) == pytest.approx(0.32)
    assert false_share_bound(10, 44.8) == 1.0
    assert false_share_bound(0, 44.8) is None


def test_what_is_no_probability_or_number_is_refused():
    with pytest.raises(ProbabilityError, match=r"1\.5 is no p value"):
        adjusted_p_values([0.1, 1.5])
    with pytest.raises(NegativeQuantityError, match="expected by chance is -1"):
        false_share_bound(3, -1)
