"""Pauses grow, end at an hour, and are the same for the same seed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.errors import NegativeQuantityError
from lianyi.methods.retries import FIRST_PAUSE, LONGEST_PAUSE, pause_before_retry


@given(st.integers(min_value=1, max_value=10_000), st.text(max_size=20))
def test_a_pause_lies_between_the_plain_one_and_a_quarter_more(failures, seed):
    plain = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
    pause = pause_before_retry(failures, seed)
    assert plain <= pause <= plain * 1.25
    assert pause == pause_before_retry(failures, seed)


def test_pauses_double_up_to_an_hour():
    minutes = [int(pause_before_retry(failures, "x") / timedelta(minutes=1)) for failures in range(1, 10)]
    assert minutes == sorted(minutes)
    assert pause_before_retry(20, "x") <= LONGEST_PAUSE * 1.25


def test_two_seeds_do_not_come_back_in_the_same_moment():
    assert len({pause_before_retry(3, str(seed)) for seed in range(50)}) == 50


def test_a_pause_follows_a_failure():
    with pytest.raises(NegativeQuantityError):
        pause_before_retry(0, "x")
