"""Proposition 99 as published, and the same figures as statsmodels gives for it and for invented counts."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.stats.stattools import durbin_watson as peers_durbin_watson
from tests.methods.interrupted_series.invented_series import sicily_like
from tests.proposition_99 import PACKS

from lianyi.methods.interrupted_series import (
    Impact,
    SegmentedModel,
    durbin_watson,
    fit_counts,
    fit_gaussian,
    ljung_box,
)

CALIFORNIA = SegmentedModel(points=31, start=19)
BAN = SegmentedModel(points=59, start=36, harmonic_pairs=2, impact=Impact.LEVEL)


def same(value):
    return pytest.approx(value, rel=1e-8, abs=1e-9)


def term(fits, name):
    found = fits.term(name)
    return found.values[0], found.standard_errors[0]


def test_proposition_99_with_one_lag_is_as_the_paper_of_itsa_prints_it():
    fits = fit_gaussian(CALIFORNIA, PACKS, lag=1)
    assert term(fits, "intercept")[0] == pytest.approx(132.2258, abs=5e-5)
    assert term(fits, "slope") == (pytest.approx(-1.779474, abs=5e-7), pytest.approx(0.3834188, abs=5e-8))
    assert term(fits, "level_change") == (pytest.approx(-20.0581, abs=5e-5), pytest.approx(4.724394, abs=2e-6))
    assert term(fits, "slope_change") == (pytest.approx(-1.494652, abs=5e-7), pytest.approx(0.4368201, abs=1e-7))
    after = fits.combination({"slope": 1, "slope_change": 1})
    assert (after.values[0], after.standard_errors[0]) == (
        pytest.approx(-3.274126, abs=5e-7),
        pytest.approx(0.268804, abs=5e-7),
    )
    low, high = fits.term("level_change").interval()
    assert (low[0], high[0]) == (pytest.approx(-29.7518, abs=6e-5), pytest.approx(-10.3644, abs=6e-5))
    assert fits.degrees_of_freedom[0] == 27


def test_proposition_99_without_a_lag():
    fits = fit_gaussian(CALIFORNIA, PACKS, lag=0)
    errors = [term(fits, name)[1] for name in ("slope", "level_change", "slope_change")]
    assert errors == [
        pytest.approx(0.3043859, abs=1e-6),
        pytest.approx(3.6224125, abs=2e-6),
        pytest.approx(0.3864265, abs=1e-6),
    ]
    assert durbin_watson(fits.residuals)[0] == pytest.approx(0.535, abs=5e-4)


@pytest.mark.parametrize("lag", [0, 1, 6])
def test_least_squares_and_newey_west_are_those_of_statsmodels(lag):
    fits = fit_gaussian(CALIFORNIA, PACKS, lag)
    peer = sm.OLS(np.array(PACKS), fits.design.matrix[0]).fit(
        cov_type="HAC", cov_kwds={"maxlags": lag, "use_correction": True}, use_t=True
    )
    assert fits.coefficients[0] == same(peer.params)
    assert np.sqrt(np.diag(fits.covariances[0])) == same(peer.bse)
    assert fits.term("slope_change").p_values()[0] == same(peer.pvalues[3])
    assert fits.dispersion[0] == same(peer.scale)
    assert durbin_watson(fits.residuals)[0] == same(peers_durbin_watson(peer.resid))
    boxed = acorr_ljungbox(peer.resid, lags=[6])
    mine = ljung_box(fits.residuals, 6)
    assert (mine.statistic[0], mine.p_values[0]) == (same(boxed["lb_stat"].iloc[0]), same(boxed["lb_pvalue"].iloc[0]))


@pytest.mark.parametrize("family", ["poisson", "quasipoisson"])
def test_counts_with_a_population_are_those_of_statsmodels(family):
    deaths, offsets = sicily_like()
    fits = fit_counts(BAN, deaths, offsets, family=family)
    peer = sm.GLM(deaths, fits.design.matrix[0], sm.families.Poisson(), offset=offsets).fit(
        scale="X2" if family == "quasipoisson" else 1.0, tol=1e-14, maxiter=100
    )
    assert fits.coefficients[0] == same(peer.params)
    assert np.sqrt(np.diag(fits.covariances[0])) == same(peer.bse)
    assert fits.dispersion[0] == same(peer.pearson_chi2 / peer.df_resid)
    low, high = fits.term("level_change").interval()
    assert (low[0], high[0]) == same(tuple(peer.conf_int()[2]))


@pytest.mark.parametrize("lag", [0, 3, 6])
def test_newey_west_of_counts_is_that_of_statsmodels(lag):
    deaths, offsets = sicily_like()
    fits = fit_counts(BAN, deaths, offsets, lag=lag)
    peer = sm.GLM(deaths, fits.design.matrix[0], sm.families.Poisson(), offset=offsets).fit(
        cov_type="HAC", cov_kwds={"maxlags": lag, "use_correction": True}, tol=1e-14, maxiter=100
    )
    assert np.sqrt(np.diag(fits.covariances[0])) == same(peer.bse)


def test_an_invented_ban_is_found_and_its_interval_is_too_short_without_the_dispersion():
    """The series of Sicily may not be shipped; this one is made in its shape, with a true ratio of 0.887."""
    deaths, offsets = sicily_like()
    plain, quasi = (fit_counts(BAN, deaths, offsets, family=family) for family in ("poisson", "quasipoisson"))
    low, high = np.exp(quasi.term("level_change").interval())
    assert low[0] < math.exp(-0.12) < high[0] < 1
    width = [np.ptp(fits.term("level_change").interval()) for fits in (plain, quasi)]
    assert width[1] / width[0] == same(math.sqrt(quasi.dispersion[0]))
    assert quasi.dispersion[0] > 1.3


def test_a_controlled_series_has_the_terms_of_linden_and_is_that_of_statsmodels_for_each_group():
    generator = np.random.default_rng(11)
    both = generator.normal(size=(2, 40)) + np.arange(40) * 0.3
    both[1, 25:] += 4
    model = SegmentedModel(points=40, start=25, is_controlled=True)
    fits = fit_gaussian(model, both, lag=2)
    assert fits.design.names == (
        *("intercept", "slope", "level_change", "slope_change"),
        *("group", "group_slope", "group_level_change", "group_slope_change"),
    )
    x = fits.design.matrix.reshape(80, 8)
    groups = np.repeat([0, 1], 40)
    peer = sm.OLS(both.ravel(), x).fit(
        cov_type="hac-panel",
        cov_kwds={"groups": groups, "maxlags": 2, "use_correction": "hac", "df_correction": False},
        use_t=True,
    )
    assert fits.coefficients[0] == same(peer.params)
    assert np.sqrt(np.diag(fits.covariances[0])) == same(peer.bse)
    alone = [fit_gaussian(SegmentedModel(points=40, start=25), row, lag=2) for row in both]
    change = [each.term("level_change").values[0] for each in alone]
    assert fits.term("group_level_change").values[0] == same(change[1] - change[0])
