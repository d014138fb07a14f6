"""Ages of what is open, in bands that touch and leave no day out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.action_ages import AGE_BANDS, age_band
from lianyi.methods.errors import NegativeQuantityError


def test_the_bands_follow_one_another_without_a_gap() -> None:
    assert all(one.last_day is not None and one.last_day + 1 == other.first_day for one, other in pairwise(AGE_BANDS))
    assert (AGE_BANDS[0].first_day, AGE_BANDS[-1].last_day) == (0, None)


@given(st.integers(0, 40_000))
def test_every_age_lies_in_the_one_band_that_holds_it(days: int) -> None:
    holding = [
        band for band in AGE_BANDS if band.first_day <= days and (band.last_day is None or days <= band.last_day)
    ]
    assert holding == [age_band(days)]


def test_what_is_over_has_no_band_and_nothing_is_younger_than_today() -> None:
    assert age_band(None) is None
    with pytest.raises(NegativeQuantityError):
        age_band(-1)
