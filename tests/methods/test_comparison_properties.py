"""What holds for every panel: order of rows, names of units, scale, what all units share, missing cells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.panel_makers import drawn_panel
from tests.properties import examples

from lianyi.methods.comparison_groups import (
    Draws,
    PanelColumns,
    dynamic_average,
    group_time_effects,
    panel_of,
    placebo_units,
    simple_average,
    simultaneous_band,
    two_way_fixed_effects,
    wild_cluster_bootstrap,
)

seeds = st.integers(0, 10_000)
factors = st.floats(1e-3, 1e3)


def long_of(panel):
    units, periods = np.indices(panel.outcomes.shape)
    starts = [0 if panel.starts[unit] > 99 else panel.periods[panel.starts[unit]] for unit in units.ravel()]
    return units.ravel(), periods.ravel(), panel.outcomes.ravel(), np.array(starts)


@examples(40)
@given(seeds, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_the_names_of_units_do_not_matter(seed, random):
    units, periods, outcomes, starts = long_of(drawn_panel(seed, units=18, missing=0.1))
    order = np.array(random.sample(range(len(units)), len(units)))
    first, _left_out = panel_of(PanelColumns(units, periods, outcomes, starts))
    names = np.array([f"county {97 * unit % 101}" for unit in units])
    second, _left_out = panel_of(PanelColumns(names[order], periods[order], outcomes[order], starts[order]))
    for average in (simple_average, dynamic_average):
        one, two = (average(group_time_effects(panel)) for panel in (first, second))
        assert one.overall == pytest.approx(two.overall, abs=1e-12)
        assert one.overall_estimate().standard_error == pytest.approx(two.overall_estimate().standard_error)


@examples(40)
@given(seeds, factors, st.floats(-1e3, 1e3))
def test_the_unit_of_measurement_scales_estimate_and_error(seed, factor, shift):
    panel = drawn_panel(seed, starts=(3,), missing=0.1)
    other = replace(panel, outcomes=panel.outcomes * factor + shift)
    one, two = two_way_fixed_effects(panel), two_way_fixed_effects(other)
    assert two.value == pytest.approx(one.value * factor, rel=1e-6, abs=1e-9)
    assert two.standard_error == pytest.approx(one.standard_error * factor, rel=1e-6)
    effects, scaled = group_time_effects(panel), group_time_effects(other)
    np.testing.assert_allclose(scaled.effects, effects.effects * factor, rtol=1e-6, atol=1e-8)


@examples(40)
@given(seeds, st.integers(0, 10_000))
def test_what_all_units_share_and_what_each_unit_brings_change_nothing(seed, other_seed):
    panel = drawn_panel(seed, starts=(3,), missing=0.1)
    generator = np.random.default_rng(other_seed)
    moved = panel.outcomes + generator.normal(size=(24, 1)) * 5 + generator.normal(size=6) * 5
    one, two = two_way_fixed_effects(panel), two_way_fixed_effects(replace(panel, outcomes=moved))
    assert two.value == pytest.approx(one.value, abs=1e-9)
    assert two.standard_error == pytest.approx(one.standard_error, rel=1e-7)
    effects, same = group_time_effects(panel), group_time_effects(replace(panel, outcomes=moved))
    np.testing.assert_allclose(same.effects, effects.effects, atol=1e-9)


@examples(20)
@given(seeds)
def test_an_effect_that_is_added_is_found_whole(seed):
    panel = drawn_panel(seed)
    is_on = panel.starts[:, None] <= np.arange(6)
    more = replace(panel, outcomes=panel.outcomes + 2.5 * is_on)
    before, after = group_time_effects(panel), group_time_effects(more)
    np.testing.assert_allclose(after.effects - before.effects, 2.5 * (before.event_times >= 0), atol=1e-9)
    band, wider = (simultaneous_band(each, Draws(seed=1, count=99)) for each in (before, after))
    assert band.width == pytest.approx(wider.width)


@examples(20)
@given(seeds)
def test_a_missing_cell_is_not_a_zero(seed):
    panel = drawn_panel(seed, starts=(3,))
    gone, zero = panel.outcomes.copy(), panel.outcomes.copy()
    gone[1, 4], zero[1, 4] = np.nan, 0.0
    without = np.delete(np.arange(24), 1)
    at_four = group_time_effects(replace(panel, outcomes=gone))
    cell = int(np.flatnonzero(at_four.periods == 4)[0])
    dropped = group_time_effects(panel.restricted(np.isin(np.arange(24), without)))
    assert at_four.effects[cell] == pytest.approx(dropped.effects[cell])
    assert at_four.treated_units[cell] == group_time_effects(panel).treated_units[cell] - 1
    values = [two_way_fixed_effects(replace(panel, outcomes=each)).value for each in (gone, zero)]
    assert values[0] != pytest.approx(values[1], abs=1e-12)


@examples(15)
@given(seeds)
def test_p_values_lie_between_0_and_1_and_never_reach_0(seed):
    panel = drawn_panel(seed, units=14, starts=(3,))
    assert 0 < wild_cluster_bootstrap(panel, Draws(seed=1, count=99)).p <= 1
    assert 0 < placebo_units(panel, Draws(seed=1, count=99)).p <= 1
