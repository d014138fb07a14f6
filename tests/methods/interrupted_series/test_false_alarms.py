"""How often each method reports a change that is none: the shares that the cautions state, measured again.

Sixty months, a step after 36, two pairs of harmonics, counts that vary more than Poisson's, 5 % nominal.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.methods.interrupted_series.invented_series import MONTHS, START, rates_that_follow_one_another

from lianyi.methods.interrupted_series import SegmentedModel, fit_counts, fit_gaussian, fit_log_rates
from lianyi.methods.interrupted_series.cautions import (
    NEWEY_WEST_ALARMS,
    POISSON_ALARMS,
    QUASI_POISSON_ALARMS,
    REML_ALARMS,
)

MODEL = SegmentedModel(points=MONTHS, start=START, harmonic_pairs=2)
CORRELATIONS = (0.0, 0.3, 0.6)
MOST = 0.085
METHODS = {
    "poisson": (lambda y: fit_counts(MODEL, y, family="poisson"), POISSON_ALARMS),
    "quasi-poisson": (lambda y: fit_counts(MODEL, y), QUASI_POISSON_ALARMS),
    "newey-west": (lambda y: fit_gaussian(MODEL, np.log(y), 6), NEWEY_WEST_ALARMS),
    "reml": (lambda y: fit_log_rates(MODEL, y), REML_ALARMS),
}


def alarms(fits, name="level_change"):
    return float((fits.term(name).p_values() < 0.05).mean())


@pytest.mark.parametrize("correlation", CORRELATIONS)
def test_the_usual_method_keeps_false_alarms_of_level_and_slope_near_the_nominal_share(correlation):
    fits = fit_log_rates(MODEL, rates_that_follow_one_another(2000, correlation, seed=60))
    noise = 3 * np.sqrt(MOST * (1 - MOST) / 2000)
    for name in ("level_change", "slope_change"):
        assert alarms(fits, name) <= MOST + noise


def test_newey_west_raises_at_least_twice_as_many_false_alarms_as_the_usual_method():
    counts = rates_that_follow_one_another(1000, 0.6, seed=61)
    assert alarms(fit_gaussian(MODEL, np.log(counts), 6)) > 2 * alarms(fit_log_rates(MODEL, counts))


@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_a_true_step_is_covered_as_often_as_the_interval_says(correlation):
    counts = rates_that_follow_one_another(2000, correlation, seed=62)
    counts[:, START:] = np.round(counts[:, START:] * 0.8)
    low, high = fit_log_rates(MODEL, counts).term("level_change").interval()
    covered = float(((low <= np.log(0.8)) & (np.log(0.8) <= high)).mean())
    assert 0.90 <= covered <= 0.97


@pytest.mark.long
@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("place", range(3), ids=[f"correlation {rho:g}" for rho in CORRELATIONS])
def test_the_shares_of_false_alarms_that_are_stated_are_those_that_are_measured(name, place):
    fit, stated = METHODS[name]
    measured = alarms(fit(rates_that_follow_one_another(20_000, CORRELATIONS[place], seed=63)))
    # Poisson's hang on how much wider than Poisson's the counts are, which the published measurement does not tell.
    near = {"reml": 0.005, "poisson": 0.07}.get(name, 0.04)
    assert measured == pytest.approx(stated[place] / 100, abs=near)
    if name == "reml":
        assert measured <= MOST
