"""REML with AR(1) errors: the likelihood, the errors and the gaps, each against matrices written out in full."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from tests.methods.interrupted_series.invented_series import rates_that_follow_one_another

from lianyi.methods.interrupted_series import SegmentedModel, SeriesOutcomeError, fit_levels, fit_log_rates

MODEL = SegmentedModel(points=60, start=36, harmonic_pairs=1)


def correlations(times, rho):
    return rho ** np.abs(times[:, None] - times[None])


def by_hand(x, y, times, rho):
    """Return coefficients, their covariance and the restricted likelihood by generalised least squares in full."""
    inverse = np.linalg.inv(correlations(times, rho))
    bread = x.T @ inverse @ x
    coefficients = np.linalg.solve(bread, x.T @ inverse @ y)
    errors = y - x @ coefficients
    left = len(y) - x.shape[1]
    rest = errors @ inverse @ errors
    logarithms = np.linalg.slogdet(bread)[1] + np.linalg.slogdet(correlations(times, rho))[1]
    return coefficients, np.linalg.inv(bread) * rest / left, -0.5 * (left * np.log(rest) + logarithms)


def best_by_hand(x, y, times):
    found = minimize_scalar(
        lambda z: -by_hand(x, y, times, np.tanh(z))[2], bounds=(-2, 2.9), method="bounded", options={"xatol": 1e-9}
    )
    return np.tanh(found.x)


def spread_by_hand(x, y, times, rho):
    """Return the covariance that allows for rho being estimated, from the same five places of the likelihood."""
    top, step = np.arctanh(rho), 0.05

    def height(z):
        return by_hand(x, y, times, np.tanh(z))[2]

    width = 1 / np.sqrt((2 * height(top) - height(top - step) - height(top + step)) / step**2)
    middle, total, weights = by_hand(x, y, times, rho)[0], 0, 0
    for share in (-2.2, -1.1, 0, 1.1, 2.2):
        z = top + share * width
        there, covariance, _ = by_hand(x, y, times, np.tanh(z))
        weight = np.exp(height(z) - height(top)) * (1 - np.tanh(z) ** 2)
        total = total + weight * (covariance + np.outer(there - middle, there - middle))
        weights += weight
    return total / weights


@pytest.mark.parametrize("missing", [(), (5, 6, 20, 40, 41, 42)], ids=["whole", "with gaps"])
@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_the_fit_is_that_of_matrices_written_out_in_full(correlation, missing):
    counts = rates_that_follow_one_another(1, correlation, seed=3)[0]
    counts[list(missing)] = np.nan
    fits = fit_log_rates(MODEL, counts)
    there = np.isfinite(counts)
    x, y, times = fits.design.matrix[0][there], np.log(counts[there]), np.flatnonzero(there)
    rho = best_by_hand(x, y, times)
    assert fits.autocorrelation[0] == pytest.approx(rho, abs=2e-5)
    estimated = fits.autocorrelation[0]
    coefficients, _covariance, _likelihood = by_hand(x, y, times, estimated)
    assert fits.coefficients[0] == pytest.approx(coefficients, rel=1e-8, abs=1e-10)
    assert fits.covariances[0] == pytest.approx(spread_by_hand(x, y, times, estimated), rel=1e-6, abs=1e-12)
    assert fits.observed[0] == there.sum()


def test_what_is_new_at_each_point_follows_no_other():
    counts = rates_that_follow_one_another(1, 0.6, seed=4)[0]
    fits = fit_log_rates(MODEL, counts)
    errors = np.log(counts) - fits.design.matrix[0] @ fits.coefficients[0]
    rho = fits.autocorrelation[0]
    new = fits.residuals[0, 0]
    assert new[0] == pytest.approx(errors[0])
    assert new[1:] == pytest.approx((errors[1:] - rho * errors[:-1]) / np.sqrt(1 - rho**2))


def test_many_series_at_once_are_each_as_alone_also_with_gaps():
    many = rates_that_follow_one_another(30, 0.3, seed=5)
    many[np.random.default_rng(6).random(many.shape) < 0.05] = np.nan
    together = fit_log_rates(MODEL, many)
    for place in range(0, 30, 7):
        alone = fit_log_rates(MODEL, many[place])
        np.testing.assert_allclose(together.coefficients[place], alone.coefficients[0], rtol=1e-7, atol=1e-10)
        np.testing.assert_allclose(together.covariances[place], alone.covariances[0], rtol=1e-6)


def test_a_series_that_cannot_be_told_is_unknown_and_leaves_the_others_alone():
    many = rates_that_follow_one_another(3, 0.3, seed=5)
    alone = fit_log_rates(MODEL, many[2])
    many[0] = np.nan
    many[1, 36:] = np.nan
    fits = fit_log_rates(MODEL, many)
    assert fits.is_fitted.tolist() == [False, False, True]
    assert np.isnan(fits.term("level_change").p_values()[:2]).all()
    np.testing.assert_allclose(fits.coefficients[2], alone.coefficients[0], rtol=1e-7)


def test_the_outcome_as_it_is_may_be_below_0_and_no_logarithm_is_taken_of_it():
    errors = np.random.default_rng(2).normal(size=60)
    fits = fit_levels(MODEL, errors)
    assert fits.method.link == "identity"
    x, times = fits.design.matrix[0], np.arange(60)
    assert fits.coefficients[0] == pytest.approx(by_hand(x, errors, times, fits.autocorrelation[0])[0], abs=1e-9)
    errors[7] = 0
    with pytest.raises(SeriesOutcomeError, match=r"Series 1, point \d+: the outcome is .*no logarithm"):
        fit_log_rates(MODEL, errors)
