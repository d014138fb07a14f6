"""What holds for every table: bounds, scale, order of rows, splitting of rows, sums of parts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.columns import whole_number_codes
from lianyi.methods.distribution import (
    agglomeration,
    concentration_index,
    gini,
    gini_of_values,
    grouped_concentration_index,
    lorenz_curve,
    theil_l,
    theil_t,
)

figures = st.floats(0.01, 1e6)
whole_numbers = st.lists(st.one_of(st.integers(-20, 20), st.integers(-(2**62), 2**62)), min_size=1)
rows = st.tuples(figures, figures, figures, st.sampled_from("ABC"), st.sampled_from("xyz"))
tables = st.lists(rows, min_size=1, max_size=25)
factors = st.floats(1e-3, 1e3)


def columns(table):
    resource, base, area, region, city = zip(*table, strict=True)
    return np.array(resource), np.array(base), np.array(area), {"region": region, "city": city}


def about(value):
    return pytest.approx(value, rel=1e-9, abs=1e-11)


@given(tables)
def test_indices_lie_within_their_bounds(table):
    resource, base, area, levels = columns(table)
    assert 0 <= gini(resource, base) <= 1
    assert theil_l(resource, base, levels).value >= 0
    assert 0 <= theil_t(resource, base, levels).value <= math.log(base.sum() / base.min()) + 1e-9
    assert -1 <= concentration_index(resource, area, base) <= 1


@given(tables, factors, factors)
def test_units_do_not_matter(table, of_resource, of_base):
    resource, base, area, levels = columns(table)
    assert gini(resource * of_resource, base * of_base) == about(gini(resource, base))
    for theil in (theil_l, theil_t):
        assert theil(resource * of_resource, base * of_base, levels).value == about(theil(resource, base, levels).value)
    first, second = agglomeration(resource, base, area), agglomeration(resource * of_resource, base, area * of_base)
    np.testing.assert_allclose(first.hrad, second.hrad)


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(table, random):
    shuffled = random.sample(table, len(table))
    resource, base, area, levels = columns(table)
    other, other_base, other_area, other_levels = columns(shuffled)
    assert gini(resource, base) == about(gini(other, other_base))
    assert theil_l(resource, base, levels).between == about(theil_l(other, other_base, other_levels).between)
    # Ranks that are equal are shared, so their order does not matter either.
    ranks, other_ranks = np.round(np.log10(area)), np.round(np.log10(other_area))
    assert concentration_index(resource, ranks, base) == about(concentration_index(other, other_ranks, other_base))


@given(tables, st.integers(2, 5))
def test_a_place_cut_into_like_parts_changes_nothing(table, parts):
    resource, base, area, _levels = columns(table)
    cut = [np.repeat(column, parts) / parts for column in (resource, base)]
    assert gini(*cut) == about(gini(resource, base))
    assert theil_l(*cut).value == about(theil_l(resource, base).value)
    assert theil_t(*cut).value == about(theil_t(resource, base).value)
    per_person = resource / base
    assert concentration_index(np.repeat(per_person, parts), np.repeat(area, parts), cut[1]) == about(
        concentration_index(per_person, area, base)
    )


@given(tables)
def test_the_parts_of_theil_sum_to_the_whole_and_none_is_negative(table):
    resource, base, _area, levels = columns(table)
    for theil in (theil_l, theil_t):
        found = theil(resource, base, levels)
        assert math.fsum(part.value for part in found.components) == about(found.value)
        assert min(part.value for part in found.components) >= 0
        assert found.value == about(theil(resource, base).value)
        assert math.fsum(group.between + group.within for group in found.groups) == about(found.value)
        if found.between_share is not None:
            assert found.between_share + found.within_share == about(1)
            assert math.fsum(group.share for group in found.groups) == pytest.approx(1, abs=1e-3)


@given(tables)
def test_theil_is_the_sum_of_its_definition(table):
    resource, base, _area, _levels = columns(table)
    p, y = base / base.sum(), resource / resource.sum()
    assert theil_l(resource, base).value == about(math.fsum(p * np.log(p / y)))
    assert theil_t(resource, base).value == about(math.fsum(y * np.log(y / p)))


@given(tables)
def test_gini_is_half_the_mean_difference_over_the_mean(table):
    resource, base, _area, _levels = columns(table)
    each, shares = resource / base, base / base.sum()
    difference = math.fsum((np.abs(each[:, None] - each) * shares[:, None] * shares).ravel())
    assert gini(resource, base) == about(difference / (2 * math.fsum(each * shares)))
    assert gini_of_values(each, base) == about(gini(resource, base))
    assert gini_of_values(each) == about(gini(each, np.ones_like(each)))


@given(tables)
def test_the_curve_hangs_below_the_line_of_equality_and_bends_upwards(table):
    resource, base, _area, _levels = columns(table)
    curve = lorenz_curve(resource, base)
    assert (curve.resource_shares <= curve.base_shares + 1e-12).all()
    slopes = np.diff(curve.resource_shares) / np.diff(curve.base_shares)
    assert (np.diff(slopes) >= -1e-6 * np.abs(slopes[1:])).all()


@given(tables)
def test_both_ways_to_the_concentration_index_agree_and_turning_the_rank_turns_the_sign(table):
    resource, base, area, _levels = columns(table)
    found = concentration_index(resource, area, base)
    assert grouped_concentration_index(resource, area, base) == about(found)
    assert concentration_index(resource, -area, base) == about(-found)
    # Ranked by what is measured, it is the Gini.
    assert concentration_index(resource, resource, base) == about(gini(resource * base, base))


@given(tables, figures)
def test_moving_some_from_those_who_have_more_to_those_who_have_less_lowers_every_index(table, amount):
    resource, base, _area, _levels = columns(table)
    each = resource / base
    richest, poorest = int(np.argmax(each)), int(np.argmin(each))
    gap = each[richest] - each[poorest]
    moved = min(amount, 0.4 * gap * min(base[richest], base[poorest]))
    evened = resource.copy()
    evened[richest] -= moved
    evened[poorest] += moved
    for index in (gini, lambda r, b: theil_l(r, b).value, lambda r, b: theil_t(r, b).value):
        assert index(evened, base) <= index(resource, base) + 1e-12


@given(tables)
def test_agglomerations_weighted_by_area_average_to_one(table):
    resource, base, area, _levels = columns(table)
    found = agglomeration(resource, base, area)
    assert np.average(found.hrad, weights=area) == about(1)
    assert np.average(found.pad, weights=area) == about(1)
    np.testing.assert_allclose(found.ratio, (resource / resource.sum()) / (base / base.sum()))


@given(whole_numbers)
def test_whole_numbers_are_coded_as_sorting_would(numbers):
    array = np.array(numbers, dtype=np.int64)
    different, codes = whole_number_codes(array)
    assert different.tolist() == sorted(set(numbers))
    assert different[codes].tolist() == numbers
