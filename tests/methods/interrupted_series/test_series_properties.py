"""What holds for every series: scale, the origin of time, the order of series, missing points, the unit of time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties import examples

from lianyi.methods.interrupted_series import (
    SegmentedModel,
    effects_at,
    fit_counts,
    fit_gaussian,
    fit_levels,
    fit_log_rates,
)

seeds = st.integers(0, 2**32 - 1)
models = st.builds(
    SegmentedModel,
    points=st.integers(30, 60),
    start=st.integers(12, 18),
    phase_in_points=st.integers(0, 3),
    harmonic_pairs=st.integers(0, 2),
)
METHODS = {
    "newey-west": lambda model, y: fit_gaussian(model, y, 2),
    "reml": fit_levels,
    "log rate": fit_log_rates,
    "quasi-poisson": fit_counts,
    "poisson with newey-west": lambda model, y: fit_counts(model, y, family="poisson", lag=2),
}
every_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


def counts(model, seed, series=3):
    generator = np.random.default_rng(seed)
    season = 0.2 * np.sin(2 * np.pi * np.arange(model.points) / 12)
    return generator.poisson(80 * np.exp(season + 0.1 * generator.normal(size=(series, model.points)))) + 1.0


def close(one, other):
    np.testing.assert_allclose(one, other, rtol=2e-6, atol=1e-8)


def same_fit(one, other):
    close(one.coefficients, other.coefficients)
    close(one.covariances, other.covariances)


@every_method
@examples(15)
@given(model=models, seed=seeds)
def test_the_order_of_series_does_not_matter_and_none_looks_at_another(method, model, seed):
    y = counts(model, seed)
    order = np.random.default_rng(seed).permutation(len(y))
    whole, turned = method(model, y), method(model, y[order])
    close(whole.coefficients[order], turned.coefficients)
    close(whole.covariances[order], turned.covariances)


@examples(15)
@given(models, seeds, st.floats(1e-3, 1e3))
def test_a_unit_of_the_outcome_scales_terms_and_errors_and_leaves_ratios_as_they_are(model, seed, unit):
    y = counts(model, seed)
    for method in (METHODS["newey-west"], METHODS["reml"]):
        plain, scaled = method(model, y), method(model, y * unit)
        close(scaled.coefficients / unit, plain.coefficients)
        close(scaled.covariances / unit**2, plain.covariances)
    plain, scaled = fit_log_rates(model, y), fit_log_rates(model, y * unit)
    close(scaled.coefficients[:, 1:], plain.coefficients[:, 1:])
    close(scaled.coefficients[:, 0] - np.log(unit), plain.coefficients[:, 0])
    same_fit(fit_log_rates(model, y, np.full_like(y, np.log(unit))), fit_log_rates(model, y / unit))


@examples(15)
@given(models, seeds, st.floats(1e-3, 1e3))
def test_quasi_poisson_takes_rates_as_it_takes_counts_with_their_population(model, seed, unit):
    y = counts(model, seed)
    plain, rated = fit_counts(model, y), fit_counts(model, y, np.full_like(y, np.log(unit)))
    close(rated.coefficients[:, 1:], plain.coefficients[:, 1:])
    close(rated.covariances, plain.covariances)


@every_method
@examples(15)
@given(model=models, seed=seeds, more=st.integers(1, 12))
def test_earlier_points_of_which_nothing_is_known_shift_the_origin_and_no_change(method, model, seed, more):
    y = counts(model, seed)
    later = replace(model, points=model.points + more, start=model.start + more)
    padded = np.concatenate([np.full((len(y), more), np.nan), y], axis=1)
    plain, shifted = method(model, y), method(later, padded)
    for name in ("slope", "level_change", "slope_change"):
        one, other = plain.term(name), shifted.term(name)
        close(one.values, other.values)
        close(one.standard_errors, other.standard_errors)


@every_method
@examples(15)
@given(model=models, seed=seeds, step=st.sampled_from([0.25, 3.0, 12.0]))
def test_a_unit_of_time_changes_slopes_and_no_level(method, model, seed, step):
    y = counts(model, seed)
    other = replace(model, start=model.start * step, step=step, season=12 * step)
    plain, turned = method(model, y), method(other, y)
    close(turned.term("level_change").values, plain.term("level_change").values)
    close(turned.term("level_change").standard_errors, plain.term("level_change").standard_errors)
    close(turned.term("slope_change").values * step, plain.term("slope_change").values)


@every_method
@examples(15)
@given(model=models, seed=seeds)
def test_phase_in_is_as_if_these_points_were_missing_with_a_later_start(method, model, seed):
    y = counts(model, seed)
    gone = y.copy()
    first = int(model.start)
    gone[:, first : first + model.phase_in_points] = np.nan
    later = replace(model, start=model.start + model.phase_in_points, phase_in_points=0)
    same_fit(method(model, y), method(later, gone))


@every_method
@examples(15)
@given(model=models, seed=seeds)
def test_a_missing_point_is_not_0(method, model, seed):
    y = counts(model, seed, series=1)
    missing, zero = y.copy(), y.copy()
    place = int(np.random.default_rng(seed).integers(0, int(model.start)))
    missing[0, place], zero[0, place] = np.nan, 0.5
    fits = method(model, missing)
    assert fits.observed[0] == np.isfinite(missing[0]).sum() - model.phase_in_points
    assert np.isnan(fits.residuals[0, 0, place])
    assert abs(fits.coefficients[0, 0] - method(model, zero).coefficients[0, 0]) > 1e-9


@examples(15)
@given(models, seeds)
def test_at_the_centre_the_effect_is_the_change_of_level(model, seed):
    y = counts(model, seed)
    for fits in (fit_gaussian(model, y, 1), fit_log_rates(model, y)):
        found, change = effects_at(fits, [model.centre]), fits.term("level_change")
        if fits.method.link == "identity":
            close(found.absolute.values[:, 0], change.values)
            close(found.absolute.low[:, 0], change.interval()[0])
        else:
            close(found.relative.values[:, 0], np.expm1(change.values))
            close(found.relative.high[:, 0], np.expm1(change.interval()[1]))
        close(found.with_measure.values - found.without.values, found.absolute.values)
