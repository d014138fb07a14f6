from __future__ import annotations

import math
from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.errors import NegativeQuantityError, ProbabilityError, ShareBoundsError
from lianyi.methods.proportions import (
    Share,
    ShownRow,
    binomial_probability,
    clopper_pearson_interval,
    hide_small_cells,
    is_small_cell,
    share_difference,
    wilson_interval,
)

shares = st.integers(1, 400).flatmap(lambda whole: st.builds(Share, st.integers(0, whole), st.just(whole)))
levels = st.sampled_from([0.8, 0.9, 0.95, 0.99])


def rounded(interval, digits=4):
    return round(interval.low, digits), round(interval.high, digits)


# Newcombe, Statistics in Medicine 17 (1998) 857-872, table I: score method without continuity correction (method 3)
# and the "exact" method of Clopper and Pearson (method 5), both at 95 %.
@pytest.mark.parametrize(
    ("numerator", "denominator", "wilson", "clopper_pearson"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_intervals_of_a_share_are_the_published_ones(numerator, denominator, wilson, clopper_pearson):
    assert rounded(wilson_interval(numerator, denominator)) == wilson
    assert rounded(clopper_pearson_interval(numerator, denominator)) == clopper_pearson


# Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10 at 95 %.
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (Share(56, 70), Share(48, 80), (0.0524, 0.3339)),
        (Share(9, 10), Share(3, 10), (0.1705, 0.8090)),
        (Share(6, 7), Share(2, 7), (0.0582, 0.8062)),
        (Share(5, 56), Share(0, 29), (-0.0381, 0.1926)),
        (Share(0, 10), Share(0, 20), (-0.1611, 0.2775)),
        (Share(0, 10), Share(0, 10), (-0.2775, 0.2775)),
        (Share(10, 10), Share(0, 20), (0.6791, 1.0)),
        (Share(10, 10), Share(0, 10), (0.6075, 1.0)),
    ],
)
def test_intervals_of_a_difference_are_the_published_ones(first, second, expected):
    assert rounded(share_difference(first, second).interval) == expected


def test_a_share_of_nothing_is_unknown_and_not_zero():
    nothing = Share(0, 0)
    assert (nothing.value, nothing.interval()) == (None, None)
    assert share_difference(Share(1, 2), nothing) is None
    assert Share(0, 20).value == 0.0
    assert rounded(Share(0, 20).interval()) == (0.0, 0.1611)


def test_a_part_larger_than_the_whole_is_refused():
    with pytest.raises(ShareBoundsError, match="5 of 4 is no share"):
        Share(5, 4)
    with pytest.raises(NegativeQuantityError, match="The numerator is -1"):
        Share(-1, 4)


@pytest.mark.parametrize("make", [wilson_interval, clopper_pearson_interval])
def test_an_interval_of_nothing_is_refused(make):
    with pytest.raises(ShareBoundsError, match="0 of 0 has no interval"):
        make(0, 0)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, math.nan])
def test_a_level_that_is_no_probability_is_refused(level):
    with pytest.raises(ProbabilityError, match="it must lie between 0 and 1, such as"):
        wilson_interval(1, 2, level)
    with pytest.raises(ProbabilityError):
        share_difference(Share(0, 0), Share(1, 2), level)


@given(shares, levels)
def test_an_interval_holds_its_share_and_lies_within_nothing_and_everything(share, level):
    exact = clopper_pearson_interval(share.numerator, share.denominator, level)
    for interval in (share.interval(level), exact):
        assert 0.0 <= interval.low <= share.value <= interval.high <= 1.0
        assert interval.low < interval.high


@given(shares, levels)
def test_the_interval_of_the_other_part_is_the_mirror_image(share, level):
    rest = Share(share.denominator - share.numerator, share.denominator)
    for make in (wilson_interval, clopper_pearson_interval):
        one = make(share.numerator, share.denominator, level)
        other = make(rest.numerator, rest.denominator, level)
        assert one.low == pytest.approx(1 - other.high, abs=1e-9)


@given(shares)
def test_more_confidence_needs_a_wider_interval(share):
    narrow, wide = share.interval(0.9), share.interval(0.99)
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high


@given(shares, levels)
def test_the_limits_of_wilson_solve_the_equation_of_the_score_test(share, level):
    interval = share.interval(level)
    z = math.sqrt(2) * _inverse_error_function(level)
    for limit in (interval.low, interval.high):
        if 0.0 < limit < 1.0:
            distance = abs(share.value - limit)
            assert distance == pytest.approx(
                z * math.sqrt(limit * (1 - limit) / share.denominator), rel=1e-6, abs=1e-12
            )


def _inverse_error_function(value):
    low, high = 0.0, 10.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if math.erf(middle) < value else (low, middle)
    return low


@pytest.mark.parametrize("true_share", [0.01, 0.1, 0.37, 0.5, 0.85])
@pytest.mark.parametrize("trials", [5, 20, 60])
def test_the_exact_interval_keeps_its_level_for_every_true_share(true_share, trials):
    covered = 0.0
    for successes in range(trials + 1):
        interval = clopper_pearson_interval(successes, trials)
        if interval.low <= true_share <= interval.high:
            covered += binomial_probability(successes, trials, true_share)
    assert covered >= 0.95


@given(shares, shares, levels)
def test_a_difference_turns_its_sign_with_the_order(first, second, level):
    there, back = share_difference(first, second, level), share_difference(second, first, level)
    assert there.value == pytest.approx(-back.value)
    assert there.interval.low == pytest.approx(-back.interval.high)
    assert -1 - 1e-12 <= there.interval.low <= there.value <= there.interval.high <= 1 + 1e-12


@given(st.integers(1, 1000), st.floats(0.001, 0.999))
def test_the_probabilities_of_all_counts_sum_to_one(trials, probability):
    total = math.fsum(binomial_probability(count, trials, probability) for count in range(trials + 1))
    assert total == pytest.approx(1.0, abs=1e-10)


def test_probabilities_of_counts_agree_with_whole_numbers():
    for count in range(26):
        assert binomial_probability(count, 25, 0.5) == pytest.approx(math.comb(25, count) / 2**25, rel=1e-12)


# --- small counts -------------------------------------------------------------------------------------------------


def test_a_second_count_hides_the_one_that_the_total_would_betray():
    assert hide_small_cells([3, 12, 40], 5) == ShownRow((None, None, 40), 55)


def test_equal_counts_are_hidden_together_so_that_the_place_betrays_nothing():
    assert hide_small_cells([20, 2, 9, 9], 5) == ShownRow((20, None, None, None), 40)


def test_two_small_counts_protect_one_another_unless_both_are_the_least_or_the_most_they_can_be():
    assert hide_small_cells([1, 2, 40], 5) == ShownRow((None, None, 40), 43)
    assert hide_small_cells([3, 3, 40], 5) == ShownRow((None, None, 40), 46)
    assert hide_small_cells([1, 1, 40, 9], 5) == ShownRow((None, None, 40, None), 51)
    assert hide_small_cells([4, 4, 40, 9], 5) == ShownRow((None, None, 40, None), 57)


def test_nothing_small_nothing_hidden():
    assert hide_small_cells([5, 0, 12], 5) == ShownRow((5, 0, 12), 17)
    assert hide_small_cells([], 5) == ShownRow((), 0)
    assert hide_small_cells([0, 0], 5) == ShownRow((0, 0), 0)


def test_a_row_of_few_people_is_hidden_whole():
    row = hide_small_cells([1, 0, 2], 5)
    assert row == ShownRow((None, None, None), None)
    assert row.hidden == 3


def test_a_row_of_single_people_is_hidden_whole():
    assert hide_small_cells([1, 1, 1, 1, 1, 1], 5) == ShownRow((None,) * 6, None)


def test_a_count_below_nothing_is_refused():
    with pytest.raises(NegativeQuantityError, match="The count is -1"):
        hide_small_cells([3, -1], 5)
    with pytest.raises(NegativeQuantityError, match="The threshold is -1"):
        is_small_cell(3, -1)


@pytest.mark.parametrize(("cells", "most", "threshold"), [(2, 24, 5), (3, 16, 5), (4, 9, 4), (5, 6, 3)])
def test_no_hidden_small_count_can_be_computed_even_by_a_reader_who_knows_the_rules(cells, most, threshold):
    rows_behind = defaultdict(list)
    for counts in product(range(most + 1), repeat=cells):
        rows_behind[hide_small_cells(counts, threshold)].append(counts)
    for shown, rows in rows_behind.items():
        # Near the end of the range the other rows that could be behind it were not walked.
        if shown.total is not None and shown.total > most:
            continue
        for place in range(cells):
            if shown.counts[place] is None:
                assert len({counts[place] for counts in rows}) > 1, (shown, rows)


@given(st.lists(st.integers(0, 60), max_size=8), st.integers(0, 12))
def test_what_is_shown_is_true_and_no_small_count_is_shown(counts, threshold):
    row = hide_small_cells(counts, threshold)
    assert len(row.counts) == len(counts)
    for shown, count in zip(row.counts, counts, strict=True):
        assert shown is None or (shown == count and not is_small_cell(count, threshold))
    assert row.total in (sum(counts), None)
    assert row.total is None or row.hidden != 1
