"""A common start: two-way fixed effects, event study, wild bootstrap, placebos, beside brute force and statsmodels."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from tests.methods.panel_makers import drawn_panel, panel_columns

from lianyi.methods.comparison_groups import (
    NEVER,
    Draws,
    Panel,
    PanelColumns,
    cluster_warnings,
    event_study,
    panel_of,
    placebo_date,
    placebo_starts,
    placebo_units,
    two_way_fixed_effects,
    wild_cluster_bootstrap,
)
from lianyi.methods.comparison_groups.errors import (
    AssignmentLevelError,
    DrawsError,
    DuplicatePanelRowError,
    EventTimeError,
    NoControlUnitsError,
    NoTreatedUnitsError,
    PanelOutcomeError,
    PanelShapeError,
    PeriodOrderError,
    PlaceboDateError,
    StaggeredStartsError,
    TooFewClustersError,
    VaryingInUnitError,
)


def dummies(panel, tables):
    """Return outcomes, regressors with a dummy for each unit and period, and clusters, for the measured cells."""
    is_there = panel.is_measured
    unit, period = np.nonzero(is_there)
    columns = [table[is_there] for table in tables]
    columns += [unit == each for each in range(len(panel.units))]
    columns += [period == each for each in range(1, len(panel.periods))]
    return panel.outcomes[is_there], np.column_stack(columns).astype(float), panel.clusters[unit]


def treated_cells(panel):
    return (panel.starts[:, None] <= np.arange(len(panel.periods))).astype(float)


@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("clusters", [None, 8])
def test_estimate_and_clustered_error_are_those_of_statsmodels(missing, clusters):
    panel = drawn_panel(3, starts=(3,), clusters=clusters, missing=missing)
    outcomes, design, own = dummies(panel, [treated_cells(panel)])
    fitted = sm.OLS(outcomes, design).fit(cov_type="cluster", cov_kwds={"groups": own})
    found = two_way_fixed_effects(panel)
    assert found.value == pytest.approx(fitted.params[0], abs=1e-10)
    # statsmodels counts every unit's own constant among the parameters; those within clusters do not count here.
    rows, parameters = len(outcomes), 1 + len(panel.periods)
    factor = np.sqrt((rows - design.shape[1]) / (rows - parameters))
    assert found.standard_error == pytest.approx(fitted.bse[0] * factor, rel=1e-9)
    assert found.degrees_of_freedom == panel.cluster_count - 1


def test_leads_and_lags_and_their_covariance_are_those_of_statsmodels():
    panel = drawn_panel(5, starts=(3,), missing=0.1)
    times = [-3, -2, 0, 1, 2]
    tables = [(panel.is_treated[:, None]) & (np.arange(6) == 3 + time) for time in times]
    outcomes, design, own = dummies(panel, tables)
    fitted = sm.OLS(outcomes, design).fit(cov_type="cluster", cov_kwds={"groups": own})
    study = event_study(panel)
    assert study.event_times == tuple(times)
    assert [each.value for each in study.estimates] == pytest.approx(fitted.params[:5].tolist(), abs=1e-9)
    rows = len(outcomes)
    factor = (rows - design.shape[1]) / (rows - len(times) - len(panel.periods))
    np.testing.assert_allclose(study.covariance, fitted.cov_params()[:5, :5] * factor, rtol=1e-6)


def test_on_a_full_panel_the_estimate_is_the_difference_of_mean_changes():
    panel, _left_out = panel_of(panel_columns())
    changes = panel.outcomes[:, 2:].mean(axis=1) - panel.outcomes[:, :2].mean(axis=1)
    expected = changes[panel.is_treated].mean() - changes[~panel.is_treated].mean()
    assert two_way_fixed_effects(panel).value == pytest.approx(expected, abs=1e-12)


def test_the_wild_bootstrap_is_that_of_a_regression_for_each_pattern_of_signs():
    panel, _left_out = panel_of(panel_columns())
    found = wild_cluster_bootstrap(panel, Draws(seed=1), weights="rademacher")
    assert (found.draws, found.is_every_pattern) == (64, True)
    outcomes, design, own = dummies(panel, [treated_cells(panel)])

    def t_of(values):
        fitted = sm.OLS(values, design).fit(cov_type="cluster", cov_kwds={"groups": own})
        return abs(fitted.params[0] / fitted.bse[0])

    under_null = sm.OLS(outcomes, design[:, 1:]).fit()
    patterns = np.array(list(itertools.product((1.0, -1.0), repeat=6)))
    sizes = [t_of(under_null.fittedvalues + under_null.resid * pattern[own]) for pattern in patterns]
    assert found.p == pytest.approx(np.mean(np.array(sizes) >= t_of(outcomes) * (1 - 1e-9)))


def test_the_wild_interval_holds_what_its_test_does_not_refuse():
    panel = drawn_panel(11, starts=(3,), clusters=12)
    found = wild_cluster_bootstrap(panel, Draws(seed=4))
    assert found.interval.low < two_way_fixed_effects(panel).value < found.interval.high
    shift = treated_cells(panel)
    for end, inwards in ((found.interval.low, 1), (found.interval.high, -1)):
        near = 1e-3 * (found.interval.high - found.interval.low)
        inside, outside = (
            wild_cluster_bootstrap(replace(panel, outcomes=panel.outcomes - value * shift), Draws(seed=4)).p
            for value in (end + inwards * near, end - inwards * near)
        )
        assert outside <= 0.05 + 1e-9 < inside


def test_the_same_seed_gives_the_same_bootstrap_and_another_seed_another():
    panel = drawn_panel(11, starts=(3,), clusters=12)
    first = wild_cluster_bootstrap(panel, Draws(seed=4))
    assert first == wild_cluster_bootstrap(panel, Draws(seed=4))
    assert first.interval != wild_cluster_bootstrap(panel, Draws(seed=5)).interval
    assert wild_cluster_bootstrap(panel, Draws(seed=4), weights="webb").weights == "webb"


def test_placebo_units_are_the_estimates_for_every_choice_of_clusters():
    panel, _left_out = panel_of(panel_columns())
    found = placebo_units(panel, Draws(seed=1))
    expected = []
    for chosen in itertools.combinations(range(6), 2):
        starts = np.where(np.isin(panel.clusters, chosen), 2, NEVER)
        expected.append(two_way_fixed_effects(replace(panel, starts=starts)).value)
    assert sorted(found.placebo_estimates.tolist()) == pytest.approx(sorted(expected), abs=1e-12)
    assert found.p == pytest.approx(np.mean(np.abs(expected) >= abs(found.estimate) - 1e-9))
    assert found.is_every_choice


def test_drawn_placebos_on_a_panel_with_gaps_are_the_estimates_of_their_choices():
    panel = drawn_panel(2, starts=(3,), missing=0.2)
    found = placebo_units(panel, Draws(seed=3, count=50))
    assert (found.placebo_estimates.size, found.is_every_choice) == (50, False)
    generator = np.random.default_rng(3)
    order = generator.permuted(np.tile(np.arange(24), (50, 1)), axis=1)[0]
    treated = int(panel.is_treated.sum())
    starts = np.full(24, NEVER)
    starts[order[:treated]] = 3
    assert found.placebo_estimates[0] == pytest.approx(two_way_fixed_effects(replace(panel, starts=starts)).value)
    assert found.p >= 1 / 51


def test_staggered_starts_are_dealt_out_anew():
    panel = drawn_panel(2, units=12)
    found = placebo_starts(panel, "never", Draws(seed=3, count=60))
    assert found.placebo_estimates.size == 60
    assert 1 / 61 <= found.p <= 1
    np.testing.assert_array_equal(
        found.placebo_estimates, placebo_starts(panel, "never", Draws(seed=3, count=60)).placebo_estimates
    )


def test_a_placebo_date_sees_a_drift_that_was_there_before():
    panel = drawn_panel(2, units=60, starts=(4,))
    drifting = replace(panel, outcomes=panel.outcomes + 3.0 * panel.is_treated[:, None] * np.arange(6))
    assert placebo_date(drifting, 2).interval.low > 0
    calm = placebo_date(panel, 2)
    assert calm.interval.low < 0 < calm.interval.high


@pytest.mark.parametrize("earlier", [0, 4, 9])
def test_a_placebo_date_needs_periods_on_both_sides(earlier):
    with pytest.raises(PlaceboDateError, match="from 1 to 3"):
        placebo_date(drawn_panel(2, starts=(4,)), earlier)


def test_staggered_starts_are_refused_with_what_to_use_instead():
    for method in (two_way_fixed_effects, event_study, lambda panel: wild_cluster_bootstrap(panel, Draws(seed=1))):
        with pytest.raises(StaggeredStartsError, match="Callaway and Sant'Anna"):
            method(drawn_panel(1))


def test_one_cluster_and_a_panel_without_controls_are_refused():
    with pytest.raises(TooFewClustersError, match="at least two clusters"):
        two_way_fixed_effects(drawn_panel(1, starts=(3,), clusters=1))
    panel = drawn_panel(1, starts=(3,))
    with pytest.raises(NoControlUnitsError, match="Add units"):
        two_way_fixed_effects(panel.restricted(panel.is_treated))


def test_two_periods_have_no_leads_and_lags():
    panel = drawn_panel(1, periods=2, starts=(1,))
    with pytest.raises(EventTimeError, match="two periods"):
        event_study(panel)


def test_a_cluster_of_treated_and_untreated_units_cannot_change_places():
    mixed = drawn_panel(1, starts=(3,), clusters=5)
    with pytest.raises(AssignmentLevelError, match="helping hospital"):
        placebo_units(mixed, Draws(seed=1))
    with pytest.raises(AssignmentLevelError, match="helping hospital"):
        placebo_starts(mixed, "never", Draws(seed=1))


def test_few_clusters_and_few_treated_ones_are_told():
    panel, _left_out = panel_of(panel_columns())
    few, few_treated = cluster_warnings(panel)
    assert few.startswith("Only 6 clusters")
    assert few_treated.startswith("Only 2 treated clusters")
    assert cluster_warnings(drawn_panel(1, units=90)) == ()


@pytest.mark.parametrize(("count", "seed"), [(1, 1), (100, -1)])
def test_draws_need_a_number_and_a_seed(count, seed):
    with pytest.raises(DrawsError, match="at least 2"):
        Draws(seed, count)


UNITS, YEARS = ["A", "A", "B", "B"], [1, 2, 1, 2]


@pytest.mark.parametrize(
    ("columns", "error", "told"),
    [
        (PanelColumns(UNITS, [1, 1, 1, 2], [1, 2, 3, 4], [2, 2, 0, 0]), DuplicatePanelRowError, "A stands 2 times"),
        (PanelColumns(UNITS, YEARS, [1, 2, 3, 4], [2, 1, 0, 0]), VaryingInUnitError, "A has the start 2"),
        (PanelColumns(UNITS, YEARS, [1, 2, 3, 4], [2, 2, 0, 0], list("xyzz")), VaryingInUnitError, "the cluster"),
        (PanelColumns(UNITS, [1, 1, 1, 1], [1, 2, 3, 4], [2, 2, 0, 0]), PanelShapeError, "at least two periods"),
        (PanelColumns(UNITS, YEARS, [1, 2, 3], [2, 2, 0, 0]), PanelShapeError, "one length"),
        (PanelColumns(UNITS, [1, "2", 1, "2"], [1, 2, 3, 4], [2, 2, 0, 0]), PeriodOrderError, "one form"),
        (PanelColumns(UNITS, YEARS, [1, 2, 3, 4], ["2", "2", 0, 0]), PeriodOrderError, "as the periods are written"),
        (PanelColumns(UNITS, YEARS, [1, np.inf, 3, 4], [2, 2, 0, 0]), PanelOutcomeError, "Record 2"),
        (PanelColumns(UNITS, YEARS, [1, 2, 3, 4], [1, 1, 0, 0]), NoTreatedUnitsError, "1 began in the first period"),
        (PanelColumns(UNITS, YEARS, [1, 2, 3, 4], [3, 3, 0, 0]), NoTreatedUnitsError, "No unit begins"),
    ],
)
def test_broken_panels_are_refused_with_the_unit_and_the_cure(columns, error, told):
    with pytest.raises(error, match=told):
        panel_of(columns)


def test_units_that_began_first_and_units_never_measured_are_left_out_by_name():
    units = np.repeat(list("ABCD"), 3)
    outcomes = [1, 2, 3, 1, 2, 4, np.nan, np.nan, np.nan, 0, 1, 1]
    panel, left_out = panel_of(PanelColumns(units, [1, 2, 3] * 4, outcomes, np.repeat([1, 2, 3, 0], 3)))
    assert (left_out.always_treated, left_out.unmeasured) == (("A",), ("C",))
    assert panel.units == ("B", "D")


def test_a_start_between_periods_counts_from_the_next_and_one_after_the_last_as_never():
    units = np.repeat(list("ABC"), 3)
    panel, _left_out = panel_of(
        PanelColumns(units, [2010, 2015, 2020] * 3, np.arange(9.0), np.repeat([2012, 2030, 0], 3))
    )
    assert panel.starts.tolist() == [1, NEVER, NEVER]


def test_an_estimate_without_any_error_is_not_called_certain():
    panel = Panel(np.array([[1.0, 3], [0, 1]]), np.array([1, NEVER]), np.arange(2), ("A", "B"), (1, 2))
    found = two_way_fixed_effects(panel)
    assert found.value == pytest.approx(1.0)
    assert np.isnan([found.standard_error, found.interval.low, found.p]).all()
    assert not found.is_detectable
