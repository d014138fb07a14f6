"""Effects by imputation, and two-way fixed effects of larger panels, beside regressions with a dummy for everything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.methods.panel_makers import drawn_panel

from lianyi.methods.comparison_groups import (
    Covariates,
    group_time_effects,
    imputed_average,
    simple_average,
)
from lianyi.methods.comparison_groups.errors import NoControlUnitsError
from lianyi.methods.comparison_groups.fixed_effects import regression
from lianyi.methods.comparison_groups.invented import InventedPanel, invented_panel

LARGER = invented_panel(InventedPanel(units=300, periods=20, cohorts=4))[0]


def treated_cells(panel):
    return panel.starts[:, None] <= np.arange(len(panel.periods))


def with_dummies(panel, cells):
    """Return a dummy for each unit and period in these cells."""
    unit, period = np.nonzero(cells)
    design = np.zeros((len(unit), sum(panel.outcomes.shape)))
    design[np.arange(len(unit)), unit] = 1
    design[np.arange(len(unit)), len(panel.units) + period] = 1
    return design


@pytest.mark.parametrize("panel", [LARGER, drawn_panel(3, units=60), drawn_panel(3, units=60, missing=0.1)])
def test_the_effect_is_what_a_regression_on_untreated_cells_does_not_expect(panel):
    is_free = panel.is_measured & ~treated_cells(panel)
    design = with_dummies(panel, is_free)
    effects = np.linalg.lstsq(design, panel.outcomes[is_free], rcond=None)[0]
    units = len(panel.units)
    left = panel.outcomes - effects[:units, None] - effects[units:]
    expected = left[panel.is_measured & treated_cells(panel)].mean()
    assert imputed_average(panel).value == pytest.approx(expected, abs=1e-9)


def test_errors_are_near_those_of_drawing_units_again():
    panel = drawn_panel(6, units=90)
    generator = np.random.default_rng(8)
    drawn = []
    for _draw in range(300):
        rows = generator.integers(90, size=90)
        again = replace(panel, outcomes=panel.outcomes[rows], starts=panel.starts[rows])
        drawn.append(imputed_average(again).value)
    assert np.std(drawn) == pytest.approx(imputed_average(panel).standard_error, rel=0.2)


def test_the_truth_of_an_invented_panel_is_found():
    panel, truth = invented_panel(InventedPanel(units=600, periods=30, cohorts=5))
    found = imputed_average(panel)
    assert found.interval.low < truth < found.interval.high
    assert found.value == pytest.approx(truth, rel=0.1)


def test_intervals_leave_out_the_truth_about_as_often_as_they_say():
    missed = [imputed_average(drawn_panel(seed, units=60)).is_detectable for seed in range(300)]
    assert 0.015 <= np.mean(missed) <= 0.1


def test_periods_in_which_everybody_is_treated_are_left_out():
    panel = drawn_panel(3, units=60)
    treated = panel.restricted(panel.is_treated)
    short = treated.restricted(np.ones(len(treated.units), bool), slice(0, 4))
    assert imputed_average(treated).value == pytest.approx(imputed_average(short).value)
    alone = drawn_panel(3, starts=(3,))
    with pytest.raises(NoControlUnitsError, match="nothing can be expected"):
        imputed_average(alone.restricted(alone.is_treated))


def test_fixed_effects_of_a_larger_panel_are_those_of_a_dummy_for_everything():
    cells = treated_cells(LARGER).astype(float)
    design = np.column_stack([with_dummies(LARGER, np.ones(cells.shape, bool)), cells.ravel()])
    expected = np.linalg.lstsq(design, LARGER.outcomes.ravel(), rcond=None)[0][-1]
    assert regression(LARGER, cells[None]).coefficients[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_covariates_may_be_measured_in_any_unit(factor):
    panel = drawn_panel(12, units=90)
    values = np.random.default_rng(1).normal(5, 1, size=(1, 90, 1)) * np.ones((1, 1, 6))
    one, other = (
        simple_average(group_time_effects(panel, "never", Covariates(table, ("residents",))))
        for table in (values, values * factor)
    )
    assert other.overall == pytest.approx(one.overall, abs=1e-7)
    assert other.overall_estimate().standard_error == pytest.approx(one.overall_estimate().standard_error, rel=1e-5)
