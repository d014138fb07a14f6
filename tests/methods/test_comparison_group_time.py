"""Staggered starts: effects by cohort and period, averages and bands, beside sums written out and a known truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.methods.panel_makers import drawn_panel

from lianyi.methods.comparison_groups import (
    NEVER,
    Covariates,
    Draws,
    Panel,
    calendar_average,
    dynamic_average,
    event_study,
    group_average,
    group_time_effects,
    pre_trend,
    simple_average,
    simultaneous_band,
    two_way_fixed_effects,
)
from lianyi.methods.comparison_groups.errors import CovariateError, NoControlUnitsError
from lianyi.methods.comparison_groups.fixed_effects import regression
from lianyi.methods.comparison_groups.invented import InventedPanel, invented_panel

ALL_AVERAGES = (simple_average, dynamic_average, group_average, calendar_average)


def written_out(panel, cohort, period, is_control):
    """Return one effect and its error as the paper writes them."""
    base = cohort - 1 if period >= cohort else period - 1
    change = panel.outcomes[:, period] - panel.outcomes[:, base]
    is_there = ~np.isnan(change)
    own, others = (panel.starts == cohort) & is_there, is_control & is_there
    effect = change[own].mean() - change[others].mean()
    variance = change[own].var() / own.sum() + change[others].var() / others.sum()
    return effect, np.sqrt(variance)


@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("controls", ["never", "not-yet"])
def test_each_effect_is_the_difference_of_mean_changes(controls, missing):
    panel = drawn_panel(7, units=60, missing=missing)
    found = group_time_effects(panel, controls)
    assert found.effects.size == 10
    for number, (cohort, period) in enumerate(zip(found.cohorts, found.periods, strict=True)):
        base = cohort - 1 if period >= cohort else period - 1
        is_control = ~panel.is_treated
        if controls == "not-yet":
            is_control = (panel.starts > max(base, period)) & (panel.starts != cohort)
        effect, error = written_out(panel, cohort, period, is_control)
        assert found.effects[number] == pytest.approx(effect, abs=1e-12)
        assert found.standard_errors[number] == pytest.approx(error, rel=1e-12)


def test_with_a_common_start_lags_are_those_of_a_regression_on_the_last_period_before():
    panel = drawn_panel(9, units=40, starts=(3,))
    dynamic = dynamic_average(group_time_effects(panel))
    study = event_study(panel)
    lags = {time: each.value for time, each in zip(study.event_times, study.estimates, strict=True) if time >= 0}
    found = dict(zip(dynamic.labels, dynamic.values.tolist(), strict=True))
    assert {time: found[time] for time in lags} == pytest.approx(lags, abs=1e-10)


def test_averages_weigh_cohorts_by_their_units():
    panel = drawn_panel(4, units=31)
    effects = group_time_effects(panel)
    sizes = {cohort: (panel.starts == cohort).sum() for cohort in panel.cohorts.tolist()}
    after = effects.event_times >= 0
    weights = np.array([sizes[cohort] for cohort in effects.cohorts.tolist()])
    expected = np.average(effects.effects[after], weights=weights[after])
    assert simple_average(effects).overall == pytest.approx(expected)
    by_cohort = [effects.effects[after & (effects.cohorts == cohort)].mean() for cohort in sizes]
    assert group_average(effects).overall == pytest.approx(np.average(by_cohort, weights=list(sizes.values())))
    at_one = effects.event_times == 1
    dynamic = dynamic_average(effects)
    assert dynamic.values[dynamic.labels.index(1)] == pytest.approx(
        np.average(effects.effects[at_one], weights=weights[at_one])
    )
    assert dynamic.overall == pytest.approx(dynamic.values[np.array(dynamic.labels) >= 0].mean())


def test_errors_of_averages_are_near_those_of_drawing_units_again():
    panel = drawn_panel(6, units=90)
    generator = np.random.default_rng(8)
    drawn = []
    for _draw in range(400):
        rows = generator.integers(90, size=90)
        again = replace(panel, outcomes=panel.outcomes[rows], starts=panel.starts[rows])
        effects = group_time_effects(again)
        drawn.append([average(effects).overall for average in ALL_AVERAGES])
    effects = group_time_effects(panel)
    expected = [average(effects).overall_estimate().standard_error for average in ALL_AVERAGES]
    assert np.std(drawn, axis=0).tolist() == pytest.approx(expected, rel=0.12)


def test_larger_clusters_sum_what_their_units_add():
    panel = drawn_panel(6, units=60, clusters=10)
    effects = group_time_effects(panel)
    single = group_time_effects(replace(panel, clusters=np.arange(60)))
    summed = np.zeros((effects.effects.size, 10))
    for unit, cluster in enumerate(panel.clusters):
        summed[:, cluster] += single.influence[:, unit]
    np.testing.assert_allclose(effects.influence, summed, atol=1e-12)
    np.testing.assert_allclose(effects.standard_errors, np.sqrt(10 / 9 * (summed**2).sum(axis=1)) / 60)


def test_staggered_starts_bias_two_way_fixed_effects_and_not_the_effects_by_cohort():
    panel, truth = invented_panel(InventedPanel())
    assert (panel.outcomes.shape, panel.cohorts.size) == ((2800, 60), 10)
    is_on = (panel.starts[:, None] <= np.arange(60)).astype(float)
    plain = float(regression(panel, is_on[None]).coefficients[0])
    assert plain / truth < 0.8
    for controls in ("never", "not-yet"):
        effects = group_time_effects(panel, controls)
        assert effects.effects.size == 590
        found = simple_average(effects).overall_estimate()
        assert found.interval.low < truth < found.interval.high
        assert found.value == pytest.approx(truth, rel=0.03)


def test_the_band_is_wider_than_single_intervals_and_the_same_for_a_seed():
    dynamic = dynamic_average(group_time_effects(drawn_panel(6, units=90)))
    band = simultaneous_band(dynamic, Draws(seed=5))
    own = dynamic.estimates()
    assert all(low < each.interval.low for low, each in zip(band.low.tolist(), own, strict=True))
    np.testing.assert_array_equal(band.low, simultaneous_band(dynamic, Draws(seed=5)).low)
    assert band.width != simultaneous_band(dynamic, Draws(seed=6)).width
    assert simultaneous_band(dynamic, Draws(seed=5), confidence=0.8).width < band.width


def test_leads_together_find_a_drift():
    panel = drawn_panel(6, units=90)
    assert pre_trend(dynamic_average(group_time_effects(panel)), Draws(seed=1)).p > 0.05
    drifting = replace(panel, outcomes=panel.outcomes + panel.is_treated[:, None] * np.arange(6))
    assert pre_trend(dynamic_average(group_time_effects(drifting)), Draws(seed=1)).p == 0.001


def covariate_panel(strength=1.0):
    """Return a panel in which treated units have more of something that makes the outcome rise; no true effect."""
    panel = drawn_panel(12, units=600)
    generator = np.random.default_rng(1)
    covariate = generator.normal(size=600) + 0.8 * panel.is_treated
    outcomes = panel.outcomes + strength * covariate[:, None] * np.arange(6)
    values = np.broadcast_to(covariate[:, None], outcomes.shape)[None]
    return replace(panel, outcomes=outcomes), Covariates(values, ("elderly share",))


@pytest.mark.parametrize("adjustment", ["regression", "doubly-robust"])
def test_covariates_take_out_what_they_bring_about(adjustment):
    panel, covariates = covariate_panel()
    plain = simple_average(group_time_effects(panel)).overall_estimate()
    found = simple_average(group_time_effects(panel, "never", covariates, adjustment)).overall_estimate()
    assert plain.interval.low > 0.5
    assert found.interval.low < 0 < found.interval.high


@pytest.mark.parametrize("adjustment", ["regression", "doubly-robust"])
def test_a_covariate_that_is_the_same_for_all_changes_nothing(adjustment):
    panel = drawn_panel(12, units=60)
    same = Covariates(np.ones((1, *panel.outcomes.shape)), ("one",))
    found, plain = group_time_effects(panel, "never", same, adjustment), group_time_effects(panel)
    np.testing.assert_allclose(found.effects, plain.effects, atol=1e-9)
    np.testing.assert_allclose(found.standard_errors, plain.standard_errors, atol=1e-9)


def test_covariates_that_tell_treated_from_controls_or_outnumber_controls_are_refused():
    panel = drawn_panel(12, units=60)
    telling = np.broadcast_to(panel.is_treated[:, None].astype(float), panel.outcomes.shape)[None]
    with pytest.raises(CovariateError, match="without exception"):
        group_time_effects(panel, "never", Covariates(telling, ("treated",)))
    many = Covariates(np.random.default_rng(1).normal(size=(20, *panel.outcomes.shape)), tuple("abcdefghijklmnopqrst"))
    with pytest.raises(CovariateError, match="cannot carry 20"):
        group_time_effects(panel, "never", many)


def test_without_never_treated_units_the_message_names_the_other_controls():
    panel = drawn_panel(6, units=30)
    panel = panel.restricted(panel.is_treated)
    with pytest.raises(NoControlUnitsError, match="not-yet"):
        group_time_effects(panel)
    found = group_time_effects(panel, "not-yet")
    # The last cohort has nobody left to be compared with, and once it has begun the first has neither.
    assert set(zip(found.cohorts.tolist(), found.periods.tolist(), strict=True)) == {
        (2, 1),
        (2, 2),
        (2, 3),
        (4, 1),
    }
    assert found.without_controls == 6


def misses(draw, count, units=60):
    """Return how often interval and band leave out the truth, 0, over so many panels."""
    missed = np.zeros(2)
    for seed in range(count):
        dynamic = dynamic_average(group_time_effects(draw(seed, units)))
        own = dynamic.overall_estimate()
        band = simultaneous_band(dynamic, Draws(seed=1, count=399))
        missed += [own.is_detectable, bool(((band.low > 0) | (band.high < 0)).any())]
    return missed / count


def test_intervals_and_bands_leave_out_the_truth_about_as_often_as_they_say():
    interval, band = misses(drawn_panel, 200)
    assert 0.01 <= interval <= 0.11
    assert 0.005 <= band <= 0.14


@pytest.mark.long
def test_intervals_and_bands_hold_their_level_over_thousands_of_panels():
    interval, band = misses(lambda seed, units: drawn_panel(seed + 10_000, units=units), 3000, units=150)
    assert interval == pytest.approx(0.05, abs=0.015)
    assert band == pytest.approx(0.06, abs=0.025)


@pytest.mark.long
def test_clustered_intervals_of_a_common_start_hold_their_level_with_correlated_clusters():
    missed = 0
    for seed in range(2000):
        panel = drawn_panel(seed, units=200, starts=(3,), clusters=50)
        generator = np.random.default_rng(seed + 50_000)
        shared = generator.normal(size=(50, 6))[panel.clusters]
        starts = np.where(panel.clusters < 25, 3, NEVER)
        missed += two_way_fixed_effects(replace(panel, outcomes=panel.outcomes + shared, starts=starts)).is_detectable
    assert missed / 2000 == pytest.approx(0.05, abs=0.015)


def test_a_unit_named_otherwise_or_standing_elsewhere_changes_nothing():
    panel = drawn_panel(6, units=30, missing=0.1)
    order = np.random.default_rng(2).permutation(30)
    other = Panel(
        panel.outcomes[order],
        panel.starts[order],
        np.arange(30),
        tuple(f"unit {unit}" for unit in order),
        panel.periods,
    )
    np.testing.assert_allclose(group_time_effects(other).effects, group_time_effects(panel).effects)
    one, two = (dynamic_average(group_time_effects(each)) for each in (panel, other))
    np.testing.assert_allclose(one.standard_errors, two.standard_errors)
